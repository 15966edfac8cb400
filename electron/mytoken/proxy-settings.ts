import { isLoopbackHost } from './instance-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxySettings {
  /** Proxy URLs; empty for none. */
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Comma or blank separated hosts, `*` for all; suffixes match subdomains. */
  readonly noProxy: string;
}

/**
 * The proxy settings of an environment, lower-case names first as curl does. Like most tools we take a proxy given as
 * `host:port` for http. Without HTTPS_PROXY, HTTP_PROXY serves https as well: all that leaves this machine is https, and
 * whoever sets only one of them means everything.
 */
export function proxySettings(environment: Environment): ProxySettings {
  const read = (name: string): string => {
    const value = (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
    return value === '' || value.includes('://') ? value : `http://${value}`;
  };
  const httpProxy = read('http_proxy');
  return {
    httpProxy,
    httpsProxy: read('https_proxy') || httpProxy,
    noProxy: (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '').trim(),
  };
}

/**
 * How a URL is reached. Loopback is never proxied, whatever the environment says: the proxy's loopback is another
 * machine's. For `maybe-proxy` the NO_PROXY list decides.
 */
export function routeOf(url: URL, settings: ProxySettings | null): 'direct' | 'maybe-proxy' {
  if (settings === null || isLoopbackHost(url.hostname)) return 'direct';
  return settings.httpsProxy === '' && settings.httpProxy === '' ? 'direct' : 'maybe-proxy';
}
