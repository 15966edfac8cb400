/**
 * A copy of the checkout for a session user who cannot read the original (a clone below a private folder).
 */
import { chownSync, cpSync, existsSync, lchownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { runProcess } from './run-process.ts';
import { AdviceError } from './say.ts';
import type { Identity } from './session-bus.ts';

/** Can this user enter the folder and read what is in it? */
export async function canReach(identity: Identity, folder: string): Promise<boolean> {
  const test = 'test -r "$1" && test -x "$1"';
  const result = await runProcess('/bin/sh', ['-c', test, 'sh', folder], {
    ...identity,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  return result.code === 0;
}

/** Can this user read the checkout and run the Node in it? */
export async function canRead(identity: Identity, root: string): Promise<boolean> {
  const paths = [root, join(root, 'package.json'), process.execPath];
  const test = 'test -x "$1" && test -r "$1" && test -r "$2" && test -x "$3"';
  const result = await runProcess('/bin/sh', ['-c', test, 'sh', ...paths], {
    ...identity,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  return result.code === 0;
}

/** Copies the checkout without history, results and packages; `include` names packages that are needed after all. */
export async function stageCheckout(root: string, target: string, include: readonly string[]): Promise<void> {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  const left = new Set(['.git', 'release', 'test-results', '.cache']);
  const names = readdirSync(root).filter((name) => !left.has(name));
  const result = await runProcess('cp', ['-a', '--reflink=auto', '-t', target, '--', ...names], {
    cwd: root,
  });
  if (result.code !== 0)
    throw new AdviceError(`The checkout could not be copied to ${target}: ${result.stderr.trim()}`);
  for (const path of include) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(join(target, path, '..'), { recursive: true });
    await runProcess('cp', ['-a', join(root, path), join(target, path)]);
  }
  await runProcess('chmod', ['-R', 'a+rX', target]);
}

/** Replaces the checkout's path wherever it starts a path in `text`, PATH-like lists included. */
export function relocate(text: string, root: string, target: string): string {
  if (root === target) return text;
  let result = '';
  let rest = text;
  for (;;) {
    const at = rest.indexOf(root);
    if (at < 0) return result + rest;
    const before = at === 0 ? result.at(-1) : rest[at - 1];
    const after = rest[at + root.length];
    const whole =
      (after === undefined || after === sep || after === ':') &&
      (before === undefined || /[:=,]/.test(before));
    result += rest.slice(0, at) + (whole ? target : root);
    rest = rest.slice(at + root.length);
  }
}

/** Copies results back into the checkout, as files of whoever owns the checkout. */
export function copyBack(from: string, to: string, ownerOf: string): void {
  if (!existsSync(from)) return;
  cpSync(from, to, { recursive: true, force: true });
  const { uid, gid } = statSync(ownerOf);
  if (process.getuid?.() !== 0) return;
  const own = (path: string): void => {
    lchownSync(path, uid, gid);
    if (!statSync(path).isDirectory()) return;
    chownSync(path, uid, gid);
    for (const name of readdirSync(path)) own(join(path, name));
  };
  own(to);
}
