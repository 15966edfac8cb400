import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { VaultState, VaultWithHistory } from '../../../electron/vault/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { faultyFs } from '../../support/faulty-fs.ts';
import {
  filesOf,
  recordFile,
  secret,
  snapshotOf,
  storedHeader,
  textOf,
  type VaultBench,
  vaultBench,
} from '../../support/vault-bench.ts';

let bench: VaultBench;
beforeEach(() => {
  bench = vaultBench();
});

const header = (): string => join(bench.directory, 'header.json');

/** A vault with one record, closed again. */
async function filled(): Promise<void> {
  const vault = await bench.open();
  await vault.put('a', secret('kept'));
  await vault.close();
}

async function expectRefusal(vault: VaultWithHistory, code: string, retryable: boolean): Promise<void> {
  const refusal = { code, retryable };
  await expect(vault.get('a')).rejects.toMatchObject(refusal);
  await expect(vault.put('a', secret('x'))).rejects.toMatchObject(refusal);
  await expect(vault.remove('a')).rejects.toMatchObject(refusal);
  await expect(vault.list()).rejects.toMatchObject(refusal);
}

describe('a new vault', () => {
  test('is made at the first put, not before', async () => {
    const vault = bench.make();
    expect(vault.state().kind).toBe('closed');
    expect(bench.backend.calls).toEqual([]);
    expect(await vault.open()).toEqual({
      kind: 'ok',
      protection: 'os-user',
      backend: 'safe-storage:fake',
      wrappedBy: null,
      copiedTo: null,
    } satisfies VaultState);
    expect(await vault.get('a')).toBeNull();
    await vault.remove('a');
    expect(bench.backend.calls).toEqual(['probe']);
    expect(await filesOf(bench)).toEqual([]);

    await Promise.all([vault.put('a', secret('one')), vault.put('b', secret('two'))]);
    expect(bench.backend.calls.filter((call) => call === 'wrap')).toHaveLength(1);
    expect(await textOf(vault, 'a')).toBe('one');
    expect(await textOf(vault, 'b')).toBe('two');
  });

  test('R-24 without protection nothing is stored', async () => {
    bench.backend.level = 'none';
    const vault = bench.make();
    expect(await vault.open()).toMatchObject({ kind: 'unavailable', protection: 'none', backend: null });
    await expectRefusal(vault, 'vault/unavailable', false);
    expect(await filesOf(bench)).toEqual([]);
  });

  test('R-28 with a keyring that is not unlocked yet is locked, and opens later', async () => {
    bench.backend.level = 'locked';
    const vault = bench.make();
    expect(await vault.open()).toMatchObject({ kind: 'locked', backend: 'safe-storage:fake' });
    await expectRefusal(vault, 'vault/locked', true);
    bench.backend.level = 'os-user';
    expect((await vault.open()).kind).toBe('ok');
  });

  test('takes the first backend that protects', async () => {
    const none = new FakeKeyBackend('safe-storage:basic_text');
    none.level = 'none';
    const second = new FakeKeyBackend('keyring:secret-service');
    const vault = await bench.open({ backends: [none, second, bench.backend] });
    await vault.put('a', secret('x'));
    expect((await storedHeader(bench)).wrappedBy).toBe('keyring:secret-service');
  });

  test('a key store that does not give the key back gets no vault', async () => {
    bench.backend.garbles = true;
    const vault = await bench.open();
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({ code: 'vault/unavailable' });
    expect(await filesOf(bench)).toEqual([]);
    bench.backend.garbles = false;
    await vault.put('a', secret('x'));
    expect(await textOf(vault, 'a')).toBe('x');
  });

  test('a key store that locks before the first put loses nothing', async () => {
    const vault = await bench.open();
    bench.backend.level = 'locked';
    await expect(vault.put('a', secret('x'))).rejects.toMatchObject({
      code: 'vault/locked',
      retryable: true,
    });
    bench.backend.level = 'os-user';
    await vault.put('a', secret('x'));
    expect(await textOf(vault, 'a')).toBe('x');
  });

  test('R-27 never goes over files that appeared meanwhile', async () => {
    const vault = await bench.open();
    await filled();
    const before = await snapshotOf(bench);
    await expect(vault.put('b', secret('x'))).rejects.toMatchObject({ code: 'vault/damaged' });
    expect(await snapshotOf(bench)).toEqual(before);
  });
});

