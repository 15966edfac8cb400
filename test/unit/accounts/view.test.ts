import { describe, expect, it } from 'vitest';
import { type AccountRecord, refuseUnusable, toView } from '../../../electron/accounts/index.ts';
import type { VaultStateKind } from '../../../electron/vault/index.ts';
import { accountRecord } from '../../support/fake-account-book.ts';

const nowMs = 1_000_000_000_000;
const dayMs = 24 * 3600 * 1000;

function status(over: Partial<AccountRecord>, kind: VaultStateKind = 'ok'): string {
  return toView(accountRecord(over), { vaultState: { kind }, nowMs, isDefault: false }).status;
}

describe('what a window sees of an account', () => {
  it.each<[string, Partial<AccountRecord>, VaultStateKind, string]>([
    ['without an end', {}, 'ok', 'ok'],
    ['expired to the millisecond', { expiresAtMs: nowMs }, 'ok', 'expired'],
    ['with a moment left', { expiresAtMs: nowMs + 1 }, 'ok', 'expiring'],
    ['with a week left', { expiresAtMs: nowMs + 7 * dayMs }, 'ok', 'expiring'],
    ['with more than a week left', { expiresAtMs: nowMs + 7 * dayMs + 1 }, 'ok', 'ok'],
    [
      'that needs a login before it expires',
      { status: 'login-needed', expiresAtMs: nowMs + 1 },
      'ok',
      'login-needed',
    ],
    ['uncertain', { status: 'uncertain' }, 'ok', 'uncertain'],
    ['unreachable', { status: 'unreachable', expiresAtMs: nowMs + 1 }, 'ok', 'unreachable'],
    ['behind a locked vault', { expiresAtMs: nowMs + 1 }, 'locked', 'locked'],
    ['before the vault was opened', {}, 'closed', 'locked'],
    ['behind a vault of another key store', {}, 'backend-changed', 'locked'],
    ['expired, which unlocking does not change', { expiresAtMs: nowMs }, 'locked', 'expired'],
    ['of the vault during a session', {}, 'session', 'locked'],
    ['of the session', { sessionOnly: true }, 'session', 'ok'],
  ])('an account %s', (_, over, kind, expected) => {
    expect(status(over, kind)).toBe(expected);
  });

  it.each<[Partial<AccountRecord>, VaultStateKind, string | null]>([
    [{}, 'ok', null],
    [{ expiresAtMs: nowMs + 1 }, 'ok', null],
    [{ status: 'unreachable' }, 'ok', null],
    [{}, 'locked', 'vault/locked'],
    [{ expiresAtMs: nowMs }, 'ok', 'accounts/needs-login'],
    [{ status: 'login-needed' }, 'locked', 'accounts/needs-login'],
    [{ status: 'uncertain' }, 'ok', 'accounts/uncertain'],
  ])('an account %o with the vault %s is refused for %s', (over, kind, code) => {
    const refuse = (): void => refuseUnusable(accountRecord(over), { vaultState: { kind }, nowMs });
    if (code === null) expect(refuse).not.toThrow();
    else expect(refuse).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('says where the mytoken is kept and nothing that is not meant for windows', () => {
    const context = { vaultState: { kind: 'session' as const }, nowMs, isDefault: true };
    const view = toView(accountRecord({ sessionOnly: true }), context);
    expect(view).toMatchObject({ storage: 'session', isDefault: true, shortname: 'demo' });
    expect(view).not.toHaveProperty('wish');
    expect(view).not.toHaveProperty('oidcSubject');
    expect(toView(accountRecord(), context).storage).toBe('vault');
  });
});
