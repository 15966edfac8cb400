import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { type Clock, Secret } from '../ports/index.ts';
import { exchange } from './exchange.ts';
import { shuttingDown } from './http-failure.ts';
import type { Http, HttpAnswer, HttpRequest } from './http-types.ts';
import { isAllowedUrl } from './instance-url.ts';
import { badAnswer, problem } from './problems.ts';
import { type Environment, type ProxySettings, proxySettings, routeOf } from './proxy-settings.ts';

export interface HttpOptions {
  /** PEM certificates to trust in addition to the built-in roots; asked for at first use and after `reconfigure`. Must not throw. */
  readonly extraCa: () => Promise<readonly string[]>;
  /** Honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly proxyFromEnvironment: boolean;
  /** Where those are read from; `process.env` unless given. */
  readonly environment?: () => Environment;
  readonly clock: Clock;
  readonly userAgent: string;
}

const kibibyte = 1024;
const defaultLimitBytes = kibibyte * kibibyte;
const defaultTimeoutMs = 30_000;
const connectTimeoutMs = 10_000;
const keepAliveMs = 4_000;
/** How long a server may prolong that through its `Keep-Alive` header; polling comes every five seconds. */
const longestKeepAliveMs = 15_000;
const quittingGraceMs = 5_000;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Config {
  readonly secureContext: SecureContext | null;
  readonly proxies: ProxySettings | null;
}

/** Connections made with one configuration. */
interface Generation {
  readonly config: Config;
  readonly direct: Dispatcher;
  /** Made when first needed. */
  proxied: Promise<Dispatcher> | null;
}

/** See {@link Http}. Loads undici with the first request. */
export function createHttp(options: HttpOptions): Http {
  return new UndiciHttp(options);
}