describe('states', () => {
  test('locked, then unlocked', async () => {
    await filled();
    bench.backend.level = 'locked';
    const before = await snapshotOf(bench);
    const vault = bench.make();
    bench.backend.calls.length = 0;
    expect(await vault.open()).toMatchObject({
      kind: 'locked',
      backend: 'safe-storage:fake',
      wrappedBy: null,
    });
    // Asking for the key as well could make the desktop prompt a second time.
    expect(bench.backend.calls).toEqual(['probe']);
    await expectRefusal(vault, 'vault/locked', true);
    expect(await snapshotOf(bench)).toEqual(before);
    bench.backend.level = 'os-user';
    expect((await vault.open()).kind).toBe('ok');
    expect(await textOf(vault, 'a')).toBe('kept');
  });

  test('a keyring that locks between probe and unwrap is locked', async () => {
    await filled();
    bench.backend.unwrapFailure = new DomainError('vault/locked', 'locked', { retryable: true });
    expect((await bench.make().open()).kind).toBe('locked');
  });

  test('R-27 wrapped by a backend that is not there any more', async () => {
    await filled();
    const before = await snapshotOf(bench);
    const kwallet = new FakeKeyBackend('safe-storage:kwallet6');
    const vault = bench.make({ backends: [kwallet] });
    expect(await vault.open()).toMatchObject({
      kind: 'backend-changed',
      backend: 'safe-storage:kwallet6',
      wrappedBy: 'safe-storage:fake',
    });
    await expectRefusal(vault, 'vault/backend-changed', false);
    expect(await snapshotOf(bench)).toEqual(before);
    expect(kwallet.calls).not.toContain('wrap');
    // The old desktop is back: nothing was lost.
    expect(await textOf(await bench.open(), 'a')).toBe('kept');
  });

  test('R-27 the backend is known but has nothing to offer now', async () => {
    await filled();
    bench.backend.level = 'none';
    const vault = bench.make();
    expect(await vault.open()).toMatchObject({
      kind: 'backend-changed',
      backend: null,
      wrappedBy: 'safe-storage:fake',
    });
  });

  test('R-27 the keyring answers but is not the one it was', async () => {
    await filled();
    bench.backend.unwrapFailure = new DomainError('vault/backend-changed', 'no such entry');
    expect(await bench.make().open()).toMatchObject({
      kind: 'backend-changed',
      wrappedBy: 'safe-storage:fake',
    });
  });

  test('R-27 a key store with another key: damaged, copied aside, nothing changed', async () => {
    await filled();
    const before = await snapshotOf(bench);
    bench.backend.changeSecret();
    const vault = bench.make();
    const state = await vault.open();
    expect(state.kind).toBe('damaged');
    expect(await readFile(state.copiedTo ?? '', 'utf8')).toBe(await readFile(header(), 'utf8'));
    expect(await snapshotOf(bench)).toMatchObject(before);
    await expectRefusal(vault, 'vault/damaged', false);
  });

  test('a key store that "decrypts" to garbage is noticed', async () => {
    await filled();
    bench.backend.garbles = true;
    expect((await bench.make().open()).kind).toBe('damaged');
  });

  test('R-30 a header that is no header is copied aside once', async () => {
    await filled();
    await writeFile(header(), '{"schemaVersion":1,');
    const vault = bench.make();
    const state = await vault.open();
    expect(state).toMatchObject({ kind: 'damaged', wrappedBy: null });
    expect(basename(state.copiedTo ?? '')).toBe('header.damaged-20260115T120000000Z.json');
    bench.clock.setWallClock(bench.clock.nowMs() + 5_000);
    expect((await vault.open()).copiedTo).toBe(state.copiedTo);
    expect((await bench.make().open()).copiedTo).toBe(state.copiedTo);
    const copies = (await filesOf(bench)).filter((name) => name.startsWith('header.damaged-'));
    expect(copies).toHaveLength(1);
    expect(await readFile(state.copiedTo ?? '', 'utf8')).toBe('{"schemaVersion":1,');
    expect(await readFile(header(), 'utf8')).toBe('{"schemaVersion":1,');
  });

  test('R-27 a header of a newer version is left alone', async () => {
    await filled();
    const newer = JSON.stringify({ ...(await storedHeader(bench)), schemaVersion: 2 });
    await writeFile(header(), newer);
    expect((await bench.make().open()).kind).toBe('damaged');
    expect(await readFile(header(), 'utf8')).toBe(newer);
  });

  test('R-27 records without a header are damage, never a first start', async () => {
    await filled();
    const content = await readFile(header());
    await rm(header());
    const vault = bench.make();
    expect((await vault.open()).kind).toBe('damaged');
    await expect(vault.put('b', secret('x'))).rejects.toMatchObject({ code: 'vault/damaged' });
    expect(await filesOf(bench)).toEqual([basename(recordFile(bench, 'a'))]);
    await writeFile(header(), content);
    expect((await vault.open()).kind).toBe('ok');
    expect(await textOf(vault, 'a')).toBe('kept');
  });

  test('R-26 no flipped byte of the header opens the vault with other content', async () => {
    await filled();
    const content = await readFile(header());
    const kinds = new Set<string>();
    for (let at = 0; at < content.length; at += 1) {
      const flipped = Buffer.from(content);
      flipped[at] = (flipped[at] ?? 0) ^ 0x04;
      await writeFile(header(), flipped);
      const vault = bench.make();
      kinds.add((await vault.open()).kind);
      await vault.close();
    }
    expect([...kinds].sort()).toEqual(['backend-changed', 'damaged']);
    await writeFile(header(), content);
    expect(await textOf(await bench.open(), 'a')).toBe('kept');
  });

  test('R-29 a header the disk does not give is no missing header', async () => {
    await filled();
    const { fs } = faultyFs();
    const vault = bench.make({
      fs: {
        ...fs,
        open: (path, flags, mode) =>
          String(path).endsWith('header.json')
            ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }))
            : fs.open(path, flags, mode),
      },
    });
    expect(await vault.open()).toMatchObject({ kind: 'damaged', copiedTo: null });
  });

  test('a backend that breaks its promise and throws is no protection', async () => {
    bench.backend.probe = () => Promise.reject(new Error('D-Bus fell over'));
    expect((await bench.make().open()).kind).toBe('unavailable');
  });

  test('listeners hear each change once', async () => {
    await filled();
    const vault = bench.make();
    const heard: string[] = [];
    const off = vault.onState((state) => heard.push(state.kind));
    bench.backend.level = 'locked';
    await vault.open();
    await vault.open();
    bench.backend.level = 'os-user';
    await vault.open();
    await vault.open();
    await vault.close();
    off();
    await vault.open();
    expect(heard).toEqual(['locked', 'ok', 'closed']);
  });

  test('opening twice at once opens once', async () => {
    await filled();
    const vault = bench.make();
    bench.backend.calls.length = 0;
    await Promise.all([vault.open(), vault.open()]);
    expect(bench.backend.calls).toEqual(['probe', 'unwrap']);
  });
});

