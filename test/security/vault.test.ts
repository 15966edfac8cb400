import { randomBytes } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Logger } from '../../electron/ports/index.ts';
import { DomainError } from '../../shared/errors.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import {
  recordFile,
  secret,
  snapshotOf,
  textOf,
  type VaultBench,
  vaultBench,
} from '../support/vault-bench.ts';

const canary = 'mytoken-canary-5f1d0c7be2a94c0fa8f6';
const onPosix = process.platform !== 'win32';

let bench: VaultBench;
beforeEach(() => {
  bench = vaultBench();
});

async function filled(value = 'kept'): Promise<void> {
  const vault = await bench.open();
  await vault.put('a', secret(value));
  await vault.close();
}

describe('R-31 R-35 nothing in the vault directory is plain', () => {
  test('neither values nor keys, in no encoding, at no time', async () => {
    const keys: Buffer[] = [];

    const faulty = faultyFs();
    const vault = await bench.open({
      fs: faulty.fs,
      random(bytes) {
        const made = randomBytes(bytes);
        if (bytes === 32) keys.push(Buffer.from(made));
        return made;
      },
    });
    const check = async (): Promise<void> => {
      const content = Buffer.from(Object.values(await snapshotOf(bench)).join(''), 'hex').toString('latin1');
      const secrets = [Buffer.from(canary), ...keys];
      for (const bytes of secrets) {
        for (const encoding of ['latin1', 'hex', 'base64', 'base64url'] as const) {
          expect(content).not.toContain(bytes.toString(encoding).replace(/=+$/, '').slice(0, -1));
        }
      }
    };
    await vault.put('a', secret(`${canary} first`));
    await vault.put('a', secret(`${canary} second`));
    await vault.put('b', secret(`${canary} third`));
    await check();
    // Temporary files of a write that was cut off count as well.
    faulty.failWhen((step) => step === 'write' || step === 'unlink');
    await expect(vault.put('a', secret(canary))).rejects.toBeInstanceOf(DomainError);
    expect((await readdir(bench.records)).some((name) => name.endsWith('.tmp'))).toBe(true);
    await check();
    faulty.failWhen((step, path) => step === 'create' && path.includes('records'));
    await vault.remove('b');
    await check();
    faulty.heal();
    await vault.remove('a');
    await check();
    expect(keys.length).toBeGreaterThanOrEqual(2);
  });

  test('R-74 neither errors nor the log carry a value', async () => {
    const lines: string[] = [];
    const note =
      (level: string) =>
      (event: string, fields?: object): void =>
        void lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
    const log: Logger = {
      debug: note('debug'),
      info: note('info'),
      warn: note('warn'),
      error: note('error'),
    };
    const faulty = faultyFs();
    const vault = await bench.open({ log, fs: faulty.fs });
    await vault.put('a', secret(canary));
    faulty.failAfter(0);
    const failure: unknown = await vault.put('a', secret(canary)).catch((error: unknown) => error);
    faulty.heal();
    await writeFile(recordFile(bench, 'a'), 'garbage');
    const unreadable: unknown = await vault.get('a').catch((error: unknown) => error);
    await vault.close();
    const closed: unknown = await vault.put('a', secret(canary)).catch((error: unknown) => error);
    for (const error of [failure, unreadable, closed]) {
      expect(error).toBeInstanceOf(DomainError);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(canary);
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(canary);
  });
});

describe.runIf(onPosix)('R-30 paths that somebody could have prepared', () => {
  test('directories are 0700 and files 0600, whatever the umask', async () => {
    await filled();
    for (const path of [bench.directory, bench.records]) {
      expect((await lstat(path)).mode & 0o777).toBe(0o700);
    }
    for (const path of [join(bench.directory, 'header.json'), recordFile(bench, 'a')]) {
      expect((await lstat(path)).mode & 0o777).toBe(0o600);
    }
  });

  test.each(['directory', 'records'] as const)('a wider mode of the %s is narrowed', async (which) => {
    await filled();
    await chmod(bench[which], 0o755);
    const vault = await bench.open();
    expect((await lstat(bench[which])).mode & 0o777).toBe(0o700);
    expect(await textOf(vault, 'a')).toBe('kept');
  });

  test.each(['directory', 'records'] as const)('a symlinked %s is refused', async (which) => {
    await filled();
    await rename(bench[which], `${bench[which]}-elsewhere`);
    await symlink(`${bench[which]}-elsewhere`, bench[which]);
    const vault = bench.make();
    expect((await vault.open()).kind).toBe('damaged');
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({ code: 'vault/damaged' });
    expect(await readdir(`${bench[which]}-elsewhere`)).toHaveLength(which === 'records' ? 1 : 2);
  });

  test('a symlink in place of the directory goes aside at a reset, its target untouched', async () => {
    await filled();
    const target = `${bench.directory}-elsewhere`;
    await rename(bench.directory, target);
    await symlink(target, bench.directory);
    const vault = bench.make();
    await vault.open();
    const state = await vault.reset();
    expect(state.kind).toBe('ok');
    expect(await readlink(state.copiedTo ?? '')).toBe(target);
    await vault.put('b', secret('x'));
    expect((await lstat(bench.directory)).isSymbolicLink()).toBe(false);
    expect(await readdir(join(target, 'records'))).toHaveLength(1);
  });

  test('a file in place of the directory is refused', async () => {
    await writeFile(bench.directory, 'not a directory');
    expect((await bench.make().open()).kind).toBe('damaged');
  });

  test('a symlinked header is refused', async () => {
    await filled();
    const header = join(bench.directory, 'header.json');
    await rename(header, `${header}.real`);
    await symlink(`${header}.real`, header);
    expect(await bench.make().open()).toMatchObject({ kind: 'damaged', copiedTo: null });
  });

  test('a symlinked record is neither read nor written through, and does not stop a key rotation', async () => {
    await filled();
    const elsewhere = join(bench.directory, '..', 'elsewhere');
    await rename(recordFile(bench, 'a'), elsewhere);
    await symlink(elsewhere, recordFile(bench, 'a'));
    const before = await readFile(elsewhere);
    const vault = await bench.open();
    await expect(vault.get('a')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { reason: 'unsafe-path' },
    });
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({
      code: 'vault/write-failed',
      details: { reason: 'unsafe-path' },
    });
    await vault.put('b', secret('x'));
    await vault.put('c', secret('y'));
    await vault.remove('b');
    expect(await textOf(vault, 'c')).toBe('y');
    expect(await readFile(join(bench.directory, 'header.json'), 'utf8')).toContain('"retiring": null');
    expect(await readFile(elsewhere)).toEqual(before);
    await vault.remove('a');
    expect(await readFile(elsewhere)).toEqual(before);
  });

  test('a directory in place of a record is refused', async () => {
    await filled();
    await rm(recordFile(bench, 'a'));
    await mkdir(recordFile(bench, 'a'));
    const vault = await bench.open();
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'vault/could-not-read' });
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({ code: 'vault/write-failed' });
  });

  test.each(['directory', 'header', 'record'] as const)('a %s of another user is refused', async (which) => {
    await filled();
    const foreign = {
      directory: bench.directory,
      header: join(bench.directory, 'header.json'),
      record: recordFile(bench, 'a'),
    }[which];
    const { fs } = faultyFs();
    const disown = (stat: object): void => void Object.assign(stat, { uid: 4_294_967 });
    const vault = bench.make({
      fs: {
        ...fs,
        lstat: (async (path: string) => {
          const stat = await fs.lstat(path);
          if (path === foreign) disown(stat);
          return stat;
        }) as typeof fs.lstat,
        async open(path, flags, mode) {
          const handle = await fs.open(path, flags, mode);
          if (path !== foreign) return handle;
          const stat = await handle.stat();
          disown(stat);

          return new Proxy(handle, {
            get(target, name) {
              if (name === 'stat') return () => Promise.resolve(stat);
              const value: unknown = Reflect.get(target, name, target);
              return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            },
          });
        },
      },
    });
    const state = await vault.open();
    if (which !== 'record') {
      expect(state.kind).toBe('damaged');
      return;
    }
    await expect(vault.get('a')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { reason: 'unsafe-path' },
    });
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({ code: 'vault/write-failed' });
  });
});
