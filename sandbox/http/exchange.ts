/** One request and its answer, independent of sockets: handlers return a Reply, the server writes it. */

export interface Exchange {
  method: string;
  url: URL;
  /** Path parameters by name. */
  params: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
  /** Client address, possibly from a proxy header. */
  ip: string;
  userAgent: string;
  cookies: Record<string, string>;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

export type Handler = (exchange: Exchange) => Promise<Reply> | Reply;

/** A refusal the client is told about; becomes `{"error", "error_description"?}`. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly description: string | undefined;

  constructor(status: number, code: string, description?: string) {
    super(description ?? code);
    this.status = status;
    this.code = code;
    this.description = description;
  }
}

export function badRequest(description: string): ApiFailure {
  return new ApiFailure(400, 'invalid_request', description);
}

export function json(status: number, value: unknown): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function text(status: number, value: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(value) };
}

export function noContent(): Reply {
  return { status: 204, headers: {}, body: Buffer.alloc(0) };
}

export function redirect(status: number, location: string): Reply {
  return { status, headers: { location }, body: Buffer.alloc(0) };
}

/** A page; `nonce` allows its one script, everything else from elsewhere is forbidden. */
export function html(status: number, page: string, nonce?: string): Reply {
  const script = nonce === undefined ? "'none'" : `'nonce-${nonce}'`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src ${script}; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'cache-control': 'no-store',
    },
    body: Buffer.from(page),
  };
}

const STATUS_TEXT: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
};

/** What the framework itself says: JSON on API paths, plain text elsewhere (protocol 2.5). */
export function frameworkError(status: number, path: string): Reply {
  const phrase = STATUS_TEXT[status] ?? 'Internal Server Error';
  return path.toLowerCase().startsWith('/api')
    ? json(status, { error: phrase, error_description: phrase })
    : text(status, phrase);
}

export function withCookie(reply: Reply, cookie: string): Reply {
  const before = reply.headers['set-cookie'] ?? [];
  const list = Array.isArray(before) ? before : [before];
  return { ...reply, headers: { ...reply.headers, 'set-cookie': [...list, cookie] } };
}
