import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AccessTokenAnswer,
  type Answer,
  type HeldMytoken,
  type IssuedMytoken,
  RotatedAnswerError,
} from '../../../electron/mytoken/index.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import { createTokenBroker, type Journal, type JournalEntry } from '../../../electron/tokens/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { accountRecord, FakeAccountBook, issued, rotating } from '../../support/fake-account-book.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type Script = (held: string, call: number) => Promise<Answer<AccessTokenAnswer>> | Answer<AccessTokenAnswer>;

let clock: FakeClock;
let book: FakeAccountBook;
let calls: string[];
let probes: string[];
let script: Script;
let probe: (held: string) => void;
let pending: Map<string, JournalEntry>;
let journalLog: string[];

function answer(accessToken: string, update: IssuedMytoken | null = null): Answer<AccessTokenAnswer> {
  return {
    value: {
      accessToken: new Secret(accessToken),
      tokenType: 'Bearer',
      expiresInSeconds: 3600,
      scope: ['openid'],
      audience: [],
    },
    update,
  };
}

const lost = (code: 'mytoken/timeout' | 'mytoken/unreachable' = 'mytoken/timeout'): DomainError =>
  new DomainError(code, 'answer lost', { retryable: true, details: { sent: 'maybe' } });
const notSent = (): DomainError =>
  new DomainError('mytoken/unreachable', 'refused', { retryable: true, details: { sent: 'no' } });
const rejected = (
  code: 'mytoken/token-unusable' | 'mytoken/usage-restricted' | 'mytoken/rate-limited',
): DomainError =>
  new DomainError(code, 'no', { details: { sent: 'rejected' }, retryable: code === 'mytoken/rate-limited' });

function memoryJournal(): Journal {
  return {
    load: () => Promise.resolve([...pending.values()]),
    begin: (entry) => {
      journalLog.push(`begin ${entry.accountId}`);
      pending.set(entry.accountId, entry);
      return Promise.resolve();
    },
    end: (accountId) => {
      journalLog.push(`end ${accountId}`);
      pending.delete(accountId);
      return Promise.resolve();
    },
  };
}

function makeBroker(): ReturnType<typeof createTokenBroker> {
  return createTokenBroker({
    accounts: book.asAccounts(),
    client: {
      accessToken: async (held: HeldMytoken) => {
        calls.push(held.value.reveal());
        return script(held.value.reveal(), calls.length);
      },
      introspect: (held: HeldMytoken) => {
        probes.push(held.value.reveal());
        try {
          probe(held.value.reveal());
        } catch (error) {
          return Promise.reject(error instanceof Error ? error : new Error('probe'));
        }
        return Promise.resolve({ kind: 'jwt', momId: 'mom-1', claims: {} as never });
      },
    },
    journal: memoryJournal(),
    clock,
    log: silentLogger,
  });
}

beforeEach(() => {
  clock = new FakeClock();
  book = new FakeAccountBook();
  book.add(accountRecord(), 'mt-1');
  calls = [];
  probes = [];
  pending = new Map();
  journalLog = [];
  script = (_held, call) => answer(`at-${call}`);
  probe = () => undefined;
});

const rotatingAccount = (over: Parameters<typeof accountRecord>[0] = {}): void => {
  book.add(accountRecord({ rotation: rotating, ...over }), 'mt-1');
};

/** A server that rotates at each request and accepts only the newest string. */
function rotatingServer(): { script: Script; current: () => string } {
  let seq = 1;
  return {
    current: () => `mt-${seq}`,
    script: (held) => {
      if (held !== `mt-${seq}`) throw rejected('mytoken/token-unusable');
      seq += 1;
      return answer(`at-${seq}`, issued(`mt-${seq}`));
    },
  };
}

