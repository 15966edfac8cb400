import { useCallback, useMemo } from 'react';
import type { TreeNodeView } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { missingCapability } from '../../../shared/model/operations.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { useServerView } from '../manage/use-server-view.ts';
import { type Choice, choices } from './tokens.ts';

export interface UserTokens {
  /** At least the account's own mytoken. */
  readonly choices: readonly Choice[];
  readonly nameOf: (momId: string) => string;
  /** All of the user are known, not only those made from the account's. */
  readonly all: boolean;
  /** Names wait for a click, because asking for them uses something up. */
  readonly waits: boolean;
  readonly load: () => void;
}

/** The mytokens that reminders can be about, as far as the account's mytoken may see them; the same answer as the tab with the trees. */
export function useTokens(account: AccountView): UserTokens {
  const { state, t, call } = useApp();
  const nowMs = useNow(false);
  const all = missingCapability(account.capabilities, 'list-mytokens') === null;
  const some = missingCapability(account.capabilities, 'subtokens') === null;
  const scope = all ? 'all' : 'derived';
  const ask = useCallback(
    (): Promise<readonly TreeNodeView[]> =>
      all || some ? call('manage:tree', { accountId: account.id, scope }) : Promise.resolve([]),
    [call, account.id, all, some, scope],
  );
  const { value, waits, load } = useServerView<readonly TreeNodeView[]>(`tree-${scope}`, account, ask);
  const known = useMemo(() => choices(value ?? [], account, nowMs), [value, account, nowMs]);
  const names = useMemo(
    () => new Map((value ?? []).map(({ momId, name }) => [momId, name] as const)),
    [value],
  );
  const nameOf = useCallback(
    (momId: string): string => {
      const name =
        names.get(momId) ?? state.accounts.find((other) => other.momId === momId)?.displayName ?? null;
      const words =
        name === null
          ? t('notices.unknown-token', { id: momId.slice(0, 8) })
          : name === ''
            ? t('manage.node.unnamed')
            : name;
      return momId === account.momId ? t('notices.own-token', { name: words }) : words;
    },
    [names, state.accounts, account.momId, t],
  );
  return { choices: known, nameOf, all, waits: waits && (all || some), load };
}
