import type { IncomingMessage } from 'node:http';
import { refusal, type Refusal } from './problems.ts';
import { routeOf } from './routes.ts';

/** Where a request came in, as far as the guards need to know. */
export interface DoorAddress {
  /** `socket`: a UNIX socket, to which its directory lets nobody but the user. */
  readonly kind: 'tcp' | 'socket';
  /** What we announced, for example `127.0.0.1:41234` or `[::1]:41234`; a fixed name on a socket. */
  readonly host: string;
  /** `localhost:41234` when the user allowed the name, else null. */
  readonly localhost: string | null;
  /** The user lets programs ask here without a key. */
  readonly keyless: boolean;
}

const notLocal = refusal('agent/not-local', 'Only programs on this machine are served.');
const badHost = refusal('agent/bad-host', 'The Host header is not the announced address.');
const fromBrowser = refusal('agent/browser-request', 'Web pages are not served.');
const tooManyHeaders = refusal('agent/too-large', 'The request has too many headers.');
const upgrade = refusal('agent/invalid-request', 'Protocol upgrades are not supported; use plain HTTP/1.1.');
const notFound = refusal('agent/not-found', 'There is nothing at this path.');
const wrongMethod = refusal('agent/method-not-allowed', 'This path needs another method.');
const notJson = refusal('agent/unsupported-media-type', 'Send the body as Content-Type: application/json.');
const strayBody = refusal('agent/invalid-request', 'This request takes no body.');

/** Guard 1: loopback addresses (RFC 1122, 3.2.1.3 and RFC 4291, 2.5.3), also as IPv4-mapped IPv6. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

export function checkRemote(address: string | undefined, kind: DoorAddress['kind']): Refusal | null {
  // Sockets have no addresses: a connection that has one did not come through ours.
  if (kind === 'socket') return address === undefined ? null : notLocal;
  // The one address nearly everybody has is compared without the regular expression.
  return address === '127.0.0.1' || isLoopback(address) ? null : notLocal;
}

/** Guard 2 against DNS rebinding: only what we announced, by the letter. Node joins repeated headers, which then fail too. */
export function checkHost(host: string | undefined, door: DoorAddress): Refusal | null {
  if (host === undefined) return badHost;
  return host === door.host || (door.localhost !== null && host === door.localhost) ? null : badHost;
}

type Headers = IncomingMessage['headers'];

/** Guards 3 to 5: nothing that a browser adds to a page's request is let through, and no preflight is ever answered. */
export function checkBrowser(method: string | undefined, headers: Headers): Refusal | null {
  if (headers.origin !== undefined || method === 'OPTIONS') return fromBrowser;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none') return fromBrowser;
  // Node's own fetch sends Sec-Fetch-Mode, so that one says nothing.
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'empty') return fromBrowser;
  if (headers.referer !== undefined || headers.cookie !== undefined) return fromBrowser;
  return null;
}

/** Guard 6. */
export function checkRoute(method: string | undefined, url: string | undefined): Refusal | null {
  const route = routeOf(url);
  if (route === null) return notFound;
  return route.methods.some((allowed) => allowed === method) ? null : wrongMethod;
}

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i;

/** Guard 7. A form or text/plain is what a page could send without preflight. */
export function checkContentType(headers: Headers): Refusal | null {
  const type = headers['content-type'];
  if (type === undefined || !(type === 'application/json' || jsonType.test(type))) return notJson;
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding === 'identity' ? null : notJson;
}

export function checkNoBody(headers: Headers): Refusal | null {
  const length = headers['content-length'];
  const none = headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
  return none ? null : strayBody;
}

/** All guards that need no key, in their order; the first that objects decides. */
export function firstObjection(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>,
  remoteAddress: string | undefined,
  door: DoorAddress,
  headerCount: number,
): Refusal | null {
  const { method, url, headers } = request;
  const early =
    checkRemote(remoteAddress, door.kind) ??
    checkHost(headers.host, door) ??
    checkBrowser(method, headers) ??
    (headers.upgrade === undefined ? null : upgrade) ??
    checkRoute(method, url);
  if (early !== null) return early;
  if (request.rawHeaders.length > 2 * headerCount) return tooManyHeaders;
  return method === 'POST' ? checkContentType(headers) : checkNoBody(headers);
}

/** The key in `Authorization: Bearer KEY` (RFC 6750, 2.1); null when the header is absent or of another kind. */
export function bearerKey(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length < 8) return null;
  const scheme = authorization.slice(0, 7);
  if (scheme !== 'Bearer ' && scheme.toLowerCase() !== 'bearer ') return null;
  return authorization.slice(7).trim();
}