describe('cache', () => {
  it('asks once and then serves from memory', async () => {
    const broker = makeBroker();
    const first = await broker.accessToken({ accountId: 'a1' });
    const second = await broker.accessToken({ accountId: 'a1' });
    expect(calls).toHaveLength(1);
    expect(first.fromCache).toBe(false);
    expect(second.fromCache).toBe(true);
    expect(second.accessToken.reveal()).toBe('at-1');
    expect(second.expiresAtMs).toBe(clock.nowMs() + 3_600_000);
  });

  it('keeps scopes and audiences apart and takes the account’s defaults when none are named', async () => {
    book.add(accountRecord({ defaultScopes: ['openid'], defaultAudience: ['api'] }), 'mt-1');
    const broker = makeBroker();
    await broker.accessToken({ accountId: 'a1' });
    await broker.accessToken({ accountId: 'a1', scope: ['openid'], audience: ['api'] });
    expect(calls).toHaveLength(1);
    await broker.accessToken({ accountId: 'a1', scope: ['profile'] });
    await broker.accessToken({ accountId: 'a1', scope: ['openid'], audience: [] });
    expect(calls).toHaveLength(3);
  });

  it('merges identical requests in flight', async () => {
    const broker = makeBroker();
    const grants = await Promise.all(
      Array.from({ length: 50 }, () => broker.accessToken({ accountId: 'a1' })),
    );
    expect(calls).toHaveLength(1);
    expect(new Set(grants.map((grant) => grant.accessToken.reveal())).size).toBe(1);
  });

  it('asks again when told to', async () => {
    const broker = makeBroker();
    await broker.accessToken({ accountId: 'a1' });
    await broker.accessToken({ accountId: 'a1', fresh: true });
    expect(calls).toHaveLength(2);
  });

  it('does not hand a failed request to later callers', async () => {
    const broker = makeBroker();
    script = () => {
      throw rejected('mytoken/usage-restricted');
    };
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/usage-restricted',
    });
    script = () => answer('at-ok');
    expect((await broker.accessToken({ accountId: 'a1' })).accessToken.reveal()).toBe('at-ok');
  });

  it('drops tokens of a removed account', async () => {
    const broker = makeBroker();
    await broker.start();
    await broker.accessToken({ accountId: 'a1' });
    book.remove('a1');
    book.add(accountRecord(), 'mt-1');
    await broker.accessToken({ accountId: 'a1' });
    expect(calls).toHaveLength(2);
  });
});

describe('offline', () => {
  it('serves what is left of a cached token and says why when nothing is left', async () => {
    const broker = makeBroker();
    await broker.accessToken({ accountId: 'a1' });
    script = () => {
      throw notSent();
    };
    clock.advance(3_570_000); // 30 s left: below the default minimum
    expect((await broker.accessToken({ accountId: 'a1' })).accessToken.reveal()).toBe('at-1');
    await expect(broker.accessToken({ accountId: 'a1', minValidMs: 60_000 })).rejects.toMatchObject({
      code: 'mytoken/unreachable',
      retryable: true,
    });
    clock.advance(60_000);
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({ retryable: true });
    expect(book.status()).toBe('unreachable');
  });

  it('recovers by itself when the server is back', async () => {
    const broker = makeBroker();
    script = () => {
      throw notSent();
    };
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/unreachable',
    });
    script = () => answer('at-2');
    await broker.accessToken({ accountId: 'a1' });
    expect(book.status()).toBe('ok');
  });

  it('repeats once what cannot have done anything, and a lost answer only for a mytoken without rotation and counters', async () => {
    const broker = makeBroker();
    script = (_held, call) => {
      if (call === 1) throw lost();
      return answer('second try');
    };
    expect((await broker.accessToken({ accountId: 'a1' })).accessToken.reveal()).toBe('second try');

    calls = [];
    book.add(accountRecord({ restrictions: [{ usages_AT: 3 }] }), 'mt-1');
    await expect(broker.accessToken({ accountId: 'a1', fresh: true })).rejects.toMatchObject({
      code: 'mytoken/timeout',
    });
    expect(calls).toHaveLength(1);
  });
});

