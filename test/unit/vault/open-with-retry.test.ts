import { expect, test } from 'vitest';
import { openWithRetry, type Vault, type VaultStateKind } from '../../../electron/vault/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

interface Attempts {
  readonly vault: Vault;
  readonly count: () => number;
  set: (kind: VaultStateKind) => void;
}

/** Only the two methods the helper uses exist. */
function vaultWith(...kinds: readonly VaultStateKind[]): Attempts {
  let attempts = 0;
  let kind: VaultStateKind = 'closed';
  const state = (): ReturnType<Vault['state']> => ({
    kind,
    protection: 'none',
    backend: null,
    wrappedBy: null,
    copiedTo: null,
  });
  const partial: Pick<Vault, 'open' | 'state'> = {
    state,
    open() {
      kind = kinds[Math.min(attempts, kinds.length - 1)] ?? 'locked';
      attempts += 1;
      return Promise.resolve(state());
    },
  };
  return { vault: partial as Vault, count: () => attempts, set: (next) => (kind = next) };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('R-28 tries again with growing pauses until the keyring is there', async () => {
  const clock = new FakeClock();
  const { vault, count } = vaultWith('unavailable', 'locked', 'backend-changed', 'ok');
  const opened = openWithRetry(vault, { clock, delaysMs: [100, 200, 400, 800] });
  await settle();
  expect(count()).toBe(1);
  clock.advance(99);
  await settle();
  expect(count()).toBe(1);
  clock.advance(1);
  await settle();
  expect(count()).toBe(2);
  clock.advance(200);
  await settle();
  clock.advance(400);
  expect((await opened).kind).toBe('ok');
  expect(count()).toBe(4);
  expect(clock.pending).toBe(0);
});

test('R-28 gives up after the last pause', async () => {
  const clock = new FakeClock();
  const { vault, count } = vaultWith('locked');
  const opened = openWithRetry(vault, { clock, delaysMs: [10, 10] });
  for (let step = 0; step < 5; step += 1) {
    await settle();
    clock.advance(10);
  }
  expect((await opened).kind).toBe('locked');
  expect(count()).toBe(3);
});

test.each(['ok', 'damaged', 'session'] as const)('%s is final', async (kind) => {
  const clock = new FakeClock();
  const { vault, count } = vaultWith(kind);
  expect((await openWithRetry(vault, { clock })).kind).toBe(kind);
  expect(count()).toBe(1);
  expect(clock.pending).toBe(0);
});

test.each(['session', 'ok', 'closed'] as const)('stops when the vault became %s meanwhile', async (kind) => {
  const clock = new FakeClock();
  const attempts = vaultWith('locked');
  const opened = openWithRetry(attempts.vault, { clock, delaysMs: [10, 10] });
  await settle();
  attempts.set(kind);
  clock.advance(10);
  expect((await opened).kind).toBe(kind);
  expect(attempts.count()).toBe(1);
});

test('stops at the signal without waiting for the pause', async () => {
  const clock = new FakeClock();
  const { vault, count } = vaultWith('locked');
  const abort = new AbortController();
  const opened = openWithRetry(vault, { clock, delaysMs: [10, 10], signal: abort.signal });
  await settle();
  abort.abort();
  expect((await opened).kind).toBe('locked');
  expect(count()).toBe(1);
  expect(clock.pending).toBe(0);
});
