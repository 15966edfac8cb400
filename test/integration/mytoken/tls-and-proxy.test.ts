import type { RequestListener } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, type Http, type HttpOptions } from '../../../electron/mytoken/index.ts';
import { systemClock } from '../../../electron/ports/index.ts';
import { failure } from '../../unit/mytoken/fake-server.ts';
import { type Authority, connectProxy, httpServer, newAuthority, tlsServer } from './peers.ts';

const open: Http[] = [];

function http(options: Partial<HttpOptions> = {}): Http {
  const made = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: true,
    environment: () => ({}),
    clock: systemClock(),
    userAgent: 'test/1',
    ...options,
  });
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.stop()));
});

const trusting = (...authorities: Authority[]) => ({
  extraCa: () => Promise.resolve(authorities.map(({ cert }) => cert)),
});
const hello: RequestListener = (request, response) => response.end(`hello ${request.headers.host}`);
const get = (url: string, more: object = {}) => ({ method: 'GET', url, timeoutMs: 5000, ...more }) as const;

let ours: Authority;
let theirs: Authority;

beforeAll(() => {
  ours = newAuthority();
  theirs = newAuthority();
});

describe('TLS', () => {
  it('trusts an additional authority, for names and addresses', async () => {
    const port = await tlsServer(ours.issue('DNS:localhost', 'IP:127.0.0.1'), hello);
    const client = http(trusting(theirs, ours));
    expect((await client.request(get(`https://127.0.0.1:${port}`))).body).toBe(`hello 127.0.0.1:${port}`);
    expect((await client.request(get(`https://localhost:${port}`))).status).toBe(200);
  });

  it.each([
    ['no additional authority', () => ({}), 'IP:127.0.0.1', 'unknown-authority'],
    ['another authority', () => trusting(theirs), 'IP:127.0.0.1', 'unknown-authority'],
    ['another name', () => trusting(ours), 'DNS:mytoken.test', 'wrong-name'],
  ])('R-56 refuses a server with %s', async (_name, options, names, reason) => {
    let requests = 0;
    const port = await tlsServer(ours.issue(names), (_request, response) => {
      requests += 1;
      response.end();
    });
    const error = await failure(
      http(options()).request({ ...get(`https://127.0.0.1:${port}`), method: 'POST', json: {} }),
    );
    expect(error).toMatchObject({ code: 'mytoken/tls', retryable: false, details: { reason, sent: 'no' } });
    expect(requests).toBe(0);
  });

  it('R-56 refuses a certificate that vouches for itself', async () => {
    const port = await tlsServer(theirs, hello);
    const error = await failure(http(trusting(ours)).request(get(`https://127.0.0.1:${port}`)));
    expect(error).toMatchObject({ code: 'mytoken/tls', details: { reason: 'self-signed' } });
  });

  it('keeps the built-in roots when authorities are added', async () => {
    const { rootCertificates, createSecureContext } = await import('node:tls');
    expect(rootCertificates.length).toBeGreaterThan(50);
    // Nothing outside this machine is asked in tests; what the context is made of is the best there is.
    const made = createSecureContext({ ca: [...rootCertificates, ours.cert] });
    expect(made).toBeDefined();
  });

  it('takes changed authorities into account without a restart', async () => {
    const port = await tlsServer(ours.issue('IP:127.0.0.1'), hello);
    let authorities: string[] = [];
    const client = http({ extraCa: () => Promise.resolve(authorities) });
    expect((await failure(client.request(get(`https://127.0.0.1:${port}`)))).code).toBe('mytoken/tls');
    authorities = [ours.cert];
    expect((await failure(client.request(get(`https://127.0.0.1:${port}`)))).code).toBe('mytoken/tls');
    client.reconfigure();
    expect((await client.request(get(`https://127.0.0.1:${port}`))).status).toBe(200);
    authorities = [];
    client.reconfigure();
    expect((await failure(client.request(get(`https://127.0.0.1:${port}`)))).code).toBe('mytoken/tls');
  });

  it('a change does not disturb requests under way', async () => {
    let finish = (): void => undefined;
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const { url } = await httpServer((_request, response) => {
      finish = () => response.end('done');
      arrive();
    });
    const client = http();
    const running = client.request(get(url));
    await arrived;
    client.reconfigure();
    finish();
    expect((await running).body).toBe('done');
  });
});