describe('rotation', () => {
  it('sends one request at a time and always the newest string', async () => {
    rotatingAccount();
    const server = rotatingServer();
    let running = 0;
    let most = 0;
    script = async (held, call) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return server.script(held, call);
    };
    const broker = makeBroker();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => broker.accessToken({ accountId: 'a1', scope: [`s${index}`] })),
    );
    expect(most).toBe(1);
    expect(book.mytokens.get('a1')).toBe(server.current());
    expect(book.status()).toBe('ok');
  });

  it('writes down before sending and stores before giving out', async () => {
    rotatingAccount();
    const order: string[] = [];
    const server = rotatingServer();
    script = (held, call) => {
      order.push(`journal has entry: ${pending.has('a1')}`);
      return server.script(held, call);
    };
    const broker = makeBroker();
    await broker
      .accessToken({ accountId: 'a1' })
      .then(() => order.push(`given out, stored ${book.mytokens.get('a1')}`));
    expect(order).toEqual(['journal has entry: true', 'given out, stored mt-2']);
    expect(pending.size).toBe(0);
  });

  it('does not give out an access token whose mytoken could not be stored, keeps it and stores it later', async () => {
    rotatingAccount();
    const server = rotatingServer();
    script = server.script;
    book.storeFailures = 1;
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'vault/write-failed',
    });
    expect(pending.has('a1')).toBe(true);
    await broker.accessToken({ accountId: 'a1' });
    expect(book.mytokens.get('a1')).toBe(server.current());
    expect(calls).toEqual(['mt-1', 'mt-2']);
  });

  it('retries storing by itself', async () => {
    rotatingAccount();
    script = rotatingServer().script;
    book.storeFailures = 2;
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'vault/write-failed',
    });
    clock.advance(1_000);
    await settle();
    clock.advance(5_000);
    await settle();
    expect(book.mytokens.get('a1')).toBe('mt-2');
    expect(pending.size).toBe(0);
  });

  it('brings home the replacement that came with an otherwise unusable answer', async () => {
    rotatingAccount();
    script = (_held, call) => {
      if (call > 1) return answer('at-3', issued('mt-3'));
      const failure = new DomainError('mytoken/bad-answer', 'no access token in it', {
        details: { sent: 'maybe' },
      });
      throw new RotatedAnswerError(failure, issued('mt-2'));
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/bad-answer',
    });
    expect(book.mytokens.get('a1')).toBe('mt-2');
    expect(book.status()).toBe('ok');
    expect(pending.size).toBe(0);
    await broker.accessToken({ accountId: 'a1' });
    expect(calls).toEqual(['mt-1', 'mt-2']);
  });

  it('finds out by introspection when an answer was lost, and goes on when the string still lives', async () => {
    rotatingAccount();
    script = (_held, call) => {
      if (call === 1) throw lost();
      return answer('at-2', issued('mt-2'));
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({ code: 'mytoken/timeout' });
    expect(calls).toHaveLength(1); // never repeated by itself
    expect(probes).toEqual(['mt-1']);
    expect(book.status()).toBe('ok');
    await broker.accessToken({ accountId: 'a1' });
    expect(book.mytokens.get('a1')).toBe('mt-2');
  });

  it('says that a login is needed when the lost answer had replaced the string', async () => {
    rotatingAccount();
    script = () => {
      throw lost();
    };
    probe = () => {
      throw rejected('mytoken/token-unusable');
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({ code: 'mytoken/timeout' });
    expect(book.status()).toBe('login-needed');
    expect(book.records.get('a1')?.problem?.code).toBe('accounts/uncertain');
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/needs-login',
    });
    expect(calls).toHaveLength(1);
  });

  it('takes “insufficient capabilities” as a sign of life', async () => {
    rotatingAccount();
    script = () => {
      throw lost();
    };
    probe = () => {
      throw new DomainError('mytoken/insufficient-capabilities', 'no tokeninfo', {
        details: { sent: 'rejected' },
      });
    };
    await expect(makeBroker().accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/timeout',
    });
    expect(book.status()).toBe('ok');
  });

  it('stays uncertain while the server cannot be asked, and never presents the string again meanwhile', async () => {
    rotatingAccount();
    script = () => {
      throw lost();
    };
    probe = () => {
      throw notSent();
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({ code: 'mytoken/timeout' });
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/uncertain',
    });
    expect(calls).toHaveLength(1);
    probe = () => undefined;
    expect(await broker.resolveUncertain('a1')).toBe('alive');
    expect(book.status()).toBe('ok');
  });

  it('heals by itself with the next request once the server can be asked', async () => {
    rotatingAccount({ status: 'uncertain' });
    script = rotatingServer().script;
    await makeBroker().accessToken({ accountId: 'a1' });
    expect(probes).toEqual(['mt-1']);
    expect(book.status()).toBe('ok');
  });

  it('with auto_revoke never probes by itself: a stale string would revoke the whole family', async () => {
    rotatingAccount({ rotation: { ...rotating, auto_revoke: true } });
    script = () => {
      throw lost();
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({ code: 'mytoken/timeout' });
    expect(probes).toEqual([]);
    expect(book.status()).toBe('uncertain');
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/uncertain',
    });
    expect(await broker.resolveUncertain('a1')).toBe('alive');
    expect(probes).toEqual(['mt-1']);
  });

  it('a question that replaces nothing leaves nothing uncertain, but waits its turn', async () => {
    rotatingAccount({ rotation: { ...rotating, auto_revoke: true } });
    const broker = makeBroker();
    const lostAnswer = broker.withMytoken('a1', () => Promise.reject(lost()), 'reads');
    await expect(lostAnswer).rejects.toMatchObject({ code: 'mytoken/timeout' });
    expect(journalLog).toEqual([]);
    expect(book.status()).toBe('unreachable');

    const server = rotatingServer();
    script = server.script;
    const seen: string[] = [];
    await Promise.all([
      broker.accessToken({ accountId: 'a1' }),
      broker.withMytoken(
        'a1',
        (held) => {
          seen.push(held.value.reveal());
          return Promise.resolve({ value: null, update: null });
        },
        'reads',
      ),
    ]);
    expect(seen).toEqual(['mt-2']);
  });

  it('closes the journal when the server said that it did nothing', async () => {
    rotatingAccount();
    script = () => {
      throw rejected('mytoken/rate-limited');
    };
    const broker = makeBroker();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/rate-limited',
    });
    expect(pending.size).toBe(0);
    expect(book.status()).toBe('ok');
  });

  it('does not let a late answer overwrite the mytoken of a login that happened meanwhile', async () => {
    rotatingAccount();
    script = (_held) => {
      book.add(accountRecord({ rotation: rotating, momId: 'mom-new' }), 'mt-new');
      return answer('at-old', issued('mt-2'));
    };
    await makeBroker().accessToken({ accountId: 'a1' });
    expect(book.mytokens.get('a1')).toBe('mt-new');
  });

  it('does not blame a new mytoken for the failure of the former one', async () => {
    rotatingAccount();
    script = () => {
      book.add(accountRecord({ rotation: rotating, momId: 'mom-new' }), 'mt-new');
      throw rejected('mytoken/token-unusable');
    };
    await expect(makeBroker().accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'mytoken/token-unusable',
    });
    expect(book.status()).toBe('ok');
  });
});