class UndiciHttp implements Http {
  readonly #options: HttpOptions;
  readonly #shutdown = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #generation: Promise<Generation> | null = null;
  #lastUseMs = 0;
  #stopped: Promise<void> | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    let url = allowedUrl(request.url);
    let redirectsLeft = request.method === 'GET' ? (request.sameOriginRedirects ?? 0) : 0;
    for (;;) {
      const answer = await this.#once(url, request);
      if (redirectsLeft === 0 || !redirectStatuses.has(answer.status)) return answer;
      redirectsLeft -= 1;
      url = redirectTarget(url, answer);
    }
  }

  reconfigure(): void {
    this.#retire();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #once(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    if (this.#stopped) throw shuttingDown({ started: false, answered: false, host: url.host });
    const running = this.#exchange(url, request);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    try {
      return await running;
    } finally {
      this.#running.delete(settled);
      this.#lastUseMs = this.#options.clock.nowMs();
    }
  }

  async #exchange(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const dispatcher = await this.#dispatcherFor(url);
    const { clock, userAgent } = this.#options;
    const headers = {
      'user-agent': userAgent,
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(request.json ? { 'content-type': 'application/json' } : {}),
      ...request.headers,
      ...(request.bearer ? { authorization: `Bearer ${request.bearer.reveal()}` } : {}),
    };
    const wire = {
      method: request.method,
      url,
      headers,
      body: request.json ? revealingJson(request.json) : null,
      limitBytes: request.limitBytes ?? defaultLimitBytes,
      timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
      signal: request.signal,
      shutdown: this.#shutdown.signal,
    };
    return exchange(dispatcher, wire, clock);
  }

  async #dispatcherFor(url: URL): Promise<Dispatcher> {
    this.#dropSleptConnections();
    const current = (this.#generation ??= this.#readConfig().then(newGeneration));
    let generation: Generation;
    try {
      generation = await current;
    } catch (error) {
      // A failed attempt is not remembered: the file may be readable next time.
      if (this.#generation === current) this.#generation = null;
      throw error;
    }
    const { config } = generation;
    if (config.proxies === null || routeOf(url, config.proxies) === 'direct') return generation.direct;
    generation.proxied ??= newProxied(config, config.proxies);
    return generation.proxied;
  }

  /**
   * Idle connections survive the machine's sleep on our side only: the timers that would close them stood still, and no
   * packet told us that the server hung up. Writing to one could cost a rotating mytoken.
   */
  #dropSleptConnections(): void {
    const idleMs = Math.abs(this.#options.clock.nowMs() - this.#lastUseMs);
    if (this.#running.size > 0 || idleMs <= longestKeepAliveMs) return;
    const former = this.#generation;
    this.#retire();
    this.#generation = former?.then(({ config }) => newGeneration(config)) ?? null;
  }

  /** Lets the requests of the present generation finish and closes its connections as they become idle. */
  #retire(): void {
    const retired = this.#generation;
    this.#generation = null;
    retired
      ?.then(async ({ direct, proxied }) => {
        const destroy = (): void => {
          void direct.destroy();
          proxied?.then((dispatcher) => dispatcher.destroy()).catch(() => undefined);
        };
        const { signal } = this.#shutdown;
        signal.addEventListener('abort', destroy, { once: true });
        await Promise.all([direct.close(), proxied?.then((dispatcher) => dispatcher.close())]);
        signal.removeEventListener('abort', destroy);
      })
      .catch(() => undefined);
  }

  async #readConfig(): Promise<Config> {
    const { environment, extraCa, proxyFromEnvironment } = this.#options;
    const extra = await extraCa();
    return {
      secureContext: extra.length === 0 ? null : await trusting(extra),
      proxies: proxyFromEnvironment ? proxySettings(environment?.() ?? process.env) : null,
    };
  }

  async #stop(): Promise<void> {
    this.#retire();
    const graceOver = new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(quittingGraceMs, resolve);
      void Promise.all(this.#running).then(cancel);
    });
    // Connections that are still being made for requests long given up are not waited for.
    await Promise.race([Promise.all(this.#running), graceOver]);
    this.#shutdown.abort();
    await Promise.all(this.#running);
  }
}

function agentOptions({ secureContext }: Config): object {
  return {
    connect: { timeout: connectTimeoutMs, ...(secureContext ? { secureContext } : {}) },
    connections: 8,
    // One request at a time per connection: a pipelined one would have to be sent again when its predecessor fails.
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: longestKeepAliveMs,
    // The exchange has its own deadline for everything together; these catch what it may miss.
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
  };
}

async function newGeneration(config: Config): Promise<Generation> {
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
  return { config, direct: new Agent(agentOptions(config)), proxied: null };
}

async function newProxied(config: Config, proxies: ProxySettings): Promise<Dispatcher> {
  // The main module: tunnels need methods that it adds to all dispatchers.
  const { EnvHttpProxyAgent } = await import('undici');
  const { secureContext } = config;
  const tlsOptions = secureContext ? { requestTls: { secureContext }, proxyTls: { secureContext } } : {};
  try {
    // All three are given, so that the agent never looks at the environment itself.
    return new EnvHttpProxyAgent({ ...agentOptions(config), ...tlsOptions, ...proxies });
  } catch {
    // Without the cause: it quotes the proxy's URL, which may hold a password.
    throw problem('mytoken/unreachable', 'The proxy settings of the environment are not understood.', {
      sent: 'no',
      details: { reason: 'proxy' },
    });
  }
}

/** Built once per configuration: reading some 150 roots for each connection would take longer than the handshake. */
async function trusting(extra: readonly string[]): Promise<SecureContext> {
  const tls = await import('node:tls'); // which a start need not wait for
  // Newer Nodes tell what they trust by default, NODE_EXTRA_CA_CERTS included; Node 20 only knows its own list.
  const getDefaults = (tls as { getCACertificates?: (type: 'default') => string[] }).getCACertificates;
  const roots = getDefaults?.('default') ?? tls.rootCertificates;
  return tls.createSecureContext({ ca: [...roots, ...extra] });
}

function parsedUrl(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

function allowedUrl(text: string): URL {
  const url = parsedUrl(text);
  if (url && isAllowedUrl(url)) return url;
  throw problem('mytoken/url-not-allowed', 'This address is not allowed for a mytoken server.', {
    sent: 'no',
    details: { reason: 'not-secure' },
  });
}

/** Redirects stay within the origin: another one would be a server nobody chose. */
function redirectTarget(from: URL, answer: HttpAnswer): URL {
  const { location } = answer.headers;
  const target = location === undefined ? null : parsedUrl(location, from);
  if (!target) throw badAnswer('redirect');
  if (target.origin === from.origin && isAllowedUrl(target)) return target;
  throw problem('mytoken/url-not-allowed', 'The mytoken server redirects to another server.', {
    sent: 'maybe',
    details: { reason: 'other-origin' },
  });
}

/** JSON bytes with every Secret inside revealed: this is the sink they travel to. */
function revealingJson(value: unknown): Buffer {
  const text = JSON.stringify(value, function reveal(this: Record<string, unknown>, key, plain: unknown) {
    // `plain` is what Secret.toJSON left over; the holder still has the Secret.
    const original = this[key];
    return original instanceof Secret ? original.reveal() : plain;
  });
  return Buffer.from(text, 'utf8');
}
