import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountChange, AccountRecord } from '../../../electron/accounts/index.ts';
import { createKeptFiles } from '../../../electron/files/index.ts';
import {
  type BearerFiles,
  type BearerFileWish,
  createBearerFiles,
} from '../../../electron/handover/index.ts';
import { Emitter, Secret, silentLogger } from '../../../electron/ports/index.ts';
import type { AccessTokenWish } from '../../../electron/tokens/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const hourMs = 3_600_000;
let directory: string;
let clock: FakeClock;
let wishes: readonly BearerFileWish[];
let written: unknown;
let asked: AccessTokenWish[];
let served: number;
let lifeMs: number;
let failure: DomainError | null;
let allowed: boolean;
let servingChanged: Emitter<undefined>;
let accountChanged: Emitter<AccountChange>;
let beforeAnswer: () => void;
let bearer: BearerFiles;

const discovery = (): string => join(directory, 'bt_u1000');
const account = { id: 'a', shortname: 'a', status: 'ok' } as AccountRecord;
const wish = (over: Partial<BearerFileWish> = {}): BearerFileWish => ({
  ...{ accountId: 'a', place: { kind: 'discovery' as const }, scope: null, audience: null },
  ...over,
});

function open(): BearerFiles {
  return createBearerFiles({
    storage: { load: () => wishes, save: (next) => (wishes = next) },
    files: createKeptFiles(
      { load: () => written, save: (next) => (written = structuredClone(next)) },
      process.getuid?.() ?? null,
    ),
    accounts: {
      get: (id) => (id === 'a' || id === 'b' ? { ...account, id } : null),
      require: (id) => ({ ...account, id }),
      onChange: (listener) => accountChanged.on(listener),
    },
    broker: {
      accessToken(request) {
        asked.push(request);
        beforeAnswer();
        if (failure !== null) return Promise.reject(failure);
        served += 1;
        return Promise.resolve({
          accountId: request.accountId,
          accessToken: new Secret(`token-${served}`),
          tokenType: 'Bearer',
          expiresAtMs: clock.nowMs() + lifeMs,
          scope: [],
          audience: [],
          issuer: 'https://op.example.org',
          fromCache: false,
        });
      },
    },
    serving: { allows: () => allowed, onChange: (listener) => servingChanged.on(() => listener()) },
    discoveryPath: discovery(),
    ownFolder: join(directory, 'own'),
    makeFolder: async (path) => {
      await mkdir(path, { recursive: true, mode: 0o700 });
    },
    clock,
    log: silentLogger,
  });
}

/** Files are written outside the fake clock's time. */
async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !holds(); round += 1)
    await new Promise((resolve) => setTimeout(resolve, 2));
  expect(holds()).toBe(true);
}
const content = (path = discovery()): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

beforeEach(() => {
  directory = temporaryDirectory('bearer-');
  clock = new FakeClock();
  wishes = [];
  written = undefined;
  asked = [];
  served = 0;
  lifeMs = hourMs;
  failure = null;
  allowed = true;
  servingChanged = new Emitter();
  accountChanged = new Emitter();
  beforeAnswer = () => undefined;
  bearer = open();
});
afterEach(async () => {
  await bearer.stop();
});