describe('after a crash', () => {
  const crashedAfterSending = async (): Promise<void> => {
    rotatingAccount();
    script = () => {
      throw lost();
    };
    probe = () => {
      throw notSent();
    };
    await expect(makeBroker().accessToken({ accountId: 'a1' })).rejects.toBeInstanceOf(DomainError);
    const record = book.records.get('a1');
    if (record) book.records.set('a1', { ...record, status: 'ok', problem: null }); // the crash came before any mark
    calls = [];
    probes = [];
  };

  it('asks the server what became of the mytoken before using it', async () => {
    await crashedAfterSending();
    probe = () => {
      throw rejected('mytoken/token-unusable');
    };
    const broker = makeBroker();
    await broker.start();
    await broker.settle();
    expect(probes).toEqual(['mt-1']);
    expect(calls).toEqual([]);
    expect(book.status()).toBe('login-needed');
  });

  it('uses nothing when the vault only opens later and a request comes first', async () => {
    await crashedAfterSending();
    probe = () => {
      throw rejected('mytoken/token-unusable');
    };
    const broker = makeBroker();
    await broker.start();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/needs-login',
    });
    expect(calls).toEqual([]);
  });

  it('sees by the fingerprint that the replacement had been stored', async () => {
    await crashedAfterSending();
    book.mytokens.set('a1', 'mt-2');
    script = () => answer('at-3', issued('mt-3'));
    const broker = makeBroker();
    await broker.start();
    await broker.settle();
    expect(probes).toEqual([]);
    expect(pending.size).toBe(0);
    await broker.accessToken({ accountId: 'a1' });
    expect(calls).toEqual(['mt-2']);
  });

  it('forgets entries of accounts that are gone', async () => {
    await crashedAfterSending();
    book.remove('a1');
    const broker = makeBroker();
    await broker.start();
    await broker.settle();
    expect(pending.size).toBe(0);
  });
});

describe('accounts that cannot be used', () => {
  it('refuses an expired mytoken without asking the server', async () => {
    book.add(accountRecord({ expiresAtMs: clock.nowMs() - 1 }), 'mt-1');
    await expect(makeBroker().accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/needs-login',
      details: { expired: true },
    });
    expect(calls).toEqual([]);
  });

  it('asks for a login when the vault has no mytoken', async () => {
    book.mytokens.clear();
    await expect(makeBroker().accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'accounts/needs-login',
    });
    expect(book.status()).toBe('login-needed');
  });

  it('says so while quitting', async () => {
    const broker = makeBroker();
    await broker.stop();
    await expect(broker.accessToken({ accountId: 'a1' })).rejects.toMatchObject({
      code: 'app/shutting-down',
      retryable: true,
    });
  });
});

/** Lets promise chains run. */
async function settle(): Promise<void> {
  for (let index = 0; index < 20; index += 1) await Promise.resolve();
}