describe('close', () => {
  test('waits for writes under way, then refuses', async () => {
    const vault = await bench.open();
    const puts = Array.from({ length: 10 }, (_, index) => vault.put(`id-${index}`, secret(`v${index}`)));
    const get = vault.get('id-0');
    await vault.close();
    await Promise.all(puts);
    expect((await get)?.reveal()).toBe('v0');
    await expectRefusal(vault, 'vault/locked', true);
    await vault.open();
    for (let index = 0; index < 10; index += 1) expect(await textOf(vault, `id-${index}`)).toBe(`v${index}`);
  });

  test('does not take the key away from a read under way', async () => {
    await filled();
    const { fs } = faultyFs();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const vault = await bench.open({
      fs: {
        ...fs,
        async open(path, flags, mode) {
          if (String(path).endsWith('.rec')) await held;
          return fs.open(path, flags, mode);
        },
      },
    });
    const get = textOf(vault, 'a');
    let closed = false;
    const closing = vault.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(vault.state().kind).toBe('closed');
    expect(closed).toBe(false);
    release();
    expect(await get).toBe('kept');
    await closing;
  });

  test('R-33 zeroes the key', async () => {
    const keys: Buffer[] = [];
    const vault = await bench.open({
      random: (bytes) => {
        const made = Buffer.alloc(bytes, bytes + 1);
        if (bytes === 32) keys.push(made);
        return made;
      },
    });
    await vault.put('a', secret('x'));
    expect(keys).toHaveLength(1);
    expect(keys[0]?.some((byte) => byte !== 0)).toBe(true);
    await vault.close();
    expect(keys[0]?.every((byte) => byte === 0)).toBe(true);
  });
});

