import { chmod, lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { faultyFs } from '../../support/faulty-fs.ts';
import {
  filesOf,
  recordFile,
  secret,
  textOf,
  type VaultBench,
  vaultBench,
} from '../../support/vault-bench.ts';

let bench: VaultBench;
beforeEach(() => {
  bench = vaultBench();
});

describe('records', () => {
  test('survive a restart', async () => {
    const vault = await bench.open();
    await vault.put('b', secret('two'));
    await vault.put('a', secret('one — ünïcödé'));
    await vault.close();
    const again = await bench.open();
    expect(await again.list()).toEqual(['a', 'b']);
    expect(await textOf(again, 'a')).toBe('one — ünïcödé');
    expect(await textOf(again, 'b')).toBe('two');
  });

  test('R-29 a record that is not there is null', async () => {
    const vault = await bench.open();
    expect(await vault.get('nobody')).toBeNull();
    expect(await vault.list()).toEqual([]);
    await vault.put('a', secret('x'));
    expect(await vault.get('nobody')).toBeNull();
    await vault.remove('nobody');
    expect(await vault.list()).toEqual(['a']);
  });

  test('ids keep apart what some file systems would mix up', async () => {
    const vault = await bench.open();
    const ids = ['a', 'A', 'a.rec', '../a', 'ä', 'a\u0308', '.', 'con'];
    for (const id of ids) await vault.put(id, secret(`value of ${id}`));
    expect(await vault.list()).toEqual([...ids].sort());
    for (const id of ids) expect(await textOf(vault, id)).toBe(`value of ${id}`);
    const names = (await filesOf(bench)).filter((name) => name !== 'header.json');
    expect(names.every((name) => /^[0-9a-f]+\.rec$/.test(name))).toBe(true);
  });

  test.each(['', 'x'.repeat(97), '\ud800'])('refuses the id "%s"', async (id) => {
    const vault = await bench.open();
    await vault.put('first', secret('x'));
    await expect(vault.get(id)).rejects.toThrow(/record id/i);
  });

  test('two puts of the same record keep their order, and puts of many records do not mix', async () => {
    const vault = await bench.open();
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    const puts = ids.flatMap((id) =>
      Array.from({ length: 5 }, (_, round) => vault.put(id, secret(`${id} round ${round}`))),
    );
    const between = vault.get('id-3');
    await Promise.all(puts);
    expect((await between)?.reveal()).toBe('id-3 round 4');
    for (const id of ids) expect(await textOf(vault, id)).toBe(`${id} round 4`);
    for (const id of ids) expect((await vault.getPrevious(id))?.reveal()).toBe(`${id} round 3`);
  });

  test('R-30 one previous generation is kept', async () => {
    const vault = await bench.open();
    await vault.put('a', secret('one'));
    expect(await vault.getPrevious('a')).toBeNull();
    await vault.put('a', secret('two'));
    await vault.put('a', secret('three'));
    expect(await textOf(vault, 'a')).toBe('three');
    expect((await vault.getPrevious('a'))?.reveal()).toBe('two');
    expect(await filesOf(bench)).toHaveLength(3);
  });

  test('R-30 the previous generation is kept on file systems without hard links', async () => {
    const faulty = faultyFs('EPERM');
    faulty.failWhen((step) => step === 'link');
    const vault = await bench.open({ fs: faulty.fs });
    for (const value of ['one', 'two', 'three']) await vault.put('a', secret(value));
    expect(faulty.steps).toContain('copy');
    expect(await textOf(vault, 'a')).toBe('three');
    expect((await vault.getPrevious('a'))?.reveal()).toBe('two');
  });

  test('R-30 each file is synced before it gets its name, and the directory after', async () => {
    const faulty = faultyFs();
    const vault = await bench.open({ fs: faulty.fs });
    await vault.put('a', secret('one'));
    faulty.steps.length = 0;
    await vault.put('a', secret('two'));
    expect(faulty.steps.filter((step) => step !== 'unlink')).toEqual([
      ...['create', 'write', 'sync', 'link', 'rename', 'sync'],
    ]);
  });

  test('Windows: neither modes nor directory syncs are asked for', async () => {
    const faulty = faultyFs();
    const vault = await bench.open({ fs: faulty.fs, platform: 'win32' });
    await chmod(join(bench.directory, '..'), 0o755);
    await vault.put('a', secret('one'));
    expect(faulty.steps.filter((step) => step === 'sync')).toHaveLength(2);
    await chmod(bench.directory, 0o755);
    await vault.close();
    expect((await vault.open()).kind).toBe('ok');
    expect((await lstat(bench.directory)).mode & 0o777).toBe(0o755);
  });
});

describe('a disk that fails', () => {
  test('R-30 a full disk at any step leaves the old value in place', async () => {
    const faulty = faultyFs('ENOSPC');
    const vault = await bench.open({ fs: faulty.fs });
    await vault.put('a', secret('old'));
    faulty.steps.length = 0;
    await vault.put('a', secret('old'));
    const steps = faulty.steps.length;
    // The last step syncs the directory; when it fails the new value is there but not known to be durable.
    for (let step = 0; step < steps - 1; step += 1) {
      faulty.failAfter(step);
      await expect(vault.put('a', secret('new'))).rejects.toMatchObject({
        code: 'vault/write-failed',
        details: { reason: 'ENOSPC' },
      });
      faulty.heal();
      expect(await textOf(vault, 'a')).toBe('old');
    }
    faulty.failAfter(steps - 1);
    await expect(vault.put('a', secret('new'))).rejects.toMatchObject({ code: 'vault/write-failed' });
    faulty.heal();
    await vault.put('a', secret('newer'));
    expect(await textOf(vault, 'a')).toBe('newer');
    await vault.close();
    await bench.open();
    expect((await filesOf(bench)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a write that failed cleans up after itself', async () => {
    const faulty = faultyFs('ENOSPC');
    const vault = await bench.open({ fs: faulty.fs });
    await vault.put('a', secret('old'));
    faulty.failWhen((step) => step === 'write');
    await expect(vault.put('a', secret('new'))).rejects.toMatchObject({ code: 'vault/write-failed' });
    expect((await filesOf(bench)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('R-29 a record the disk does not give is no missing record', async () => {
    const vault = await bench.open();
    await vault.put('a', secret('one'));
    await vault.close();
    const { fs } = faultyFs();
    const broken = await bench.open({
      fs: {
        ...fs,
        open: (path, flags, mode) =>
          String(path).endsWith('.rec')
            ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
            : fs.open(path, flags, mode),
      },
    });
    await expect(broken.get('a')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { recordId: 'a', reason: 'EIO', previousAvailable: false },
    });
  });

  test('R-29 a list the disk does not give is no empty list', async () => {
    const faulty = faultyFs();
    let broken = false;
    const vault = await bench.open({
      fs: {
        ...faulty.fs,
        readdir: ((path: string) =>
          broken
            ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
            : faulty.fs.readdir(path)) as typeof faulty.fs.readdir,
      },
    });
    await vault.put('a', secret('one'));
    broken = true;
    await expect(vault.list()).rejects.toMatchObject({ code: 'vault/could-not-read' });
  });
});

describe('damaged records', () => {
  test('R-29 a damaged record is never replaced by the one before it', async () => {
    const vault = await bench.open();
    await vault.put('a', secret('outdated'));
    await vault.put('a', secret('newest'));
    const file = await readFile(recordFile(bench, 'a'));
    for (let at = 0; at < file.length; at += 1) {
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await writeFile(recordFile(bench, 'a'), flipped);
      await expect(vault.get('a')).rejects.toMatchObject({
        code: 'vault/could-not-read',
        retryable: false,
        details: { recordId: 'a', reason: 'damaged', previousAvailable: true },
      });
    }
    // On the person's own word only.
    expect((await vault.getPrevious('a'))?.reveal()).toBe('outdated');
    await vault.put('a', secret('after a new login'));
    expect(await textOf(vault, 'a')).toBe('after a new login');
  });

  test.each([
    ['empty', Buffer.alloc(0), 'damaged'],
    ['cut off', Buffer.from('4d544456', 'hex'), 'damaged'],
    ['something else', Buffer.from('{"token":"x"}'.repeat(20)), 'damaged'],
    ['huge', Buffer.alloc(5 * 1024 * 1024), 'unsafe-path'],
  ])('a record file that is %s could not be read', async (_name, content, reason) => {
    const vault = await bench.open();
    await vault.put('a', secret('one'));
    await writeFile(recordFile(bench, 'a'), content);
    await expect(vault.get('a')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { reason, previousAvailable: false },
    });
    expect(await vault.list()).toEqual(['a']);
  });

  test('R-26 swapped record files are not taken for each other', async () => {
    const vault = await bench.open();
    await vault.put('a', secret('one'));
    await vault.put('b', secret('two'));
    const [one, two] = [await readFile(recordFile(bench, 'a')), await readFile(recordFile(bench, 'b'))];
    await writeFile(recordFile(bench, 'a'), two);
    await writeFile(recordFile(bench, 'b'), one);
    for (const id of ['a', 'b']) {
      await expect(vault.get(id)).rejects.toMatchObject({ code: 'vault/could-not-read' });
    }
  });

  test('R-26 a record of another vault with the same key store does not fit', async () => {
    const other = vaultBench();
    const foreign = await other.open({ backends: [bench.backend] });
    await foreign.put('a', secret('foreign'));
    const vault = await bench.open();
    await vault.put('a', secret('own'));
    await writeFile(recordFile(bench, 'a'), await readFile(recordFile(other, 'a')));
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'vault/could-not-read' });
  });

  test('R-29 a record of which only the previous generation is left is no missing record', async () => {
    const vault = await bench.open();
    await vault.put('a', secret('one'));
    await vault.put('a', secret('two'));
    await rm(recordFile(bench, 'a'));
    await expect(vault.get('a')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { reason: 'missing', previousAvailable: true },
    });
    expect(await vault.list()).toEqual(['a']);
  });
});
