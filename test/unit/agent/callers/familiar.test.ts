import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { libcReader, nodeReader, type Reader } from '../../../../electron/agent/callers/proc-reader.ts';
import { FamiliarProcesses, procTable } from '../../../../electron/agent/callers/process-table.ts';
import { loadLibc } from '../../../../electron/agent/native/libc.ts';
import { type ProcEntry, procFixture } from '../../../support/proc-fixture.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const libc = loadLibc();

describe.skipIf(libc === null)('processes that come again', () => {
  let fixture: ReturnType<typeof procFixture>;
  let familiar: FamiliarProcesses;
  /** Paths whose text was read by name: what a kept directory saves. */
  let byName: string[];
  let holds: number;

  const script = {
    ...{ pid: 300, parentPid: 200, executable: '/usr/bin/bash', commandLine: ['bash', '/home/u/job.sh'] },
    startedAtTicks: 5_000,
  };

  beforeEach(() => {
    fixture = procFixture(temporaryDirectory('familiar-'));
    familiar = new FamiliarProcesses();
    byName = [];
    holds = 0;
    return () => familiar.close();
  });

  function table(reader: Reader = libc === null ? nodeReader : libcReader(libc)) {
    const watched: Reader = {
      ...reader,
      text: (path) => (byName.push(path.slice(fixture.proc.length)), reader.text(path)),
      hold: (path) => ((holds += 1), reader.hold(path)),
    };
    return procTable({ root: fixture.proc, readerOf: () => watched, familiar });
  }

  /** Puts another process in the place of the one with this number. */
  function replace(entry: ProcEntry): void {
    rmSync(join(fixture.proc, String(entry.pid)), { recursive: true });
    fixture.add(entry);
  }

  /** Directories of processes that are kept. */
  function openOnes(): number {
    const links = readdirSync('/proc/self/fd').map((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return '';
      }
    });
    return links.filter((link) => /\/proc\/\d+( \(deleted\))?$/.test(link) && link.startsWith(fixture.proc))
      .length;
  }

  it('are kept from the second time on, and tell the same without being looked up', () => {
    fixture.add(script);
    const read = table();
    const first = read(300);
    const told = { ...pick(first), commandLine: first?.commandLine };
    expect(pick(read(300))).toEqual(pick(first));
    byName = [];
    for (let again = 0; again < 3; again += 1) {
      const found = read(300);
      expect({ ...pick(found), commandLine: found?.commandLine }).toEqual(told);
      expect(found?.lives()).toBe(true);
      expect(found?.workingDirectory()).toBe('/home/u');
    }
    expect([holds, byName]).toEqual([1, []]);
  });

  it('what changes in them is seen each time: program, script, mount namespace, parent, name', () => {
    fixture.add(script);
    const read = table();
    for (let seen = 0; seen < 3; seen += 1) read(300);
    const directory = join(fixture.proc, '300');
    const other = fixture.pathOf('/usr/bin/python3');
    writeFileSync(other, 'another program');
    relink(other, join(directory, 'exe'));
    relink('mnt:[4026532999]', join(directory, 'ns/mnt'));
    writeFileSync(join(directory, 'cmdline'), 'python3\0/home/u/other.py\0');
    const after = ['S', 1, 300, 300, 0, -1, ...Array<number>(13).fill(0), 5_000, 0, 0, 0, 4_096, 1, 0];
    writeFileSync(join(directory, 'stat'), `300 (renamed) ${after.join(' ')}\n`);
    const found = read(300);
    expect(holds).toBe(1);
    expect(found).toMatchObject({ executable: other, files: 'mnt:[4026532999]' });
    expect(found?.executableStamp).toBe(nodeReader.stamp(other));
    expect(found?.commandLine).toEqual(['python3', '/home/u/other.py']);
    expect([found?.parentPid, found?.name]).toEqual([1, 'renamed']);
  });

  it('R-40 a number that went to another process is that one’s', () => {
    fixture.add(script);
    const read = table();
    for (let seen = 0; seen < 3; seen += 1) read(300);
    replace({ ...script, executable: '/usr/bin/other', startedAtTicks: 9_000 });
    const found = read(300);
    expect(found?.executable).toBe(fixture.pathOf('/usr/bin/other'));
    expect(found?.startedAtTicks).toBe(9_000);
    expect(openOnes()).toBe(0);
  });

  it('R-40 of one that has ended nothing is told any more', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const pid = child.pid ?? 0;
    const reader = libc === null ? nodeReader : libcReader(libc);
    const read = procTable({ readerOf: () => reader, familiar });
    await expect.poll(() => read(pid)?.commandLine).toEqual(['sleep', '60']);
    for (let seen = 0; seen < 3; seen += 1) expect(read(pid)?.lives()).toBe(true);
    const before = read(pid);
    child.kill('SIGKILL');
    await ended;
    expect(before?.lives()).toBe(false);
    expect(before?.workingDirectory()).toBeNull();
    expect([before?.commandLine, before?.name, before?.parentPid]).toEqual([[], '', 0]);
    expect(read(pid)).toBeNull();
  });

  it('R-67 one that becomes another program is that one from then on', async () => {
    const child = spawn('sh', ['-c', 'read go; exec sleep 60'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(child, 'exit');
    const pid = child.pid ?? 0;
    const reader = libc === null ? nodeReader : libcReader(libc);
    const read = procTable({
      readerOf: () => ({ ...reader, hold: (path) => ((holds += 1), reader.hold(path)) }),
      familiar,
    });
    await expect.poll(() => read(pid)?.commandLine[0]).toBe('sh');
    for (let seen = 0; seen < 3; seen += 1) read(pid);
    const before = read(pid);
    child.stdin.end('\n');
    await expect.poll(() => read(pid)?.commandLine).toEqual(['sleep', '60']);
    const after = read(pid);
    expect(after?.executable).toMatch(/\/sleep$/);
    expect(after?.executable).not.toBe(before?.executable);
    expect(after?.executableStamp).not.toBe(before?.executableStamp);
    expect(after?.startedAtTicks).toBe(before?.startedAtTicks);
    expect([after?.name, holds]).toEqual(['sleep', 1]);
    child.kill('SIGKILL');
    await ended;
  });

  it('R-40 one that ends while it is being kept is not taken for the next', () => {
    fixture.add(script);
    const reader = libc === null ? nodeReader : libcReader(libc);
    const read = table({
      ...reader,
      hold(path) {
        if (holds === 1) replace({ ...script, startedAtTicks: 9_000, executable: '/usr/bin/other' });
        return reader.hold(path);
      },
    });
    read(300);
    expect(read(300)?.startedAtTicks).toBe(5_000);
    expect(openOnes()).toBe(0);
    expect(read(300)).toMatchObject({ startedAtTicks: 9_000, executable: fixture.pathOf('/usr/bin/other') });
  });

  it('those that hide, and those that came once, are not kept', () => {
    const read = table();
    for (let pid = 300; pid < 400; pid += 1) {
      fixture.add({ ...script, pid });
      read(pid);
    }
    fixture.add({ ...script, pid: 400, executable: null, name: 'oidc-token' });
    for (let seen = 0; seen < 5; seen += 1) expect(read(400)?.executable).toBeNull();
    expect(holds).toBe(0);
  });

  it('one that hides from now on is not kept any longer', () => {
    fixture.add(script);
    const read = table();
    for (let seen = 0; seen < 3; seen += 1) read(300);
    rmSync(join(fixture.proc, '300/exe'));
    expect(read(300)?.executable).toBeNull();
    expect(openOnes()).toBe(0);
  });

  it('at most sixteen, those that came last; none after the end', () => {
    const read = table();
    const pids = Array.from({ length: 20 }, (_, index) => 300 + index);
    for (const pid of pids) {
      fixture.add({ ...script, pid });
      for (let seen = 0; seen < 3; seen += 1) read(pid);
      read(300);
    }
    expect([holds, openOnes()]).toEqual([20, 16]);
    byName = [];
    for (const pid of [300, ...pids.slice(-15)]) read(pid);
    expect(byName).toEqual([]);
    read(301);
    expect(byName).toEqual(['/301/stat']);
    familiar.close();
    expect(openOnes()).toBe(0);
  });

  it('where nothing can be kept everything is as ever', () => {
    fixture.add(script);
    const read = table(nodeReader);
    for (let seen = 0; seen < 4; seen += 1) {
      expect(read(300)?.executable).toBe(fixture.pathOf('/usr/bin/bash'));
    }
  });
});

function pick(facts: ReturnType<ReturnType<typeof procTable>>) {
  if (facts === null) return null;
  const { pid, parentPid, startedAtTicks, name, executable, executableStamp, files } = facts;
  return { pid, parentPid, startedAtTicks, name, executable, executableStamp, files };
}

function relink(target: string, path: string): void {
  rmSync(path);
  symlinkSync(target, path);
}