describe('createBearerFiles', () => {
  it('keeps a fresh token through three lifetimes, always asking for one that lives longer than the last', async () => {
    await bearer.start();
    bearer.keep(wish());
    await until(() => content() === 'token-1\n');
    await bearer.fresh('a');
    expect(statSync(discovery()).mode & 0o777).toBe(0o600);
    for (let round = 2; round <= 5; round += 1) {
      clock.advance(hourMs * 0.74);
      expect(served).toBe(round - 1);
      clock.advance(hourMs * 0.02);
      await until(() => content() === `token-${round}\n`);
      await bearer.fresh('a'); // its timer stands too
      expect(bearer.list()[0]?.expiresAtMs).toBeGreaterThan(clock.nowMs() + hourMs * 0.9);
      expect(asked.at(-1)?.minValidMs).toBeGreaterThan(hourMs * 0.2);
    }
  });

  it('asks for the chosen scopes and audience', async () => {
    await bearer.start();
    bearer.keep(wish({ scope: ['storage.read:/'], audience: ['https://se.example.org'] }));
    await until(() => content() !== null);
    expect(asked[0]).toMatchObject({ scope: ['storage.read:/'], audience: ['https://se.example.org'] });
  });

  it('takes the file away when locked, and puts it back afterwards', async () => {
    await bearer.start();
    bearer.keep(wish());
    await until(() => content() !== null);
    allowed = false;
    servingChanged.emit(undefined);
    await until(() => bearer.list()[0]?.state === 'withdrawn');
    expect(content()).toBeNull();
    clock.advance(10 * hourMs);
    expect(served).toBe(1);
    allowed = true;
    servingChanged.emit(undefined);
    await until(() => content() === 'token-2\n');
  });

  it('writes nothing when the lock fell while the server was asked', async () => {
    await bearer.start();
    beforeAnswer = () => (allowed = false);
    bearer.keep(wish());
    await until(() => bearer.list()[0]?.state === 'withdrawn');
    expect(content()).toBeNull();
  });

  it('leaves a token that is good where it is when no new one can be had, and removes it when it has expired', async () => {
    await bearer.start();
    bearer.keep(wish());
    await bearer.fresh('a');
    failure = new DomainError('mytoken/unreachable', 'Away.', { retryable: true });
    clock.advance(hourMs * 0.76);
    await until(() => bearer.list()[0]?.state === 'trouble');
    expect(content()).toBe('token-1\n');
    expect(bearer.list()[0]?.problem).toBe('mytoken/unreachable');
    for (let round = 0; round < 40 && content() !== null; round += 1) {
      clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(content()).toBeNull();
    failure = null;
    clock.advance(300_000);
    await until(() => content() === 'token-2\n');
    expect(bearer.list()[0]).toMatchObject({ state: 'fresh', problem: null });
  });

  it('goes away on stop, on ending, and with its account', async () => {
    await bearer.start();
    bearer.keep(wish());
    bearer.keep(wish({ accountId: 'b', place: { kind: 'own' } }));
    const own = join(directory, 'own', 'b');
    await until(() => content() !== null && content(own) !== null);
    accountChanged.emit({ upsert: [], removed: ['b'], order: null, defaultAccountId: null });
    await until(() => content(own) === null);
    expect(wishes.map(({ accountId }) => accountId)).toEqual(['a']);
    await bearer.stopKeeping('a');
    expect(content()).toBeNull();
    expect(wishes).toEqual([]);
  });

  it('removes what a killed run left, and goes on with what was wanted', async () => {
    await bearer.start();
    bearer.keep(wish());
    await until(() => content() !== null);
    // No stop: as after kill -9. The next run is not allowed anything yet.
    allowed = false;
    servingChanged = new Emitter();
    const next = open();
    await next.start();
    expect(content()).toBeNull();
    allowed = true;
    servingChanged.emit(undefined);
    await until(() => content() !== null);
    await next.stop();
    expect(content()).toBeNull();
  });

  it('does not overwrite a token that another program keeps there', async () => {
    writeFileSync(discovery(), 'somebody else');
    await bearer.start();
    bearer.keep(wish());
    await until(() => bearer.list()[0]?.state === 'trouble');
    expect(bearer.list()[0]?.problem).toBe('handover/foreign-file');
    expect(content()).toBe('somebody else');
    await bearer.stopKeeping('a');
    expect(content()).toBe('somebody else');
  });

  it('gives one place to one account', async () => {
    await bearer.start();
    bearer.keep(wish());
    expect(() => bearer.keep(wish({ accountId: 'b' }))).toThrow(
      expect.objectContaining({ code: 'handover/place-taken' }),
    );
    expect(wishes).toHaveLength(1);
  });

  it('moves when the place changes', async () => {
    await bearer.start();
    bearer.keep(wish());
    await until(() => content() !== null);
    bearer.keep(wish({ place: { kind: 'own' } }));
    await until(() => content(join(directory, 'own', 'a')) !== null);
    expect(content()).toBeNull();
  });

  it('says what is in the way to whoever needs the file now', async () => {
    await bearer.start();
    await expect(bearer.fresh('a')).rejects.toMatchObject({ code: 'handover/not-kept' });
    failure = new DomainError('accounts/needs-login', 'Login.');
    bearer.keep(wish());
    await expect(bearer.fresh('a')).rejects.toMatchObject({ code: 'accounts/needs-login' });
    failure = null;
    await expect(bearer.fresh('a')).resolves.toEqual({ path: discovery() });
  });

  it('is renewed after sleep', async () => {
    await bearer.start();
    bearer.keep(wish());
    await until(() => content() !== null);
    clock.sleep(2 * hourMs);
    bearer.resumed();
    await until(() => content() === 'token-2\n');
  });
});
