import type { AccountRecord, Accounts } from '../accounts/index.ts';
import type { Approvals, Grants } from '../approvals/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { Vault } from '../vault/index.ts';
import type { SettingsService } from './settings.ts';

export interface AnswerSources {
  readonly lock: Pick<AppLock, 'onChange'>;
  readonly pause: Pick<Pause, 'onChange'>;
  readonly settings: Pick<SettingsService, 'onChange'>;
  readonly grants: Pick<Grants, 'onChange'>;
  readonly approvals: Pick<Approvals, 'onRuled'>;
  readonly accounts: Pick<Accounts, 'all' | 'defaultAccountId' | 'onChange'>;
  readonly broker: Pick<TokenBroker, 'onForgotten'>;
  readonly vault: Pick<Vault, 'onState'>;
}

/**
 * Whatever an answer may depend on: when any of it changes, answers must not be given again without a new decision (decision 0005). Too
 * much here costs a millisecond for the next request; too little gives a token to somebody who must not have it. Returns how to end it.
 */
export function forgetAnswersOnChange(sources: AnswerSources, forget: () => void): () => void {
  const { lock, pause, settings, grants, approvals, accounts, broker, vault } = sources;
  const known = new Map(accounts.all().map((record) => [record.id, contentOf(record)]));
  let lastDefault = accounts.defaultAccountId();
  const ends = [
    lock.onChange(forget),
    pause.onChange(forget),
    settings.onChange(forget),
    grants.onChange(forget),
    approvals.onRuled(forget),
    broker.onForgotten(forget),
    vault.onState(forget),
    accounts.onChange(({ upsert, removed, order, defaultAccountId }) => {
      let changed = removed.length > 0 || order !== null || defaultAccountId !== lastDefault;
      lastDefault = defaultAccountId;
      for (const accountId of removed) known.delete(accountId);
      for (const record of upsert) {
        const content = contentOf(record);
        changed ||= known.get(record.id) !== content;
        known.set(record.id, content);
      }
      if (changed) forget();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** That an account was used changes nothing for the next request. */
function contentOf(record: AccountRecord): string {
  return JSON.stringify({ ...record, lastUsedAtMs: null });
}
