export type Method = 'GET' | 'POST' | 'DELETE';

export type Operation =
  'access-token' | 'mytoken' | 'accounts' | 'status' | 'request' | 'challenge' | 'pair' | 'pair-key';

export interface Route {
  readonly operation: Operation;
  readonly methods: readonly Method[];
  /** Asked without a key, because whoever asks has none yet, or must not show it yet. */
  readonly open: boolean;
}

const route = (operation: Operation, methods: readonly Method[], open = false): Route => ({
  operation,
  methods,
  open,
});

const routes: ReadonlyMap<string, Route> = new Map([
  ['/v1/access-token', route('access-token', ['POST'])],
  ['/v1/mytoken', route('mytoken', ['POST'])],
  ['/v1/accounts', route('accounts', ['GET'])],
  ['/v1/status', route('status', ['GET'])],
  ['/v1/challenge', route('challenge', ['POST'], true)],
  ['/v1/pair', route('pair', ['POST'], true)],
  ['/v1/pair/key', route('pair-key', ['POST'], true)],
]);
const requestRoute = route('request', ['GET', 'DELETE']);

const requestPath = '/v1/requests/';
const requestId = /^[A-Za-z0-9_-]{22}$/;

export function pathOfRequest(id: string): string {
  return requestPath + id;
}

/** The id in `/v1/requests/ID`; null for every other path. */
export function requestIdOf(url: string): string | null {
  const id = url.startsWith(requestPath) ? url.slice(requestPath.length) : '';
  return requestId.test(id) ? id : null;
}

/** The whole API. The path is compared as sent, so that no encoding, query or absolute form finds a way around. */
export function routeOf(url: string | undefined): Route | null {
  if (url === undefined) return null;
  return routes.get(url) ?? (requestIdOf(url) === null ? null : requestRoute);
}
