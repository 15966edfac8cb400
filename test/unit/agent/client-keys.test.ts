import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  clientKeyPattern,
  type ClientKeys,
  createClientKeys,
  looksLikeClientKey,
  parseStoredClients,
} from '../../../electron/agent/index.ts';
import { account, CanaryLogger, FakeAccounts, FakeClock, MemoryClients } from './fakes.ts';

interface Setup {
  keys: ClientKeys;
  clock: FakeClock;
  storage: MemoryClients;
  accounts: FakeAccounts;
  log: CanaryLogger;
  reopen: () => ClientKeys;
}

function setup(storage = new MemoryClients()): Setup {
  const clock = new FakeClock();
  const log = new CanaryLogger();
  const accounts = new FakeAccounts([account('a'), account('b')]);
  const open = (): ClientKeys => createClientKeys({ storage, clock, log, accounts });
  return { keys: open(), clock, storage, accounts, log, reopen: open };
}

const wish = { name: 'program', accountIds: null, expiresInDays: null };
const minuteMs = 60_000;

describe('R-46: keys', () => {
  it('have 256 random bits, a prefix and a checksum that scanners can verify', () => {
    const { keys } = setup();
    const made = Array.from({ length: 50 }, () => keys.create(wish).key.reveal());
    expect(new Set(made).size).toBe(50);
    for (const key of made) {
      expect(key).toMatch(/^mtd_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/);
      expect(clientKeyPattern.test(`text ${key} text`)).toBe(true);
      expect(looksLikeClientKey(key)).toBe(true);
      expect(Buffer.from(key.slice(4, 47), 'base64url')).toHaveLength(32);
      const other = key.startsWith('mtd_A') ? 'B' : 'A';
      expect(looksLikeClientKey(`mtd_${other}${key.slice(5)}`)).toBe(false);
    }
  });

  it('the checksum is CRC-32 in base 62, as other tools compute it', () => {
    // By Python's zlib: crc32(b"mtd_" + 43 * b"A") == 0x377d6360
    expect(looksLikeClientKey(`mtd_${'A'.repeat(43)}110ELY`)).toBe(true);
  });

  it('are stored as SHA-256 only', () => {
    const { keys, storage } = setup();
    const { key } = keys.create(wish);
    const text = JSON.stringify(storage.saved);
    expect(text).toContain(createHash('sha256').update(key.reveal()).digest('hex'));
    expect(text).not.toContain(key.reveal().slice(0, 20));
    expect(`${inspect(key)} ${JSON.stringify({ key })}`).not.toContain(key.reveal().slice(4, 20));
    expect(JSON.stringify(keys.list())).not.toMatch(/[0-9a-f]{64}/);
  });

  it('survive a restart', () => {
    const { keys, reopen, storage } = setup();
    const { key, clientId } = keys.create({ ...wish, accountIds: ['a'] });
    expect(parseStoredClients(JSON.parse(JSON.stringify(storage.saved)))).toEqual(storage.saved);
    expect(reopen().authenticate(key.reveal())).toMatchObject({ id: clientId, accountIds: ['a'] });
  });

  it('expire', () => {
    const { keys, clock } = setup();
    const { key, clientId } = keys.create({ ...wish, expiresInDays: 1 });
    clock.advance(24 * 60 * minuteMs - 1);
    expect(keys.authenticate(key.reveal())?.id).toBe(clientId);
    expect(keys.get(clientId)).not.toBeNull();
    clock.advance(1);
    expect(keys.authenticate(key.reveal())).toBeNull();
    expect(keys.get(clientId)).toBeNull();
  });

  it('are not made when they cannot be stored', () => {
    const { keys, storage } = setup();
    storage.broken = true;
    expect(() => keys.create(wish)).toThrow('disk full');
    expect(keys.list()).toEqual([]);
  });

  it('stop working at revocation, even when that cannot be stored', () => {
    const { keys, storage } = setup();
    const { key, clientId } = keys.create(wish);
    storage.broken = true;
    expect(() => keys.revoke(clientId)).toThrow('disk full');
    expect(keys.authenticate(key.reveal())).toBeNull();
    expect(keys.get(clientId)).toBeNull();
  });

  it('unknown ones cannot be rotated or revoked', () => {
    const { keys } = setup();
    expect(() => keys.revoke('x')).toThrow(expect.objectContaining({ code: 'agent/client-not-found' }));
    expect(() => keys.rotate('x')).toThrow(expect.objectContaining({ code: 'agent/client-not-found' }));
  });
});

describe('R-46: rotation', () => {
  it('lets the former key work for ten minutes and not longer', () => {
    const { keys, clock } = setup();
    const { key, clientId } = keys.create(wish);
    const fresh = keys.rotate(clientId).key;
    expect(keys.list()).toHaveLength(1);
    clock.advance(10 * minuteMs - 1);
    expect(keys.authenticate(key.reveal())?.id).toBe(clientId);
    clock.advance(1);
    expect(keys.authenticate(key.reveal())).toBeNull();
    expect(keys.authenticate(fresh.reveal())?.id).toBe(clientId);
  });

  it('setting the clock back does not revive the former key', () => {
    const { keys, clock } = setup();
    const { key, clientId } = keys.create(wish);
    keys.rotate(clientId);
    clock.advance(11 * minuteMs);
    clock.wallMs -= 60 * minuteMs;
    expect(keys.authenticate(key.reveal())).toBeNull();
  });

  it('a stored end that lies too far ahead is cut to ten minutes', () => {
    const { keys, clock, storage, reopen } = setup();
    const { key, clientId } = keys.create(wish);
    keys.rotate(clientId);
    storage.saved = storage.saved.map((record) => ({
      ...record,
      formerKey: record.formerKey === null ? null : { ...record.formerKey, untilMs: clock.wallMs + 1e10 },
    }));
    const again = reopen();
    expect(again.authenticate(key.reveal())).not.toBeNull();
    clock.advance(10 * minuteMs);
    expect(again.authenticate(key.reveal())).toBeNull();
  });

  it('a second rotation ends the first key at once', () => {
    const { keys } = setup();
    const { key, clientId } = keys.create(wish);
    keys.rotate(clientId);
    keys.rotate(clientId);
    expect(keys.authenticate(key.reveal())).toBeNull();
  });

  it('ends with revocation', () => {
    const { keys } = setup();
    const { key, clientId } = keys.create(wish);
    keys.rotate(clientId);
    keys.revoke(clientId);
    expect(keys.authenticate(key.reveal())).toBeNull();
  });
});

