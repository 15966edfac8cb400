import { expect } from 'vitest';
import { type Accounts, createAccounts, type NewAccount } from '../../../electron/accounts/index.ts';
import type { MytokenClaims } from '../../../electron/mytoken/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { claimsOf, issuedOf, server } from '../../support/made-mytokens.ts';
import { MemoryAccountStorage } from '../../support/memory-account-storage.ts';
import { MemoryVault } from '../../support/memory-vault.ts';
import { RecordingLog } from '../../support/recording-log.ts';

export interface Bench {
  readonly storage: MemoryAccountStorage;
  readonly vault: MemoryVault;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  accounts: Accounts;
  /** A new process on the same storage and vault; what was in memory is gone. */
  restart(): Accounts;
}

export function bench(storage = new MemoryAccountStorage()): Bench {
  const vault = new MemoryVault();
  const clock = new FakeClock();
  const log = new RecordingLog();
  const open = (): Accounts => createAccounts({ storage, vault, clock, log });
  const made: Bench = {
    ...{ storage, vault, clock, log },
    accounts: open(),
    restart() {
      vault.session.clear();
      vault.become('ok');
      made.accounts = open();
      return made.accounts;
    },
  };
  return made;
}

export function newAccount(claims: MytokenClaims = claimsOf(), over: Partial<NewAccount> = {}): NewAccount {
  return {
    instanceUrl: server,
    token: issuedOf(claims),
    claims,
    wish: null,
    providerName: 'Example',
    providerScopes: ['openid'],
    ...over,
  };
}

/** The DomainError that a call ends with; fails when it succeeds or throws something else. */
export async function failure(task: (() => unknown) | Promise<unknown>): Promise<DomainError> {
  try {
    await (typeof task === 'function' ? task() : task);
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return error as DomainError;
  }
  throw new Error('This was expected to fail.');
}

/** Lets everything run that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
