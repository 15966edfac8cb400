import type { Secret } from '../ports/index.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  /** Sent as JSON. A `Secret` anywhere inside is revealed while the bytes are written, not before. */
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  /** Sent as `Authorization: Bearer`; revealed when the request is written, not before. */
  readonly bearer?: Secret | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Largest answer, bytes. Default 1 MiB. */
  readonly limitBytes?: number | undefined;
  /** For everything from name lookup to the last byte. Default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** GET only: how many redirects within the same origin are followed. Default 0. */
  readonly sameOriginRedirects?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. Without Set-Cookie. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set-Cookie lines as they came: there is no cookie jar, or one mytoken's identity would leak into the next call. */
  readonly setCookies: readonly string[];
  readonly body: string;
}

/**
 * HTTP for mytoken servers. Whatever status arrives is an answer; only the lack of a complete one throws: DomainErrors
 * `mytoken/unreachable`, `mytoken/timeout`, `mytoken/tls` (all with `details.reason`), `mytoken/too-large`,
 * `mytoken/bad-answer`, `mytoken/url-not-allowed` and `app/shutting-down`, each with `details.sent` (`no` or `maybe`). A
 * request is never sent twice.
 */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Reads certificates and proxy settings anew for the next request; requests under way finish undisturbed. */
  reconfigure(): void;
  /** Refuses new requests, lets those under way finish for a few seconds, then cuts them. */
  stop(): Promise<void>;
}
