import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { hasSecretService, KeyringDesktop } from './keyring-desktop.ts';

describe.skipIf(!hasSecretService())('the real Secret Service', () => {
  let desktop: KeyringDesktop;
  let vault: string;

  beforeEach(async () => {
    desktop = await KeyringDesktop.make();
    vault = join(temporaryDirectory('vault-'), 'vault');
  });
  afterEach(() => desktop.stop());

  test('R-24 R-32 unlocked: wraps, and the next process unwraps', async () => {
    await desktop.startBus();
    await desktop.startKeyring('a password');
    expect(await desktop.call('probe')).toBe('os-user');
    const key = randomBytes(32).toString('hex');
    const wrapped = String(await desktop.call('wrap', key));
    expect(wrapped).toMatch(/^[0-9a-f]+$/);
    expect(wrapped).not.toContain(key);
    expect(await desktop.call('unwrap', wrapped)).toBe(key);

    expect(await desktop.call('open', vault, 'put', 'a', 'stored')).toMatchObject({ kind: 'ok' });
    expect(await desktop.call('open', vault, 'get', 'a')).toEqual({
      kind: 'ok',
      backend: 'keyring:secret-service',
      text: 'stored',
    });

    await desktop.call('forget');
    expect(await desktop.call('unwrap', wrapped)).toEqual({ failed: 'vault/backend-changed' });
    expect(await desktop.call('open', vault)).toMatchObject({ kind: 'backend-changed' });
  });

  test('R-28 locked, with nobody to answer the prompt: locked', async () => {
    await desktop.startBus();
    await desktop.startKeyring('a password');
    await desktop.call('open', vault, 'put', 'a', 'stored');
    await desktop.lockKeyring();
    expect(await desktop.call('probe')).toBe('locked');
    expect(await desktop.call('open', vault)).toMatchObject({ kind: 'locked' });
    expect(await desktop.call('unwrap', '00')).toEqual({ failed: 'vault/locked' });
  });

  test('R-23 no session bus: no protection, and never the kernel keyring instead', async () => {
    expect(await desktop.call('probe')).toBe('none');
    expect(await desktop.call('wrap', '00'.repeat(32))).toEqual({ failed: 'vault/unavailable' });
    expect(await desktop.call('unwrap', '00')).toEqual({ failed: 'vault/locked' });
    expect(await desktop.call('open', vault)).toMatchObject({ kind: 'unavailable' });
  });

  test('R-23 R-29 a bus but no default collection: no protection, and not "missing"', async () => {
    await desktop.startBus();
    await desktop.startKeyring(null);
    expect(await desktop.call('probe')).toBe('none');
    expect(await desktop.call('wrap', '00'.repeat(32))).toEqual({ failed: 'vault/unavailable' });
    expect(await desktop.call('open', vault)).toMatchObject({ kind: 'unavailable' });
  });
});
