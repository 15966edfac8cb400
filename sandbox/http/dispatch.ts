/** From a socket to a handler and back: request id, limiter, CORS, faults and the request log. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, RequestLogEntry } from '../types.ts';
import { ApiFailure, frameworkError, json, text, type Exchange, type Reply } from './exchange.ts';
import type { FaultEngine } from './faults.ts';
import type { Limiter } from './limiter.ts';
import type { Router } from './router.ts';
import { CUT, delay, writeReply } from './write.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_LOG = 20_000;
export const CONTROL_PREFIX = '/__sandbox';

export interface DispatcherParts {
  router: Router;
  faults: FaultEngine;
  limiter: Limiter | undefined;
  clientIpHeader: string | undefined;
  baseUrl: string;
  /** Runs before an answer leaves the server. */
  persist: () => Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new ApiFailure(413, 'Request Entity Too Large', 'Request Entity Too Large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseCookies(header: string | undefined): Record<string, string> {
  const pairs = (header ?? '').split(';').map((part) => part.trim().split('='));
  return Object.fromEntries(
    pairs.filter(([name]) => name).map(([name = '', ...rest]) => [name, rest.join('=')]),
  );
}

/** Grant type and action, for fault matching and the log; nothing else of a body is ever kept. */
function peek(exchange: Exchange): { grantType: string | undefined; action: string | undefined } {
  const query = exchange.url.searchParams.get('grant_type') ?? undefined;
  const source = exchange.body.toString('utf8');
  const member = (name: string): string | undefined =>
    new RegExp(`"${name}"\\s*:\\s*"([A-Za-z_]{1,40})"`, 'i').exec(source)?.[1] ??
    new RegExp(`(?:^|&)${name}=([A-Za-z_]{1,40})(?:&|$)`).exec(source)?.[1];
  return { grantType: query ?? member('grant_type'), action: member('action') };
}

export class Dispatcher {
  readonly #parts: DispatcherParts;
  #log: RequestLogEntry[] = [];

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  log(): RequestLogEntry[] {
    return structuredClone(this.#log);
  }

  clearLog(): void {
    this.#log = [];
  }

  /** Never rejects: whatever goes wrong becomes an answer or a cut connection. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = Date.now();
    const entry: RequestLogEntry = { method: '', path: '', atMs: startedMs, durationMs: 0, status: 0 };
    try {
      await this.#serve(request, response, entry);
    } catch {
      response.destroy();
    }
    entry.durationMs = Date.now() - startedMs;
  }

  #record(entry: RequestLogEntry): void {
    this.#log.push(entry);
    if (this.#log.length > MAX_LOG) this.#log.splice(0, MAX_LOG / 10);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, entry: RequestLogEntry): Promise<void> {
    const url = new URL(request.url ?? '/', this.#parts.baseUrl);
    const method = request.method ?? 'GET';
    const route = this.#parts.router.find(method, url.pathname);
    const control = url.pathname.startsWith(CONTROL_PREFIX);
    Object.assign(entry, { method, path: 'pattern' in route ? route.pattern : url.pathname });
    if (!control) this.#record(entry);
    const exchange = this.#exchange(request, url, method);
    let early: Reply | undefined;
    try {
      exchange.body = await readBody(request);
    } catch (error) {
      early = this.#failure(error, url.pathname);
    }
    const { grantType, action } = peek(exchange);
    if (grantType !== undefined) entry.grantType = grantType;
    if (action !== undefined) entry.action = action;
    const faults = control ? [] : this.#parts.faults.strike({ method, path: url.pathname, grantType });
    const kinds = faults.map((fault) => fault.kind);
    if (kinds.length > 0) entry.fault = kinds.join('+');
    for (const fault of faults) if (fault.kind === 'latency') await delay(fault.ms);
    if (kinds.includes('cut-before')) return void response.destroy(CUT);

    let reply = early ?? this.#faultReply(faults);
    if (!reply) {
      const verdict = control ? undefined : this.#parts.limiter?.check(exchange.ip, Date.now());
      reply =
        verdict?.allowed === false
          ? text(429, 'Too Many Requests')
          : await this.#handle(exchange, 'handler' in route ? route : undefined, route);
      Object.assign(reply.headers, verdict?.headers ?? {});
    }
    await this.#parts.persist();
    if (kinds.includes('cut-after')) return void response.destroy(CUT);
    entry.status = reply.status;
    await writeReply(response, this.#decorate(reply, url.pathname), faults, method === 'HEAD');
  }

  #exchange(request: IncomingMessage, url: URL, method: string): Exchange {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers))
      headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
    const proxied = this.#parts.clientIpHeader;
    const forwarded = proxied === undefined ? '' : (headers[proxied.toLowerCase()] ?? '');
    return {
      method,
      url,
      params: {},
      headers,
      body: Buffer.alloc(0),
      ip: forwarded.split(',')[0]?.trim() || (request.socket.remoteAddress ?? '127.0.0.1'),
      userAgent: headers['user-agent'] ?? '',
      cookies: parseCookies(headers['cookie']),
    };
  }

  #faultReply(faults: readonly Fault[]): Reply | undefined {
    for (const fault of faults) {
      if (fault.kind === 'rate-limit') {
        const reply = text(429, 'Too Many Requests');
        reply.headers['retry-after'] = String(fault.retryAfterSeconds);
        return reply;
      }
      if (fault.kind === 'status') {
        const { status, body = '', headers = {} } = fault;
        const reply = typeof body === 'string' ? text(status, body) : json(status, body);
        Object.assign(reply.headers, headers);
        return reply;
      }
    }
    return undefined;
  }

  async #handle(
    exchange: Exchange,
    route:
      { handler: (exchange: Exchange) => Promise<Reply> | Reply; params: Record<string, string> } | undefined,
    found: object,
  ): Promise<Reply> {
    const path = exchange.url.pathname;
    if (exchange.method === 'OPTIONS' && 'pathKnown' in found && found.pathKnown === true)
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    if (!route) return frameworkError('pathKnown' in found && found.pathKnown === true ? 405 : 404, path);
    exchange.params = route.params;
    try {
      return await route.handler(exchange);
    } catch (error) {
      return this.#failure(error, path);
    }
  }

  #failure(error: unknown, path: string): Reply {
    // What nobody foresaw is a panic: the framework answers with the status text.
    if (!(error instanceof ApiFailure)) return frameworkError(500, path);
    const body =
      error.description === undefined
        ? { error: error.code }
        : { error: error.code, error_description: error.description };
    const reply = json(error.status, body);
    return reply;
  }

  #decorate(reply: Reply, path: string): Reply {
    const lower = path.toLowerCase();
    const open = ['/api', '/.well-known/', '/jwks', '/static'].some((prefix) => lower.startsWith(prefix));
    const headers: Reply['headers'] = { 'x-request-id': randomUUID(), ...reply.headers };
    if (open) {
      headers['access-control-allow-origin'] = '*';
      headers['access-control-allow-headers'] = 'authorization, content-type';
      headers['access-control-allow-methods'] = 'GET, POST, PUT, DELETE';
    }
    return { ...reply, headers };
  }
}
