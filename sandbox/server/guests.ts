/** Guest mode: a provider without login, for trying things out (protocol 21). */
import { createHash } from 'node:crypto';
import { redirect, type Exchange, type Reply } from '../http/exchange.ts';
import { letters } from '../tokens/codes.ts';
import { OpFailure, type AuthorizationWish, type OpConnection, type OpTokens } from './op-connection.ts';

const ACCESS_TOKEN_SECONDS = 600;
export const GUEST_PATH = '/api/v0/guests';

/** Everybody behind one address is one user. */
function guestSubject(ip: string): string {
  return `guest-${createHash('sha256').update(ip).digest('hex').slice(0, 16)}`;
}

function guestTokens(refreshToken: string): OpTokens {
  return {
    accessToken: letters(64),
    refreshToken,
    expiresIn: ACCESS_TOKEN_SECONDS,
    tokenType: 'Bearer',
    scope: 'openid',
  };
}

export class GuestConnection implements OpConnection {
  readonly #issuer: string;
  readonly #codes = new Map<string, string>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  authorizationUrl(wish: AuthorizationWish): Promise<string> {
    return Promise.resolve(`${this.#issuer}/auth?state=${wish.state}`);
  }

  /** The authorization endpoint: straight back with a code. */
  authorize(exchange: Exchange): Reply {
    const code = letters(32);
    this.#codes.set(code, guestSubject(exchange.ip));
    const state = encodeURIComponent(exchange.url.searchParams.get('state') ?? '');
    return redirect(303, `/redirect?state=${state}&code=${code}`);
  }

  exchange(callback: URL): Promise<OpTokens> {
    const code = callback.searchParams.get('code') ?? '';
    const sub = this.#codes.get(code);
    this.#codes.delete(code);
    if (sub === undefined) return Promise.reject(new OpFailure(400, 'invalid_grant', 'code not found'));
    return Promise.resolve({ ...guestTokens(letters(64)), sub });
  }

  refresh(refreshToken: string): Promise<OpTokens> {
    return Promise.resolve(guestTokens(refreshToken));
  }

  revoke(): Promise<void> {
    return Promise.resolve();
  }
}
