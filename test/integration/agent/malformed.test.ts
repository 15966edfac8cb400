import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw, type Setup, start } from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await start({
    limits: { requestTimeoutMs: 400, headerTimeoutMs: 300, timeoutCheckMs: 100, idleTimeoutMs: 100 },
  });
});
afterAll(() => setup.endpoint.stop());

const good = (): Buffer => {
  const body = '{"account":"home","scope":"openid"}';
  return Buffer.from(
    `POST /v1/access-token HTTP/1.1\r\nHost: 127.0.0.1:${setup.port()}\r\nAuthorization: Bearer ${setup.key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    'latin1',
  );
};

type Change = { at: number } & (
  | { kind: 'set'; byte: number }
  | { kind: 'cut'; length: number }
  | { kind: 'put'; bytes: Uint8Array }
  | { kind: 'end' }
);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('set' as const), at: fc.nat(10_000), byte: fc.nat(255) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      at: fc.nat(10_000),
      length: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      at: fc.nat(10_000),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc
          .constantFrom(
            '\r\n',
            '\r\n\r\n',
            '\0',
            ': ',
            'Host: evil\r\n',
            'Origin: null\r\n',
            'Content-Length: 99\r\n',
            'Transfer-Encoding: chunked\r\n',
            'Expect: 100-continue\r\n',
            'Upgrade: websocket\r\nConnection: upgrade\r\n',
            '{"__proto__":',
            ' HTTP/9.9',
            '[[[[[[[[',
          )
          .map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), at: fc.nat(10_000) }) },
);

function mutate(bytes: Buffer, changes: readonly Change[]): Buffer {
  let result = bytes;
  for (const one of changes) {
    const at = one.at % (result.length + 1);
    if (one.kind === 'set') {
      result = Buffer.from(result);
      if (at < result.length) result[at] = one.byte;
    } else if (one.kind === 'cut')
      result = Buffer.concat([result.subarray(0, at), result.subarray(at + one.length)]);
    else if (one.kind === 'put')
      result = Buffer.concat([result.subarray(0, at), one.bytes, result.subarray(at)]);
    else result = result.subarray(0, at);
  }
  return result;
}

/** Every answer must be whole, ours, and hold a token only when it is a 200. */
function checkAnswers(text: string): void {
  for (const answer of text.split(/(?=HTTP\/1\.1 \d{3} )/)) {
    if (answer === '') continue;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
    expect(head).toContain('Cache-Control: no-store');
    expect(head).toContain(`Content-Type: application/${status === 200 ? 'json' : 'problem+json'}`);
    const json = JSON.parse(body) as { code?: string; access_token?: string };
    if (status === 200) expect(json.access_token).toBe('canary-access-token');
    else {
      expect(typeof json.code).toBe('string');
      expect(status, answer).toBeLessThan(500);
      expect(body).not.toContain('canary');
      expect(body).not.toContain(setup.key.slice(4, 30));
    }
  }
}

describe('malformed requests', () => {
  it(
    '2000 changed requests: whole answers, no 5xx, and a good request works afterwards',
    { timeout: 300_000 },
    async () => {
      const cases = fc.sample(fc.array(change, { minLength: 1, maxLength: 4 }), {
        numRuns: 2000,
        seed: 4711,
      });
      const queue = cases.map((changes) => mutate(good(), changes));
      const seen = new Set<string>();
      await Promise.all(
        Array.from({ length: 40 }, async () => {
          for (let bytes = queue.pop(); bytes !== undefined; bytes = queue.pop()) {
            const text = await raw(setup.port(), bytes);
            checkAnswers(text);
            seen.add(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'none');
          }
        }),
      );
      // The changes must have reached more than the parser.
      for (const status of ['200', '400', '401', '403', '404', '415']) expect(seen).toContain(status);
      const after = await setup.token({ account: 'home' });
      expect(after.status).toBe(200);
      expect(setup.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
      expect(setup.log.lines.join()).not.toContain('canary');
    },
  );

  it.each([
    ['noise', Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256))],
    ['a TLS hello', Buffer.from('1603010200010001fc0303', 'hex')],
    ['only line feeds', Buffer.from('\n'.repeat(500))],
    ['a negative length', Buffer.from('POST /v1/access-token HTTP/1.1\r\nContent-Length: -1\r\n\r\n')],
    ['folded headers', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n')],
    ['HTTP/0.9', Buffer.from('GET /v1/status\r\n')],
  ])('%s is answered with 4xx JSON or nothing', async (_what, bytes) => {
    const text = await raw(setup.port(), bytes);
    if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    checkAnswers(text);
    expect((await setup.token()).status).toBe(200);
  });
});
