/** The people who can sign in. Invented, and the same at every provider. */
import type { SandboxUser } from '../types.ts';

export const USERS: readonly SandboxUser[] = [
  {
    login: 'alice',
    password: 'alice-sandbox',
    sub: 'a11ce0de-5a4d-4b0c-8c39-2f6f1d1f0a01',
    name: 'Alice Example',
    email: 'alice@example.org',
  },
  {
    login: 'bob',
    password: 'bob-sandbox',
    sub: 'b0b5eed5-7c21-4d6e-9a55-6f0c3b2e0b02',
    name: 'Bob Example',
    email: 'bob@example.org',
  },
];

export const SCOPES: readonly string[] = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'compute.read',
  'compute.create',
  'storage.read:/',
  'storage.modify:/',
];

/** Claims by scope (OpenID Connect Core 5.4). */
export function claimsFor(user: SandboxUser, scopes: readonly string[]): Record<string, unknown> {
  return {
    sub: user.sub,
    ...(scopes.includes('profile') ? { name: user.name, preferred_username: user.login } : {}),
    ...(scopes.includes('email') ? { email: user.email, email_verified: true } : {}),
  };
}

const PLACES =
  'Aalto Baltic Coastal Delta Eastern Fjord Gulf Harbour Inland Jura Karst Lagoon Meadow Northern'.split(' ');
const KINDS = [
  'University',
  'Institute of Technology',
  'Research Centre',
  'Observatory',
  'School of Medicine',
];

/** Providers a federation would add: they exist in discovery only and cannot be reached. */
export function federationProviders(count: number): { issuer: string; name: string; scopes: string[] }[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    const place = PLACES[index % PLACES.length] ?? '';
    const kind = KINDS[Math.floor(index / PLACES.length) % KINDS.length] ?? '';
    return {
      // The discard port: nothing listens there, so a login fails at once instead of leaving the machine.
      issuer: `http://127.0.0.1:9/federation/idp-${number}`,
      name: `${place} ${kind} ${number}`,
      scopes: ['openid', 'profile', 'email', 'offline_access'],
    };
  });
}
