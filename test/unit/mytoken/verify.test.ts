import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/ports/index.ts';
import { bench, claims, failure, issuer, json, jwt, newKey, paths, unreachable } from './fake-server.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const codeOf = async (promise: Promise<unknown>): Promise<string> => (await failure(promise)).code;

describe('verify', () => {
  it.each(['ES512', 'ES384', 'ES256'])('accepts a mytoken signed with %s', async (alg) => {
    const { client, server } = bench();
    const key = newKey(alg);
    server.on(paths.jwks, json(200, { keys: [newKey('ES256').jwk, key.jwk, { kty: 'EC', alg: 'ES999' }] }));
    const read = await client.verify(new Secret(jwt({ exp: 1 }, { key })));
    expect(read).toMatchObject({ iss: issuer, seq_no: 1, oidc_sub: 'alice', exp: 1 });
  });

  it('fetches the keys once, and again when a signature does not fit', async () => {
    const { client, server } = bench();
    const [oldKey, newerKey] = [newKey(), newKey()];
    server.on(paths.jwks, json(200, { keys: [oldKey.jwk] }), json(200, { keys: [newerKey.jwk] }));
    await client.verify(new Secret(jwt({}, { key: oldKey })));
    await client.verify(new Secret(jwt({ seq_no: 2 }, { key: oldKey })));
    expect(server.count(paths.jwks)).toBe(1);
    await client.verify(new Secret(jwt({}, { key: newerKey })));
    expect(server.count(paths.jwks)).toBe(2);
    expect(await codeOf(client.verify(new Secret(jwt({}, { key: newKey() }))))).toBe('mytoken/bad-signature');
    expect(server.count(paths.jwks)).toBe(3);
  });

  it('refuses a changed mytoken', async () => {
    const { client } = bench();
    const [header, , signature] = jwt().split('.');
    const forged = [header, part(claims({ capabilities: ['settings'] })), signature].join('.');
    expect(await codeOf(client.verify(new Secret(forged)))).toBe('mytoken/bad-signature');
  });

  it('refuses none and shared keys, even a public key used as one (RFC 8725, 2.1)', async () => {
    const { client, server } = bench();
    const { jwk } = newKey();
    server.on(
      paths.jwks,
      json(200, {
        keys: [
          { ...jwk, alg: 'HS256' },
          { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
        ],
      }),
    );
    for (const alg of ['none', 'HS256', 'hs256', 'None', '']) {
      const input = `${part({ alg, typ: 'MT+JWT' })}.${part(claims())}`;
      const mac = createHmac('sha256', Buffer.from('c2VjcmV0', 'base64url'))
        .update(input)
        .digest('base64url');
      for (const signature of [mac, 'AAAA']) {
        expect(await codeOf(client.verify(new Secret(`${input}.${signature}`)))).toMatch(
          /^mytoken\/(bad-signature|bad-answer)$/,
        );
      }
      expect(server.count(paths.jwks)).toBe(0);
    }
  });

  it('does not use keys meant for encryption or another algorithm', async () => {
    const { client, server } = bench();
    const key = newKey();
    server.on(
      paths.jwks,
      json(200, {
        keys: [
          { ...key.jwk, use: 'enc' },
          { ...key.jwk, alg: 'ES256' },
        ],
      }),
    );
    expect(await codeOf(client.verify(new Secret(jwt({}, { key }))))).toBe('mytoken/bad-signature');
  });

  it.each([
    ['another type', jwt({}, { header: { typ: 'JWT' } })],
    ['another token type', jwt({ token_type: 'access_token' })],
    ['no claims', `${part({ alg: 'ES512', typ: 'MT+JWT' })}.${part([])}.AAAA`],
    ['two parts', 'a.b'],
    ['a short token', 'aB'.repeat(32)],
    ['rubbish', '%%%.%%%.%%%'],
  ])('knows that it is not a mytoken: %s', async (_name, value) => {
    const { client, server } = bench();
    expect(await codeOf(client.verify(new Secret(value)))).toBe('import/not-a-mytoken');
    expect(server.requests).toEqual([]);
  });

  it('accepts a header without typ, as older servers write it', async () => {
    const { client } = bench();
    await client.verify(new Secret(jwt({}, { header: { typ: undefined } })));
  });

  it('R-1 asks no server that is not allowed', async () => {
    const { client, server } = bench();
    for (const iss of ['http://mytoken.example.org', 'file:///x', 'https://u:p@mytoken.example.org']) {
      expect(await codeOf(client.verify(new Secret(jwt({ iss }))))).toBe('mytoken/url-not-allowed');
    }
    expect(server.requests).toEqual([]);
  });

  it('compares the issuer byte for byte', async () => {
    const { client } = bench();
    expect(await codeOf(client.verify(new Secret(jwt({ iss: `${issuer}/` }))))).toBe(
      'mytoken/issuer-mismatch',
    );
  });

  it('does not call a mytoken bad when the keys cannot be had', async () => {
    const { client, server } = bench();
    server.on(paths.jwks, unreachable);
    expect(await codeOf(client.verify(new Secret(jwt())))).toBe('mytoken/unreachable');
  });
});
