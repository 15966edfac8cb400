import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { linuxProcesses } from '../../../electron/accounts/index.ts';
import { claimsOf, jwtOf } from '../../support/made-mytokens.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const jwt = jwtOf(claimsOf());
let root: string;

beforeEach(() => {
  root = temporaryDirectory('proc-');
});

async function processWith(
  pid: string,
  environ: string,
  exe: string | null = '/usr/bin/python3',
): Promise<void> {
  const directory = join(root, pid);
  await mkdir(directory);
  await writeFile(join(directory, 'environ'), environ);
  await writeFile(join(directory, 'comm'), 'comm-name\n');
  if (exe !== null) await symlink(exe, join(directory, 'exe'));
}

async function list(options: { uid?: number; ownPid?: number } = {}): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { pid, program, variables } of linuxProcesses({ root, ...options }).list()) {
    found.push([pid, program, ...variables.map(({ variable, value }) => [variable, value.reveal()])]);
  }
  return found;
}

describe.skipIf(process.platform === 'win32')('environments of Linux programs', () => {
  it('yields values that look like a JWT and nothing else, oldest program first', async () => {
    await processWith('20', `PATH=/bin\0MT=${jwt}\0SECRET=hunter2\0`);
    await processWith('3', `A=eyJ\0=${jwt}\0B=eyJx.y\0C=${jwt}`);
    await processWith('4', 'HOME=/root\0');
    await mkdir(join(root, 'self'));
    expect(await list()).toEqual([
      [3, 'python3', ['C', jwt]],
      [20, 'python3', ['MT', jwt]],
    ]);
  });

  it('passes over other users’ programs and this one', async () => {
    await processWith('20', `MT=${jwt}\0`);
    expect(await list({ uid: 4711 })).toEqual([]);
    expect(await list({ ownPid: 20 })).toEqual([]);
    expect(await list({ ownPid: 21 })).toHaveLength(1);
  });

  it('names a program by its file, a replaced one too, else by the name it gave itself', async () => {
    await processWith('1', `MT=${jwt}\0`, '/opt/x/run (deleted)');
    await processWith('2', `MT=${jwt}\0`, null);
    expect((await list()).map((entry) => (entry as unknown[])[1])).toEqual(['run', 'comm-name']);
  });

  it('finds a variable behind a large environment, and stops at a huge one', async () => {
    await processWith('1', `${'X=' + 'y'.repeat(200_000)}\0MT=${jwt}\0`);
    await processWith('2', `${'X=' + 'y'.repeat(1_100_000)}\0MT=${jwt}\0`);
    expect(await list()).toEqual([[1, 'python3', ['MT', jwt]]]);
  });

  it('passes over what cannot be read or has ended', async () => {
    await mkdir(join(root, '7'));
    await processWith('8', `MT=${jwt}\0`);
    await rm(join(root, '8', 'environ'));
    await mkdir(join(root, '8', 'environ'));
    await processWith('9', `MT=${jwt}\0`);
    await chmod(join(root, '9', 'environ'), 0o000);
    const readable = process.getuid?.() === 0 ? [[9, 'python3', ['MT', jwt]]] : [];
    expect(await list()).toEqual(readable);
    expect(await list({ uid: -1 })).toEqual([]);
    root = join(root, 'missing');
    expect(await list()).toEqual([]);
  });
});