describe('a better backend', () => {
  const better = (): FakeKeyBackend => new FakeKeyBackend('keyring:better');

  test('R-27 takes over the key; the old wrapped key goes when the new one was read back', async () => {
    await filled();
    const before = await storedHeader(bench);
    const preferred = better();
    const vault = bench.make({ backends: [preferred, bench.backend] });
    expect(await vault.open()).toMatchObject({ kind: 'ok', backend: 'keyring:better' });
    const after = await storedHeader(bench);
    expect(after).toMatchObject({
      wrappedBy: 'keyring:better',
      vaultId: before.vaultId,
      keyId: before.keyId,
    });
    expect((await filesOf(bench)).filter((name) => name.startsWith('header'))).toEqual(['header.json']);
    await vault.close();
    const alone = await bench.open({ backends: [preferred] });
    expect(await textOf(alone, 'a')).toBe('kept');
  });

  test.each(['locked', 'none'] as const)('that is %s changes nothing', async (level) => {
    await filled();
    const before = await snapshotOf(bench);
    const preferred = better();
    preferred.level = level;
    const vault = await bench.open({ backends: [preferred, bench.backend] });
    expect(vault.state().backend).toBe('safe-storage:fake');
    expect(await textOf(vault, 'a')).toBe('kept');
    expect(await snapshotOf(bench)).toEqual(before);
  });

  test('that protects less does not take over', async () => {
    bench.backend.level = 'os-app-bound';
    await filled();
    const vault = await bench.open({ backends: [better(), bench.backend] });
    expect(vault.state()).toMatchObject({ backend: 'safe-storage:fake', protection: 'os-app-bound' });
  });

  test.each([
    [
      'does not wrap',
      (backend: FakeKeyBackend) => (backend.wrapFailure = new DomainError('vault/locked', 'no')),
    ],
    ['does not give the key back', (backend: FakeKeyBackend) => (backend.garbles = true)],
  ])('that %s changes nothing', async (_name, breakIt) => {
    await filled();
    const before = await snapshotOf(bench);
    const preferred = better();
    breakIt(preferred);
    const vault = await bench.open({ backends: [preferred, bench.backend] });
    expect(vault.state().backend).toBe('safe-storage:fake');
    expect(await snapshotOf(bench)).toEqual(before);
    expect(await textOf(vault, 'a')).toBe('kept');
  });

  test.each([
    ['loses the key', (backend: FakeKeyBackend) => backend.changeSecret()],
    ['garbles', (backend: FakeKeyBackend) => void (backend.garbles = true)],
  ])('R-27 that %s right after wrapping: the old wrapped key is back in place', async (_name, breakIt) => {
    await filled();
    const before = await snapshotOf(bench);
    const preferred = better();
    let unwraps = 0;
    const unwrap = preferred.unwrap.bind(preferred);
    preferred.unwrap = (wrapped) => {
      unwraps += 1;
      if (unwraps === 2) breakIt(preferred);
      return unwrap(wrapped);
    };
    const vault = await bench.open({ backends: [preferred, bench.backend] });
    expect(unwraps).toBe(2);
    expect(vault.state().backend).toBe('safe-storage:fake');
    expect(await snapshotOf(bench)).toEqual(before);
  });

  test('R-27 a crash at any step of the change leaves a vault that opens', async () => {
    for (let step = 0; step < 60; step += 1) {
      await rm(bench.directory, { recursive: true, force: true });
      await filled();
      const preferred = better();
      const faulty = faultyFs('EIO');
      faulty.failAfter(step);
      await bench.make({ backends: [preferred, bench.backend], fs: faulty.fs }).open();
      // Next start: the new backend may have vanished, or work; both must do.
      const gone = bench.make({ backends: [bench.backend] });
      const state = await gone.open();
      if (state.kind === 'ok') expect(await textOf(gone, 'a')).toBe('kept');
      else expect(state).toMatchObject({ kind: 'backend-changed', wrappedBy: 'keyring:better' });
      await gone.close();
      const both = await bench.open({ backends: [preferred, bench.backend] });
      expect(await textOf(both, 'a')).toBe('kept');
      expect((await filesOf(bench)).filter((name) => name !== basename(recordFile(bench, 'a')))).toEqual([
        'header.json',
      ]);
      await both.close();
      if (!faulty.broke()) {
        expect(step).toBeGreaterThan(5);
        return;
      }
    }
    throw new Error('The change of backends has more steps than expected.');
  });

  test('R-27 an unverified new wrapped key gives way to the one before it', async () => {
    await filled();
    const before = await readFile(header());
    const preferred = better();
    const vault = await bench.open({ backends: [preferred, bench.backend] });
    await vault.close();
    await writeFile(join(bench.directory, 'header.prev.json'), before);
    preferred.changeSecret();
    const again = bench.make({ backends: [preferred, bench.backend] });
    const state = await again.open();
    expect(state).toMatchObject({ kind: 'ok', backend: 'keyring:better' });
    expect(basename(state.copiedTo ?? '')).toMatch(/^header\.damaged-/);
    expect(await textOf(again, 'a')).toBe('kept');
  });

  test('R-34 a previous header with another data key is never used', async () => {
    await filled();
    const old = await readFile(header());
    const vault = await bench.open();
    await vault.put('b', secret('x'));
    await vault.remove('b');
    await vault.close();
    const current = await readFile(header(), 'utf8');
    await writeFile(join(bench.directory, 'header.prev.json'), old);
    const { seal } = JSON.parse(current) as { readonly seal: string };
    await writeFile(header(), current.replace(seal, '0'.repeat(seal.length)));
    expect((await bench.make().open()).kind).toBe('damaged');
    await writeFile(header(), current);
    await bench.open();
    expect(await readFile(header(), 'utf8')).toBe(current);
    expect(await filesOf(bench)).not.toContain('header.prev.json');
  });
});

