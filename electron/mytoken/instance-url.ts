import { DomainError } from '../../shared/errors.ts';

const maxUrlLength = 2048;
const loopbackV4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/**
 * True for the names and addresses which never leave this machine: 127.0.0.0/8, ::1 and `localhost`. Takes
 * `URL.hostname`, which has already turned spellings such as `127.1` or `0x7f.0.0.1` into dotted decimals.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || loopbackV4.test(hostname);
}

/** https anywhere, http only to this machine. */
export function isAllowedUrl(url: URL): boolean {
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** Without the trailing slashes that people and servers add or leave out. */
export function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/**
 * What a person typed as the address of a mytoken server, as a base URL without trailing slash. A bare host name
 * gets `https://`. Throws `mytoken/url-not-allowed` with `details.reason`: `malformed`, `scheme`, `plain-http`,
 * `userinfo`, `fragment` or `query`.
 */
export function parseInstanceUrl(input: string): string {
  const text = input.trim();
  if (text === '' || text.length > maxUrlLength) throw refused('malformed');
  // `host:8443` would parse as a URL with the scheme `host:`; only `://` makes a scheme here.
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined && /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text)) throw refused('scheme');
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') throw refused('scheme');
  // The URL parser drops tabs and line breaks and turns backslashes around: what was read is not what was typed.
  if (/[\s\\\p{Cc}]/u.test(text)) throw refused('malformed');

  let url: URL;
  try {
    url = new URL(scheme === undefined ? `https://${text}` : text);
  } catch {
    throw refused('malformed');
  }
  if (url.username !== '' || url.password !== '' || /^(?:[a-z]+:\/\/)?[^/?#]*@/i.test(text))
    throw refused('userinfo');
  if (text.includes('#')) throw refused('fragment');
  if (text.includes('?')) throw refused('query');
  if (!isAllowedUrl(url)) throw refused('plain-http');
  return withoutTrailingSlash(url.href);
}

/**
 * Checks a URL named by a mytoken server: allowed at all, and of the same origin as the server itself, so that neither
 * a mytoken (endpoints) nor the user (`consent_uri`, R-55) is led elsewhere. Returns it; throws `mytoken/url-not-allowed`.
 */
export function requireSameOrigin(candidate: string, instanceUrl: string, field: string): string {
  let url: URL;
  try {
    url = new URL(candidate);
  } catch {
    throw refused('malformed', field);
  }
  if (candidate.length > maxUrlLength || !isAllowedUrl(url)) throw refused('not-secure', field);
  if (url.origin !== new URL(instanceUrl).origin) throw refused('other-origin', field);
  return candidate;
}

function refused(reason: string, field?: string): DomainError {
  return new DomainError('mytoken/url-not-allowed', 'This address is not allowed for a mytoken server.', {
    details: { reason, sent: 'no', ...(field === undefined ? {} : { field }) },
  });
}
