import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActivityEntry, type ActivityLog, createActivity } from '../../../electron/activity/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const entry: ActivityEntry = {
  ...{ program: 'backup.sh', verified: true, accountId: 'a', accountName: 'Alice', kind: 'mytoken' },
  ...{
    summary: 'AT',
    outcome: 'allowed',
    by: 'user',
    durationMs: 3,
    executable: '/home/alice/bin/backup.sh',
  },
};

let folder: string;
let path: string;
let clock: FakeClock;
let days: number;
let log: RecordingLog;
const running: ActivityLog[] = [];
let child: ChildProcess | null = null;

beforeEach(() => {
  folder = temporaryDirectory('activity-');
  path = join(folder, 'activity.jsonl');
  clock = new FakeClock();
  log = new RecordingLog();
  days = 30;
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = null;
  chmodSync(folder, 0o700);
  for (const each of running.splice(0)) await each.stop();
});

async function opened(): Promise<ActivityLog> {
  const activity = createActivity({ path, home: '/home/alice', keepDays: () => days, clock, log });
  running.push(activity);
  await activity.start();
  return activity;
}
const linesOnDisk = (): string[] => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const summaries = (activity: ActivityLog): string[] => activity.list().map(({ summary }) => summary);

describe('the file', () => {
  it('has what happened, in order, for its owner alone (R-30), and is read again', async () => {
    const first = await opened();
    for (const summary of ['one', 'two', 'three']) first.add({ ...entry, summary });
    await first.stop();
    expect(linesOnDisk()).toHaveLength(3);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('~/bin/backup.sh');
    expect(summaries(await opened())).toEqual(['three', 'two', 'one']);
  });

  it.skipIf(process.platform === 'win32')('is private from the first moment, also written anew', async () => {
    const umask = process.umask(0);
    try {
      const activity = await opened();
      activity.add(entry);
      await activity.clear();
      activity.add(entry);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      await activity.stop();
    } finally {
      process.umask(umask);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is closed to others again when somebody opened it', async () => {
    writeFileSync(path, '', { mode: 0o644 });
    const activity = await opened();
    activity.add(entry);
    await activity.stop();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('what came before it was read comes after what is in it', async () => {
    const first = await opened();
    first.add({ ...entry, summary: 'old' });
    await first.stop();
    const second = createActivity({ path, home: '', keepDays: () => days, clock, log });
    running.push(second);
    second.add({ ...entry, summary: 'early' });
    await second.start();
    expect(summaries(second)).toEqual(['early', 'old']);
    await second.stop();
    expect(summaries(await opened())).toEqual(['early', 'old']);
  });

  it('a busy program costs a line in half a minute, not one a token', async () => {
    const activity = await opened();
    for (let second = 0; second < 59; second += 1) {
      for (let of = 0; of < 50; of += 1) activity.add({ ...entry, kind: 'access-token', by: 'grant' });
      clock.advance(1_000);
    }
    await activity.stop();
    expect(linesOnDisk().length).toBeLessThanOrEqual(4);
    expect((await opened()).list()).toMatchObject([{ count: 59 * 50 }]);
  });

  it('outdated lines do not pile up', async () => {
    const activity = await opened();
    activity.add({ ...entry, id: 'one' });
    let most = 0;
    for (let round = 0; round < 1_200; round += 1) {
      activity.amend('one', { problem: `app/${round}` });
      await activity.stop(); // writes what there is; it may go on
      if (round % 100 === 99) most = Math.max(most, linesOnDisk().length);
    }
    expect(most).toBeGreaterThan(900);
    expect(most).toBeLessThanOrEqual(1_002);
    expect(linesOnDisk().length).toBeLessThan(300);
    expect((await opened()).list()).toMatchObject([{ id: 'one', problem: 'app/1199' }]);
  });

  it('nor do large ones: the newest stay', async () => {
    const activity = await opened();
    const words = 'word '.repeat(399);
    for (let index = 0; index < 9_000; index += 1) activity.add({ ...entry, summary: `${index} ${words}` });
    await activity.stop();
    expect(statSync(path).size).toBeGreaterThan(16 * 1024 * 1024);
    activity.add({ ...entry, summary: 'last' });
    await activity.stop();
    expect(statSync(path).size).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(summaries(await opened()).slice(0, 2)).toEqual(['last', expect.stringMatching(/^8999 /)]);
  });

  it('a record that was counted with another later is not read again by itself', async () => {
    const activity = await opened();
    const cached = { ...entry, kind: 'access-token', by: 'grant' } as const;
    activity.add({ ...cached, id: 'refused', outcome: 'refused' });
    activity.add({ ...cached, id: 'allowed' });
    await activity.stop();
    expect(linesOnDisk()).toHaveLength(2);
    activity.amend('allowed', { outcome: 'refused' });
    await activity.stop();
    expect((await opened()).list()).toMatchObject([{ id: 'refused', count: 2 }]);
  });

  it('forgets what is older than it shall be kept', async () => {
    const activity = await opened();
    activity.add({ ...entry, summary: 'old' });
    clock.advance(8 * 86_400_000);
    activity.add({ ...entry, summary: 'new' });
    expect(summaries(activity)).toEqual(['new', 'old']);
    days = 7;
    activity.prune();
    await activity.stop();
    expect(linesOnDisk().join()).not.toContain('"old"');
    expect(summaries(await opened())).toEqual(['new']);
  });

  it('is emptied at once when it is cleared, with what was put aside', async () => {
    writeFileSync(path, 'nonsense\n');
    const activity = await opened();
    activity.add(entry);
    await activity.clear();
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(existsSync(`${path}.damaged`)).toBe(false);
    expect(activity.state()).toMatchObject({ total: 0, damaged: 0 });
  });
});

describe('trouble', () => {
  it.skipIf(process.platform === 'win32')(
    'no link is followed: what it leads to stays as it is',
    async () => {
      const other = join(folder, 'precious');
      const activity = await opened();
      writeFileSync(other, 'precious');
      symlinkSync(other, path);
      activity.add(entry);
      clock.advance(2_000);
      await expect.poll(() => activity.state().problem).toBe('ELOOP');
      expect(readFileSync(other, 'utf8')).toBe('precious');
      rmSync(path);
    },
  );

  it('a file larger than any this app writes is put aside unread, and told', async () => {
    writeFileSync(path, '');
    truncateSync(path, 128 * 1024 * 1024 + 1);
    const activity = await opened();
    expect(activity.state()).toMatchObject({ total: 0, problem: 'EFBIG' });
    expect(statSync(`${path}.damaged`).size).toBe(128 * 1024 * 1024 + 1);
    activity.add({ ...entry, summary: 'one' });
    await activity.stop();
    expect(summaries(await opened())).toEqual(['one']);
  });

  it('what cannot be read is put aside before anything takes its place', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'precious'), '');
    const activity = await opened();
    expect(activity.state().problem).toBe('EISDIR');
    expect(existsSync(join(`${path}.damaged`, 'precious'))).toBe(true);
    activity.add({ ...entry, summary: 'one' });
    await activity.stop();
    expect(summaries(await opened())).toEqual(['one']);
    rmSync(`${path}.damaged`, { recursive: true });
  });

  it('a copy that a killed app had begun is in nobody’s way', async () => {
    writeFileSync(`${path}.new`, 'half');
    const activity = await opened();
    activity.add(entry);
    await activity.clear();
    expect(activity.state().problem).toBeNull();
    expect(existsSync(`${path}.new`)).toBe(false);
    expect(linesOnDisk()).toEqual([]);
  });

  it('damaged lines are skipped, told and put aside; the others live', async () => {
    const first = await opened();
    for (const summary of ['one', 'two']) first.add({ ...entry, summary });
    await first.stop();
    const [one = '', two = ''] = linesOnDisk();
    const before = `${one}\n{"id":"x"}\n\u0000\u0000garbage\n${two}\n`;
    writeFileSync(path, before);
    const second = await opened();
    expect(summaries(second)).toEqual(['two', 'one']);
    expect(second.state().damaged).toBe(2);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(before);
    second.add({ ...entry, summary: 'three' });
    await second.stop();
    expect(summaries(await opened())).toEqual(['three', 'two', 'one']);
  });

  it('a last line that was cut off is no damage, and what follows begins a new one', async () => {
    const first = await opened();
    first.add({ ...entry, summary: 'one' });
    await first.stop();
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"id":"cut`);
    const second = await opened();
    expect(second.state().damaged).toBe(0);
    second.add({ ...entry, summary: 'two' });
    await second.stop();
    expect(linesOnDisk()).toHaveLength(3);
    expect(summaries(await opened())).toEqual(['two', 'one']);
  });

  it('where it cannot be written it is told, nothing is lost meanwhile, and it is tried again', async () => {
    const activity = await opened();
    mkdirSync(path); // stands in the way, whoever runs this
    activity.add({ ...entry, summary: 'one' });
    clock.advance(2_000);
    await expect.poll(() => activity.state().problem).toBe('EISDIR');
    activity.add({ ...entry, summary: 'two' });
    expect(summaries(activity)).toEqual(['two', 'one']);
    rmSync(path, { recursive: true });
    clock.advance(60_000);
    await expect.poll(() => activity.state().problem).toBeNull();
    await activity.stop();
    expect(summaries(await opened())).toEqual(['two', 'one']);
  });

  it('it is tried again by itself, behind whatever half a line the failure left', async () => {
    const activity = await opened();
    activity.add({ ...entry, summary: 'zero' });
    await activity.stop();
    const before = readFileSync(path, 'utf8');
    rmSync(path);
    mkdirSync(path);
    activity.add({ ...entry, summary: 'one' });
    clock.advance(2_000);
    await expect.poll(() => activity.state().problem).toBe('EISDIR');
    rmSync(path, { recursive: true });
    writeFileSync(path, `${before}{"id":"half`);
    clock.advance(60_000);
    await expect.poll(() => activity.state().problem).toBeNull();
    expect(summaries(await opened())).toEqual(['one', 'zero']);
  });

  it('a disk that is full in the middle of a line stops nobody, and costs no line that was whole', async () => {
    const limited = ['-c', 'ulimit -f 4; exec "$0" "$@"', process.execPath];
    child = spawn('bash', [...limited, 'test/support/activity-child.ts', path], { stdio: 'pipe' });
    let told = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    await expect.poll(() => told.split('\n').length, { timeout: 30_000 }).toBeGreaterThan(20);
    expect(told).toMatch(/^EFBIG \d+\n/);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(statSync(path).size).toBe(4096);
    const activity = await opened();
    expect(activity.state()).toMatchObject({ damaged: 0, total: linesOnDisk().length - 1 });
    activity.add({ ...entry, summary: 'after' });
    await activity.stop();
    const again = await opened();
    expect(again.list()[0]?.summary).toBe('after');
    expect(again.list()).toHaveLength(activity.list().length);
  }, 60_000);

  it('kill -9 costs at most what had not been saved, and no line that had', async () => {
    child = spawn(process.execPath, ['test/support/activity-child.ts', path], { stdio: 'inherit' });
    await expect
      .poll(() => (existsSync(path) ? linesOnDisk().length : 0), { timeout: 30_000 })
      .toBeGreaterThan(200);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const complete = linesOnDisk().filter((line) => line.endsWith('}')).length;
    const activity = await opened();
    expect(activity.state()).toMatchObject({ damaged: 0, total: complete });
    const numbers = summaries(activity).map((summary) => Number(summary.slice(3)));
    expect(numbers).toEqual(Array.from({ length: complete }, (_, index) => complete - index));
  }, 60_000);
});
