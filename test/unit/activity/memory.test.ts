import { beforeEach, describe, expect, it } from 'vitest';
import { ActivityMemory } from '../../../electron/activity/memory.ts';
import type { ActivityEntry, ActivityLog } from '../../../electron/activity/index.ts';
import { readRecord } from '../../../electron/activity/read-record.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryActivity } from '../../support/memory-activity.ts';

const cached: ActivityEntry = {
  ...{ program: 'backup.sh', verified: true, accountId: 'a', accountName: 'Alice', kind: 'access-token' },
  ...{ summary: 'openid', outcome: 'allowed', by: 'grant', durationMs: 0, door: 'agent-socket' },
};
const issued: ActivityEntry = {
  ...cached,
  ...{ kind: 'mytoken', by: 'user' },
  mytoken: {
    ...{ instanceUrl: 'https://mt', momId: 'mom', name: 'job', expiresAtMs: null },
    ...{ revokedAtMs: null, revokeProblem: null },
  },
};

let clock: FakeClock;
let activity: ActivityLog;

beforeEach(() => {
  clock = new FakeClock();
  activity = memoryActivity(clock);
});

describe('repeats', () => {
  it('within a minute are one record with a count and the last time', () => {
    const firstMs = clock.nowMs();
    activity.add(cached);
    clock.advance(59_000);
    activity.add(cached);
    expect(activity.list()).toMatchObject([{ count: 2, atMs: firstMs, lastAtMs: firstMs + 59_000 }]);
    clock.advance(1_000);
    activity.add(cached);
    expect(activity.list().map(({ count }) => count)).toEqual([undefined, 2]);
  });

  it.each([
    ['another program', { program: 'other' }],
    ['another account', { accountId: 'b' }],
    ['another request', { summary: 'profile' }],
    ['another rule', { by: 'policy' }],
    ['another door', { door: 'http' }],
    ['another key', { clientName: 'ci' }],
    ['another outcome', { outcome: 'refused' }],
  ] as const)('are not of %s', (_name, change) => {
    activity.add(cached);
    activity.add({ ...cached, ...change });
    expect(activity.list()).toHaveLength(2);
  });

  it('are not counted up by a clock that went back', () => {
    activity.add(cached);
    clock.setWallClock(clock.nowMs() - 10_000);
    activity.add(cached);
    expect(activity.list().map(({ count }) => count)).toEqual([undefined, undefined]);
  });

  it('are told for the last thousand different requests; what came before is closed', () => {
    for (let index = 0; index <= 1_000; index += 1) activity.add({ ...cached, summary: `scope-${index}` });
    activity.add({ ...cached, summary: 'scope-1' });
    expect(activity.list()).toHaveLength(1_001);
    activity.add({ ...cached, summary: 'scope-0' });
    expect(activity.list()).toHaveLength(1_002);
  });

  it('count as long as the last of them', () => {
    const memory = new ActivityMemory(10, '');
    memory.add(cached, 0);
    memory.add(cached, 30_000);
    expect(memory.dropBefore(30_000)).toBe(false);
    expect(memory.dropBefore(30_001)).toBe(true);
    expect(memory.size).toBe(0);
  });

  it('are not what a person decided, nor mytokens', () => {
    for (const entry of [{ ...cached, by: 'user' } as const, issued]) {
      activity.add(entry);
      activity.add(entry);
    }
    expect(activity.list()).toHaveLength(4);
  });
});

describe('what became of a request', () => {
  it('is added to its record', () => {
    activity.add({ ...issued, id: 'one' });
    expect(activity.amend('one', { outcome: 'failed', problem: 'mytoken/timeout' })).toBe(true);
    expect(activity.list()).toMatchObject([{ id: 'one', outcome: 'failed', problem: 'mytoken/timeout' }]);
    expect(activity.amend('nobody', { outcome: 'failed' })).toBe(false);
  });

  it('takes one of many out of their count, whichever of them it was', () => {
    for (const id of ['one', 'two', 'three', 'four']) activity.add({ ...cached, id });
    activity.amend('two', { outcome: 'failed', problem: 'mytoken/timeout' });
    activity.amend('one', { outcome: 'failed', problem: 'mytoken/timeout' });
    const counts = activity.list().map(({ outcome, count = 1 }) => `${outcome} ${count}`);
    expect(counts.sort()).toEqual(['allowed 2', 'failed 2']);
  });

  it('of a busy program at a dead server does not fill the log', () => {
    for (let index = 0; index < 100; index += 1) {
      activity.add({ ...cached, id: `r${index}` });
      activity.amend(`r${index}`, { outcome: 'failed', problem: 'mytoken/unreachable' });
    }
    expect(activity.list()).toMatchObject([{ outcome: 'failed', count: 100 }]);
  });
});

