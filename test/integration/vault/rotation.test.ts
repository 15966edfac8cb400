import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { DomainError } from '../../../shared/errors.ts';
import { faultyFs } from '../../support/faulty-fs.ts';
import {
  filesOf,
  recordFile,
  secret,
  storedHeader,
  textOf,
  type VaultBench,
  vaultBench,
} from '../../support/vault-bench.ts';

let bench: VaultBench;
beforeEach(() => {
  bench = vaultBench();
});

const ids = ['a', 'b', 'c', 'd'] as const;

/** Four records with two generations each. */
async function filled(): Promise<void> {
  const vault = await bench.open();
  for (const id of ids) await vault.put(id, secret(`${id} first`));
  for (const id of ids) await vault.put(id, secret(`${id} second`));
  await vault.close();
}

/** Opens, and waits until what an earlier run left undone is done. */
async function reopened(): Promise<Awaited<ReturnType<VaultBench['open']>>> {
  const vault = await bench.open();
  for (let round = 0; round < 200; round += 1) {
    const { retiring, rotationOwed } = await storedHeader(bench);
    if (retiring === null && !rotationOwed) return vault;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('The rotation never finished.');
}

describe('R-34 removing a record', () => {
  test('deletes both generations and replaces the data key', async () => {
    await filled();
    const before = await storedHeader(bench);
    const removed = await readFile(recordFile(bench, 'a'));
    const vault = await bench.open();
    await vault.remove('a');
    const after = await storedHeader(bench);
    expect(after.keyId).not.toBe(before.keyId);
    expect(after.wrappedKey).not.toBe(before.wrappedKey);
    expect(after).toMatchObject({ vaultId: before.vaultId, retiring: null, rotationOwed: false });
    expect(await vault.list()).toEqual(['b', 'c', 'd']);
    expect(await vault.get('a')).toBeNull();
    // Previous generations go with the key that could read them.
    expect(await filesOf(bench)).toHaveLength(4);
    for (const id of ['b', 'c', 'd']) expect(await textOf(vault, id)).toBe(`${id} second`);
    await vault.close();

    const again = await bench.open();
    for (const id of ['b', 'c', 'd']) expect(await textOf(again, id)).toBe(`${id} second`);
    // Somebody who kept the blocks of the removed file has no key for it any more.
    await writeFile(recordFile(bench, 'a'), removed);
    await expect(again.get('a')).rejects.toMatchObject({ code: 'vault/could-not-read' });
  });

  test('leaves no file that knows the old wrapped key', async () => {
    await filled();
    const { wrappedKey } = await storedHeader(bench);
    await writeFile(join(bench.directory, 'header.damaged-20250101T000000000Z.json'), wrappedKey);
    const vault = await bench.open();
    await vault.remove('a');
    for (const name of await filesOf(bench)) {
      expect(name.startsWith('header.damaged-')).toBe(false);
    }
    expect(await readFile(join(bench.directory, 'header.json'), 'utf8')).not.toContain(wrappedKey);
  });

  test('several at once, with writes in between', async () => {
    const vault = await bench.open();
    const many = Array.from({ length: 100 }, (_, index) => `id-${index}`);
    await Promise.all(many.map((id) => vault.put(id, secret(`${id} old`))));
    const first = many.slice(0, 20);
    const kept = many.slice(20);
    await Promise.all([
      ...first.map((id) => vault.remove(id)),
      ...kept.map((id) => vault.put(id, secret(`${id} new`))),
      vault.put('fresh', secret('fresh')),
    ]);
    expect(await vault.list()).toEqual([...kept, 'fresh'].sort());
    await vault.close();
    const again = await bench.open();
    for (const id of kept) expect(await textOf(again, id)).toBe(`${id} new`);
    expect(await textOf(again, 'fresh')).toBe('fresh');
    expect(await storedHeader(bench)).toMatchObject({ retiring: null, rotationOwed: false });
  });

  test('and putting it again keeps the new value', async () => {
    await filled();
    const vault = await bench.open();
    const removal = vault.remove('a');
    const put = vault.put('a', secret('again'));
    await Promise.all([removal, put]);
    expect(await textOf(vault, 'a')).toBe('again');
    await vault.close();
    expect(await textOf(await bench.open(), 'a')).toBe('again');
  });

  test('keeps the readable generation of a damaged record', async () => {
    await filled();
    await writeFile(recordFile(bench, 'b'), 'garbage');
    const vault = await bench.open();
    await vault.remove('a');
    expect(await storedHeader(bench)).toMatchObject({ retiring: null });
    await expect(vault.get('b')).rejects.toMatchObject({
      code: 'vault/could-not-read',
      details: { previousAvailable: true },
    });
    expect((await vault.getPrevious('b'))?.reveal()).toBe('b first');
  });
});

describe('R-34 a rotation that is interrupted', () => {
  test('by a crash at any step: every record stays readable, and the next start finishes it', async () => {
    const reached = new Set<string>();
    for (let step = 0; step < 300; step += 1) {
      await rm(bench.directory, { recursive: true, force: true });
      await filled();
      const faulty = faultyFs('EIO');
      const vault = await bench.open({ fs: faulty.fs });
      faulty.failAfter(step);
      const removed = await vault.remove('a').then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'vault/write-failed' });
          return false;
        },
      );
      // The process dies here: the vault is not closed, its memory is gone.
      const left = await storedHeader(bench);
      reached.add(`${left.rotationOwed ? 'owed' : ''}${left.retiring === null ? '' : 'moving'}`);
      const again = await reopened();
      for (const id of ['b', 'c', 'd']) expect(await textOf(again, id)).toBe(`${id} second`);
      const removedRecord = await textOf(again, 'a');
      if (removed) expect(removedRecord).toBeNull();
      else expect([null, 'a second']).toContain(removedRecord);
      expect((await filesOf(bench)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      await again.close();
      if (!faulty.broke()) {
        expect([...reached].sort()).toEqual(['', 'moving', 'owed']);
        expect(step).toBeGreaterThan(20);
        return;
      }
    }
    throw new Error('A removal has more steps than expected.');
  });

  test('by a second removal while it is under way', async () => {
    await filled();
    const vault = await bench.open();
    await Promise.all([vault.remove('a'), vault.remove('b')]);
    expect(await vault.list()).toEqual(['c', 'd']);
    expect(await storedHeader(bench)).toMatchObject({ retiring: null, rotationOwed: false });
    for (const id of ['c', 'd']) expect(await textOf(vault, id)).toBe(`${id} second`);
  });

  test('by closing: goes on at the next start, and nothing is lost', async () => {
    const vault = await bench.open();
    const many = Array.from({ length: 150 }, (_, index) => `id-${index}`);
    await Promise.all(many.map((id) => vault.put(id, secret(`${id} value`))));
    const before = await storedHeader(bench);
    const removal = vault.remove('id-0');
    await untilMoving();
    await vault.close();
    await removal;
    expect((await storedHeader(bench)).retiring).not.toBeNull();
    const again = await reopened();
    expect((await storedHeader(bench)).keyId).not.toBe(before.keyId);
    for (const id of many.slice(1)) expect(await textOf(again, id)).toBe(`${id} value`);
    expect(await again.get('id-0')).toBeNull();
  });

  test('by a keyring that locked: the record is gone, the rotation is owed and made up for', async () => {
    await filled();
    const before = await storedHeader(bench);
    const vault = await bench.open();
    bench.backend.wrapFailure = new DomainError('vault/locked', 'locked', { retryable: true });
    await vault.remove('a');
    expect(await vault.list()).toEqual(['b', 'c', 'd']);
    expect(await storedHeader(bench)).toMatchObject({ keyId: before.keyId, rotationOwed: true });
    expect(await textOf(vault, 'b')).toBe('b second');
    bench.backend.wrapFailure = null;
    await vault.remove('b');
    expect(await storedHeader(bench)).toMatchObject({ retiring: null, rotationOwed: false });
    expect((await storedHeader(bench)).keyId).not.toBe(before.keyId);
  });

  test('by a record the disk does not give: the old key stays until it does', async () => {
    await filled();
    const faulty = faultyFs();
    let broken = true;
    const vault = await bench.open({
      fs: {
        ...faulty.fs,
        open: (path, flags, mode) =>
          broken && String(path) === recordFile(bench, 'b')
            ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
            : faulty.fs.open(path, flags, mode),
      },
    });
    await vault.remove('a');
    expect((await storedHeader(bench)).retiring).not.toBeNull();
    broken = false;
    expect(await textOf(vault, 'b')).toBe('b second');
    await vault.remove('c');
    expect(await storedHeader(bench)).toMatchObject({ retiring: null, rotationOwed: false });
    expect(await textOf(vault, 'b')).toBe('b second');
    expect(await textOf(vault, 'd')).toBe('d second');
  });

  test('by a put that began before the switch and lands late: it is found and moved as well', async () => {
    await filled();
    const { fs } = faultyFs();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const late = `.${Buffer.from('late').toString('hex')}.rec.`;
    const vault = await bench.open({
      fs: {
        ...fs,
        async open(path, flags, mode) {
          if (flags === 'wx' && String(path).includes(late)) await held;
          return fs.open(path, flags, mode);
        },
      },
    });
    const put = vault.put('late', secret('late'));
    const removal = vault.remove('a');
    await untilMoving();
    // Time enough for a rotation that does not wait to come to its end.
    for (let round = 0; round < 40 && (await storedHeader(bench)).retiring !== null; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    release();
    await Promise.all([put, removal]);
    await vault.close();
    const again = await bench.open();
    expect(await textOf(again, 'late')).toBe('late');
    expect(await storedHeader(bench)).toMatchObject({ retiring: null, rotationOwed: false });
  });

  test('a put during the move is written with the new key and stays', async () => {
    const vault = await bench.open();
    const many = Array.from({ length: 120 }, (_, index) => `id-${String(index).padStart(3, '0')}`);
    await Promise.all(many.map((id) => vault.put(id, secret(`${id} old`))));
    const removal = vault.remove('id-000');
    await untilMoving();
    await Promise.all([vault.put('id-001', secret('new early')), vault.put('id-119', secret('new late'))]);
    await removal;
    await vault.close();
    const again = await bench.open();
    expect(await textOf(again, 'id-001')).toBe('new early');
    expect(await textOf(again, 'id-119')).toBe('new late');
    for (const id of many.slice(2, -1)) expect(await textOf(again, id)).toBe(`${id} old`);
  });

  async function untilMoving(): Promise<void> {
    for (let round = 0; round < 2_000; round += 1) {
      if ((await storedHeader(bench)).retiring !== null) return;
    }
    throw new Error('The rotation never began.');
  }
});