describe('last use', () => {
  it('is written at most once a minute, and at flush', () => {
    const { keys, clock, storage } = setup();
    const { key } = keys.create(wish);
    const before = storage.saves;
    for (let second = 0; second < 300; second += 1) {
      keys.authenticate(key.reveal());
      clock.advance(1000);
    }
    expect(storage.saves - before).toBeGreaterThanOrEqual(4);
    expect(storage.saves - before).toBeLessThanOrEqual(6);
    clock.advance(5 * minuteMs);
    keys.authenticate(key.reveal());
    keys.authenticate(key.reveal());
    keys.flush();
    expect(storage.saved[0]?.lastUsedAtMs).toBe(clock.wallMs);
    const after = storage.saves;
    keys.flush();
    expect(storage.saves).toBe(after);
  });

  it('is shown, and a full disk keeps no key from working', () => {
    const { keys, clock, storage, log } = setup();
    const { key } = keys.create(wish);
    const seen: (number | null | undefined)[] = [];
    keys.onChange((clients) => seen.push(clients[0]?.lastUsedAtMs));
    storage.broken = true;
    expect(keys.authenticate(key.reveal())).not.toBeNull();
    clock.advance(minuteMs);
    expect(seen).toEqual([clock.wallMs - minuteMs]);
    expect(log.lines.join()).toContain('agent.clients-not-saved');
  });

  it('a wrong key is no use of any', () => {
    const { keys, clock } = setup();
    keys.create(wish);
    keys.authenticate('mtd_wrong');
    clock.advance(minuteMs);
    expect(keys.list()[0]?.lastUsedAtMs).toBeNull();
  });
});

describe('R-48: challenges', () => {
  it('an answer for a hint nobody has is different in every run of the app', () => {
    const one = setup().keys.answerChallenge('mtd_abcdef', 'text');
    const other = setup().keys.answerChallenge('mtd_abcdef', 'text');
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
  });

  it('an expired key proves nothing', () => {
    const { keys, clock } = setup();
    const { key } = keys.create({ ...wish, expiresInDays: 1 });
    const hint = key.reveal().slice(0, 10);
    const before = keys.answerChallenge(hint, 'text');
    clock.advance(24 * 60 * minuteMs);
    expect(keys.answerChallenge(hint, 'text')).not.toBe(before);
  });
});

describe('limits to accounts', () => {
  it('R-67: a removed account leaves all limits, and an empty limit does not become "all"', () => {
    const { keys, accounts, storage, reopen } = setup();
    const one = keys.create({ ...wish, accountIds: ['a'] }).clientId;
    const two = keys.create({ ...wish, accountIds: ['a', 'b'] }).clientId;
    const all = keys.create(wish).clientId;
    accounts.remove('a');
    for (const current of [keys, reopen()]) {
      expect(current.get(one)?.accountIds).toEqual([]);
      expect(current.get(two)?.accountIds).toEqual(['b']);
      expect(current.get(all)?.accountIds).toBeNull();
    }
    expect(storage.saved[0]?.accountIds).toEqual([]);
  });

  it('the caller’s list is copied', () => {
    const { keys } = setup();
    const accountIds = ['a'];
    const { clientId } = keys.create({ ...wish, accountIds });
    accountIds.push('b');
    expect(keys.get(clientId)?.accountIds).toEqual(['a']);
  });
});

describe('stored clients', () => {
  const good = {
    id: 'x',
    name: 'program',
    keyHash: 'a'.repeat(64),
    keyHint: 'mtd_abcdef',
    createdAtMs: 1,
    lastUsedAtMs: null,
    expiresAtMs: null,
    accountIds: ['a'],
    formerKey: null,
  };

  it('reads what is right and reports what is not', () => {
    const rejected: number[] = [];
    const { accountIds: _gone, ...withoutLimit } = good;
    const entries = [
      good,
      { ...good, id: 'y', keyHash: 'short' },
      { ...withoutLimit, id: 'z' },
      { ...good, id: 'z', formerKey: { keyHash: 'x', keyHint: 'x', untilMs: 1 } },
      { ...good, name: 'same id' },
      null,
      'x',
      { ...good, id: 'w', later: 'field of a newer version' },
    ];
    const clients = parseStoredClients(entries, (index) => rejected.push(index));
    expect(clients.map(({ id, name }) => `${id} ${name}`)).toEqual(['x program', 'w program']);
    expect(rejected).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('nothing stored is no fault, anything else than a list is', () => {
    const rejected: number[] = [];
    const note = (index: number): void => void rejected.push(index);
    expect(parseStoredClients(undefined, note)).toEqual([]);
    expect(rejected).toEqual([]);
    expect(parseStoredClients({ clients: [] }, note)).toEqual([]);
    expect(rejected).toEqual([-1]);
  });
});