describe('session mode', () => {
  test('keeps everything in memory and touches nothing on disk', async () => {
    await filled();
    const before = await snapshotOf(bench);
    bench.backend.level = 'none';
    const vault = bench.make();
    await vault.open();
    expect(await vault.useSessionOnly()).toMatchObject({
      kind: 'session',
      protection: 'none',
      backend: 'memory',
    });
    expect(await vault.get('a')).toBeNull();
    await vault.put('b', secret('one'));
    await vault.put('b', secret('two'));
    await vault.put('c', secret('three'));
    expect(await textOf(vault, 'b')).toBe('two');
    expect(await vault.list()).toEqual(['b', 'c']);
    await vault.remove('b');
    await vault.remove('b');
    expect(await vault.get('b')).toBeNull();
    bench.backend.level = 'os-user';
    expect((await vault.open()).kind).toBe('session');
    expect(await textOf(vault, 'c')).toBe('three');
    expect(await snapshotOf(bench)).toEqual(before);
    await vault.close();
    expect((await vault.open()).kind).toBe('ok');
    expect(await textOf(vault, 'a')).toBe('kept');
    expect(await vault.get('c')).toBeNull();
  });

  test('an open vault stays as it is', async () => {
    await filled();
    const vault = await bench.open();
    expect((await vault.useSessionOnly()).kind).toBe('ok');
    expect(await textOf(vault, 'a')).toBe('kept');
    await vault.close();
    expect((await vault.useSessionOnly()).kind).toBe('closed');
  });
});

describe('reset', () => {
  test('R-27 moves the unusable vault aside, whole, and starts an empty one', async () => {
    await filled();
    const before = await snapshotOf(bench);
    const kwallet = new FakeKeyBackend('safe-storage:kwallet6');
    const vault = bench.make({ backends: [kwallet] });
    await vault.open();
    const state = await vault.reset();
    expect(state).toMatchObject({ kind: 'ok', backend: 'safe-storage:kwallet6' });
    expect(vault.state()).toEqual(state);
    expect(await vault.list()).toEqual([]);
    await vault.put('a', secret('new'));
    // The old one opens again where its key store is.
    await rm(bench.directory, { recursive: true });
    await rename(state.copiedTo ?? '', bench.directory);
    expect(await snapshotOf(bench)).toEqual(before);
    expect(await textOf(await bench.open(), 'a')).toBe('kept');
  });

  test.each(['ok', 'locked', 'closed'] as const)('does nothing while %s', async (kind) => {
    await filled();
    const before = await snapshotOf(bench);
    const vault = bench.make();
    if (kind === 'locked') bench.backend.level = 'locked';
    if (kind !== 'closed') await vault.open();
    expect((await vault.reset()).kind).toBe(kind);
    expect(await snapshotOf(bench)).toEqual(before);
    expect(await readdir(dirname(bench.directory))).toEqual(['vault']);
  });
});

describe('leftovers and modes', () => {
  test('R-78 temporary files of a crash are gone after opening', async () => {
    await filled();
    await writeFile(join(bench.directory, '.header.json.00.tmp'), 'half');
    await writeFile(join(bench.records, '.61.rec.00.tmp'), 'half');
    const vault = await bench.open();
    expect(await vault.list()).toEqual(['a']);
    expect((await filesOf(bench)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('R-27 leftovers stay as long as the vault does not open', async () => {
    await filled();
    await writeFile(join(bench.directory, '.header.json.00.tmp'), 'half');
    bench.backend.level = 'locked';
    await bench.make().open();
    expect(await filesOf(bench)).toContain('.header.json.00.tmp');
  });

  test('a crash before the first header leaves a vault that can be made', async () => {
    await mkdir(bench.records, { recursive: true, mode: 0o700 });
    await chmod(bench.directory, 0o700);
    await writeFile(join(bench.directory, '.header.json.00.tmp'), '{');
    const vault = await bench.open();
    await vault.put('a', secret('x'));
    expect(await textOf(vault, 'a')).toBe('x');
    expect(await filesOf(bench)).toHaveLength(2);
  });
});
