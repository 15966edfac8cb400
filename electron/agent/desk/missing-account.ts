import { DomainError } from '../../../shared/errors.ts';
import { sameIssuer } from '../../../shared/model/issuers.ts';
import { plainText } from '../../../shared/model/untrusted-text.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import type { Approvals } from '../../approvals/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Asker } from './types.ts';

export interface MissingAccountDeps {
  readonly accounts: Pick<Accounts, 'all' | 'onChange'>;
  readonly approvals: Pick<Approvals, 'ask'>;
  /** Brings the page for a new account of this provider onto the screen, with the time until which the program waits. */
  readonly openAddAccount: (oidcIssuer: string, waitsUntilMs: number) => void;
  readonly clock: Clock;
}

const longestIssuer = 512;

/** What can be an issuer, and be shown. */
export function isAddableIssuer(issuer: string): boolean {
  if (issuer.length > longestIssuer || plainText(issuer, longestIssuer) !== issuer) return false;
  if (!URL.canParse(issuer)) return false;
  const { protocol, username, password, hash } = new URL(issuer);
  return ['https:', 'http:'].includes(protocol) && username === '' && password === '' && hash === '';
}

/**
 * A program wants a token of a provider without an account: offers to add one, and waits for it as long as the program has time. Resolves
 * to null when there is none in the end; rejects with what closes the door for everybody, and with `agent/withdrawn`.
 */
export async function waitForAccount(
  deps: MissingAccountDeps,
  oidcIssuer: string,
  from: Asker,
  signal: AbortSignal,
): Promise<AccountRecord | null> {
  const { accounts, clock } = deps;
  const endsAtMs = clock.monotonicMs() + from.waitMs;
  try {
    await deps.approvals.ask(
      {
        ...{ caller: from.caller, account: null, policy: 'ask-always', waitMs: from.waitMs },
        content: { kind: 'add-account', oidcIssuer },
      },
      signal,
    );
  } catch (error) {
    if (error instanceof DomainError && saysNo.has(error.code)) return null;
    throw error;
  }
  const find = (): AccountRecord | null =>
    accounts.all().find((account) => sameIssuer(account.oidcIssuer, oidcIssuer)) ?? null;
  const leftMs = endsAtMs - clock.monotonicMs();
  if (find() === null) deps.openAddAccount(oidcIssuer, clock.nowMs() + leftMs);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      forget();
      cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const look = (): void => {
      const found = find();
      if (found !== null) end(() => resolve(found));
    };
    const onAbort = (): void =>
      end(() => reject(new DomainError('agent/withdrawn', 'The program withdrew its request.')));
    const forget = accounts.onChange(look);
    const cancel = clock.after(leftMs, () => end(() => resolve(null)));
    signal.addEventListener('abort', onAbort, { once: true });
    look();
  });
}

const saysNo: ReadonlySet<string> = new Set(['agent/denied', 'agent/approval-timeout', 'agent/blocked']);