describe('bounds', () => {
  it('keeps the newest twenty thousand', () => {
    for (let index = 0; index < 20_050; index += 1) activity.add({ ...issued, summary: String(index) });
    expect(activity.list()).toHaveLength(20_000);
    expect(activity.list()[0]?.summary).toBe('20049');
  });

  it('cuts what is too long', () => {
    activity.add({ ...cached, summary: 'x '.repeat(2_500), executable: `/opt/${'y'.repeat(400)}/bin` });
    const [record] = activity.list();
    expect(record?.summary).toHaveLength(2_000);
    expect(record?.executable?.length).toBeLessThanOrEqual(120);
    expect(record?.executable).toMatch(/^\/opt.*…y*\/bin$/);
  });
});

describe('what is taken out of a record', () => {
  it.each([
    ['a program in the home folder', { executable: '/home/al/bin/job' }],
    ['a program deep in folders', { executable: `/opt/${'deep/'.repeat(60)}job` }],
    ['a long list of scopes', { summary: 'scope '.repeat(500) }],
    ['a name that holds a key', { clientName: `mtd_${'k'.repeat(49)}` }],
  ])('is counted with those of the same fate: %s', (_name, change) => {
    const memory = new ActivityMemory(10, '/home/al');
    const entry = { ...cached, ...change };
    memory.add({ ...entry, id: 'refused', outcome: 'refused' }, 0);
    memory.add({ ...entry, id: 'allowed' }, 1);
    expect(memory.amend('allowed', { outcome: 'refused' }, 2)).toEqual(['allowed', 'refused']);
    expect(memory.newestFirst()).toMatchObject([{ id: 'refused', count: 2 }]);
  });
});

describe('paths of programs', () => {
  it.each([
    ['/home/al', '/home/al/bin/job', '~/bin/job'],
    ['/home/al', '/home/alice/bin/job', '/home/alice/bin/job'],
    ['', '/home/al/bin/job', '/home/al/bin/job'],
  ])('with the home %s: %s is shown as %s', (home, executable, shown) => {
    const memory = new ActivityMemory(10, home);
    memory.add({ ...cached, executable }, 0);
    expect(memory.newestFirst()[0]?.executable).toBe(shown);
  });
});

describe('words of others', () => {
  const token = `eyJhbGciOiJFUzUxMiJ9.${'a'.repeat(40)}.${'b'.repeat(40)}`;
  const key = `mtd_${'k'.repeat(49)}`;
  const short = 'AbCdEfGh'.repeat(8);

  it.each(['program', 'accountName', 'clientName', 'summary', 'restrictions'] as const)(
    'R-69: a token or key in the place of a %s is not kept',
    (field) => {
      for (const secret of [token, key, short]) {
        activity.add({ ...cached, [field]: `for ${secret} only` });
        const text = JSON.stringify(activity.list());
        expect(text).toMatch(/for \[(token|client key)\] only/);
        expect(text).not.toContain(secret);
      }
    },
  );

  it('R-69: nor in the name of a mytoken, also when that is told later', () => {
    const mytoken = { instanceUrl: 'https://mt', momId: 'mom', expiresAtMs: null };
    const made = { ...mytoken, name: `asked by ${key}`, revokedAtMs: null, revokeProblem: null };
    activity.add({ ...issued, id: 'one', mytoken: made });
    activity.add({ ...issued, id: 'two', mytoken: undefined });
    activity.amend('two', { mytoken: made });
    expect(activity.list().map((record) => record.mytoken?.name)).toEqual(
      Array(2).fill('asked by [client key]'),
    );
  });

  it('paths and scopes that look a little like it stay as they are', () => {
    const words = { summary: 'storage.read:/c/experiment openid', executable: '/mnt/c/Programs/backup' };
    activity.add({ ...cached, ...words });
    expect(activity.list()[0]).toMatchObject(words);
  });

  it('are cut, or the next start could not read the record any more', () => {
    const long = 'x '.repeat(5_000);
    activity.add({ ...cached, program: long, accountName: long, clientName: long, summary: long });
    const [record] = activity.list();
    expect(readRecord(JSON.stringify(record))).toMatchObject({ program: record?.program });
    expect(record?.clientName?.length).toBeLessThan(4_096);
  });
});