describe('proxies', () => {
  const name = 'mytoken.test';

  async function behindProxy(options: { status?: number } = {}) {
    const port = await tlsServer(ours.issue(`DNS:${name}`), hello);
    const proxy = await connectProxy({ [name]: port, 'sub.lab.test': port }, options);
    return { proxy, port };
  }

  it('are taken from the environment; names are left to them to resolve', async () => {
    const { proxy } = await behindProxy();
    const client = http({ ...trusting(ours), environment: () => ({ HTTPS_PROXY: proxy.url }) });
    const answer = await client.request(get(`https://${name}/path`));
    expect(answer.body).toBe(`hello ${name}`);
    expect(proxy.connects).toEqual([`${name}:443`]);
  });

  it('keep one tunnel for several requests', async () => {
    const { proxy } = await behindProxy();
    const client = http({ ...trusting(ours), environment: () => ({ HTTPS_PROXY: proxy.url }) });
    for (let round = 0; round < 3; round += 1) await client.request(get(`https://${name}/${round}`));
    expect(proxy.connects).toHaveLength(1);
  });

  it('see nothing but the name: the tunnel is checked like any other connection', async () => {
    const { proxy } = await behindProxy();
    const environment = () => ({ HTTPS_PROXY: proxy.url });
    for (const options of [trusting(theirs), {}]) {
      const error = await failure(http({ ...options, environment }).request(get(`https://${name}`)));
      expect(error).toMatchObject({
        code: 'mytoken/tls',
        details: { reason: 'unknown-authority', sent: 'no' },
      });
    }
    const wrong = await failure(
      http({ ...trusting(ours), environment }).request(get('https://sub.lab.test')),
    );
    expect(wrong).toMatchObject({ code: 'mytoken/tls', details: { reason: 'wrong-name', sent: 'no' } });
  });

  it('R-1 are never used for loopback', async () => {
    const { url } = await httpServer(hello);
    const { proxy, port } = await behindProxy();
    const all = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const client = http({ ...trusting(ours), environment: () => all });
    expect((await client.request(get(url))).status).toBe(200);
    expect((await client.request(get(url.replace('127.0.0.1', 'localhost')))).status).toBe(200);
    expect((await failure(client.request(get(`https://127.0.0.1:${port}`)))).details['reason']).toBe(
      'wrong-name',
    );
    expect(proxy.connects).toEqual([]);
  });

  it('are left out for the hosts of NO_PROXY, and when they are not wanted', async () => {
    const { proxy } = await behindProxy();
    const hosts = { HTTPS_PROXY: proxy.url, NO_PROXY: 'other.test, .lab.test' };
    const client = http({ ...trusting(ours), environment: () => hosts });
    expect((await failure(client.request(get('https://sub.lab.test')))).details['reason']).toBe('dns');
    expect(proxy.connects).toEqual([]);
    expect((await client.request(get(`https://${name}`))).status).toBe(200);

    const direct = http({ proxyFromEnvironment: false, environment: () => hosts });
    expect((await failure(direct.request(get(`https://${name}`)))).details['reason']).toBe('dns');
    expect(proxy.connects).toHaveLength(1);
  });

  it.each([407, 403])('that answer %i are named as the reason', async (status) => {
    const { proxy } = await behindProxy({ status });
    const client = http({ environment: () => ({ HTTPS_PROXY: proxy.url }) });
    expect(await failure(client.request(get(`https://${name}`)))).toMatchObject({
      code: 'mytoken/unreachable',
      details: { reason: 'proxy', sent: 'no' },
    });
  });

  it.each(['http://', 'ftp://127.0.0.1:1', '::::', 'http://127.0.0.1:1'])(
    'that are wrong (%s) fail before anything is sent',
    async (proxy) => {
      const client = http({ environment: () => ({ HTTPS_PROXY: proxy }) });
      const error = await failure(client.request(get(`https://${name}`)));
      expect(error).toMatchObject({ code: 'mytoken/unreachable', details: { sent: 'no' } });
    },
  );

  it('can change without a restart', async () => {
    const { proxy } = await behindProxy();
    let environment = {};
    const client = http({ ...trusting(ours), environment: () => environment });
    expect((await failure(client.request(get(`https://${name}`)))).details['reason']).toBe('dns');
    environment = { HTTPS_PROXY: proxy.url };
    client.reconfigure();
    expect((await client.request(get(`https://${name}`))).status).toBe(200);
  });
});
