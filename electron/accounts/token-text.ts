import { looksLikeMytoken } from '../mytoken/index.ts';
import { Secret } from '../ports/index.ts';
import { looksLikeJwt } from './unverified-claims.ts';

/** What a text that somebody pasted or kept in a file stands for. */
export type FoundToken =
  | { readonly kind: 'jwt'; readonly value: Secret }
  | { readonly kind: 'short'; readonly value: Secret }
  /** A server's answer that holds a code instead of a mytoken. */
  | { readonly kind: 'transfer-code' };

const mostLines = 2_000;
/** `export NAME=`, `set NAME=`, `$env:NAME = `, `NAME: `, `"NAME": `. */
const assignment =
  /^(?:export\s+|set\s+|setenv\s+|declare\s+-x\s+|\$env:)?["']?[A-Za-z_][\w.-]*["']?\s*(?:=|:|\s)\s*(.+)$/;
const bearer = /^(?:authorization:\s*)?bearer\s+/i;

/**
 * The mytoken in a text, the first if there are several, JWTs before short tokens: alone, quoted, in lines `NAME=TOKEN`, in a server's JSON answer, or a JWT which a terminal
 * broke into lines. Null when there is none. Tells forms apart, never whether a token is genuine.
 */
export function findToken(text: string): FoundToken | null {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed.startsWith('{')) {
    const found = fromJson(trimmed);
    if (found !== null) return found;
  }
  const found = trimmed.split(/\r?\n/, mostLines).flatMap((line) => fromLine(line.trim()) ?? []);
  const jwt = found.find(({ kind }) => kind === 'jwt');
  if (jwt !== undefined) return jwt;
  // A line in the middle of a broken JWT has the form of a short token.
  const joined = trimmed.replace(/\s+/g, '');
  if (joined.startsWith('eyJ') && looksLikeJwt(joined)) return { kind: 'jwt', value: new Secret(joined) };
  return found[0] ?? null;
}

/** The first line with anything in it, as other mytoken programs read files. */
export function firstLine(text: string): string {
  return (
    text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .find((line) => line.trim() !== '') ?? ''
  );
}

function fromLine(line: string): FoundToken | null {
  if (line === '' || line.startsWith('#')) return null;
  const bare = asToken(line);
  if (bare !== null) return bare;
  const value = assignment.exec(line)?.[1];
  return value === undefined ? null : asToken(value);
}

function asToken(text: string): FoundToken | null {
  const token = unquoted(unquoted(text.trim().replace(/[;,]+$/, '')).replace(bearer, ''));
  if (!looksLikeMytoken(token)) return null;
  return { kind: looksLikeJwt(token) ? 'jwt' : 'short', value: new Secret(token) };
}

function unquoted(text: string): string {
  return /^(["'`])(.*)\1$/.exec(text.trim())?.[2]?.trim() ?? text.trim();
}

function fromJson(text: string): FoundToken | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const { mytoken, transfer_code: code } = json as { mytoken?: unknown; transfer_code?: unknown };
  if (typeof mytoken === 'string') return asToken(mytoken);
  return typeof code === 'string' ? { kind: 'transfer-code' } : null;
}
