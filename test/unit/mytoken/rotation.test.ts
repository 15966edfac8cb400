import { describe, expect, it } from 'vitest';
import { RotatedAnswerError } from '../../../electron/mytoken/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import {
  bench,
  failure,
  held,
  issuer,
  json,
  jwt,
  newKey,
  paths,
  text,
  unreachable,
  withCookie,
} from './fake-server.ts';

const accessToken = { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 };
const current = jwt({ seq_no: 4, rotation: { on_AT: true } });
const successor = jwt({ seq_no: 5, rotation: { on_AT: true } });
const shortToken = 'aB'.repeat(32);
const nextShort = 'cD'.repeat(32);
const jti2 = '00000000-0000-4000-8000-000000000002';

const updated = (mytoken: string, more: object = {}) =>
  json(200, { ...accessToken, token_update: { mytoken, mytoken_type: 'token', ...more } });

describe('a replaced mytoken', () => {
  it('is found in the body', async () => {
    const { client, server } = bench();
    server.on(paths.access, updated(successor));
    const { update, value } = await client.accessToken(held(current), {});
    expect(value.accessToken.reveal()).toBe('at-1');
    expect(update?.value.reveal()).toBe(successor);
    expect(update?.claims?.seq_no).toBe(5);
    expect(update?.claimsVerified).toBeUndefined();
  });

  it('is found in the cookie alone', async () => {
    const { client, server } = bench();
    server.on(
      paths.access,
      withCookie(
        json(200, accessToken),
        'other=1; Path=/',
        `mytoken=${successor}; Path=/api; Domain=mytoken.example.org; Max-Age=604800; HttpOnly; SameSite=Strict`,
        'mytoken-transfercode=hQmZtKcR; Path=/api',
      ),
    );
    const { update } = await client.accessToken(held(current), {});
    expect(update?.value.reveal()).toBe(successor);
  });

  it('counts in the body when both are there', async () => {
    const { client, server } = bench();
    server.on(paths.access, withCookie(updated(successor), `mytoken=${jwt({ seq_no: 9 })}`));
    expect((await client.accessToken(held(current), {})).update?.claims?.seq_no).toBe(5);
  });

  it('is none when the server only repeats what was sent', async () => {
    const { client, server } = bench();
    server.on(
      paths.access,
      updated(current),
      withCookie(json(200, accessToken), `mytoken=${current}; Path=/api`),
    );
    expect((await client.accessToken(held(current), {})).update).toBeNull();
    expect((await client.accessToken(held(current), {})).update).toBeNull();
  });

  it.each([
    ['mytoken=; Max-Age=0'],
    ['mytoken=deleted; Path=/'],
    ['mytoken'],
    ['xmytoken=' + nextShort],
    ['a=mytoken=' + nextShort],
  ])('is not made of the cookie %s', async (cookie) => {
    const { client, server } = bench();
    server.on(paths.access, withCookie(json(200, accessToken), cookie));
    expect((await client.accessToken(held(shortToken), {})).update).toBeNull();
  });

  it.each([
    ['another mytoken', jwt({ seq_no: 5, jti: jti2 })],
    ['an older one', jwt({ seq_no: 3 })],
    ['one of the same number', jwt({ seq_no: 4, name: 'x' })],
    ['one of another server', jwt({ seq_no: 5, iss: 'https://other.example' })],
    ['one signed by somebody else', jwt({ seq_no: 5 }, { key: newKey() })],
  ])('in the body is not believed when it is %s', async (_name, mytoken) => {
    const { client, server } = bench();
    server.on(paths.access, updated(mytoken));
    const error = await failure(client.accessToken(held(current), {}));
    expect(['mytoken/bad-signature', 'mytoken/issuer-mismatch']).toContain(error.code);
    // The old string may be dead: whoever keeps it has to find out.
    expect(error.details['sent']).toBe('maybe');
  });

  it('in a foreign cookie is ignored', async () => {
    const { client, server, log } = bench();
    server.on(paths.access, withCookie(json(200, accessToken), `mytoken=${jwt({ seq_no: 5, jti: jti2 })}`));
    const { update, value } = await client.accessToken(held(current), {});
    expect(update).toBeNull();
    expect(value.accessToken.reveal()).toBe('at-1');
    expect(log.lines).toEqual(['mytoken.foreign-cookie {"code":"mytoken/bad-signature"}']);
  });

  it('in short form is taken as it is', async () => {
    const { client, server } = bench();
    server.on(
      paths.access,
      updated(nextShort, {
        mytoken_type: 'short_token',
        mom_id: 'm==',
        capabilities: ['AT'],
        rotation: { on_AT: true },
      }),
      withCookie(json(200, accessToken), `mytoken=${nextShort}; Path=/api`),
    );
    expect((await client.accessToken(held(shortToken), {})).update).toMatchObject({
      kind: 'short',
      claims: null,
      momId: 'm==',
      capabilities: ['AT'],
      rotation: { on_AT: true },
    });
    expect((await client.accessToken(held(shortToken), {})).update).toMatchObject({
      kind: 'short',
      momId: null,
    });
  });

  it.each([
    ['unreachable', unreachable],
    ['broken', text(500, '')],
    ['nonsense', text(200, '<html>')],
  ])('is kept, marked as unverified, while the keys are %s', async (_name, keys) => {
    const { client, server, log } = bench();
    server.on(paths.jwks, keys);
    server.on(paths.access, updated(successor));
    const { update } = await client.accessToken(held(current), {});
    expect(update?.value.reveal()).toBe(successor);
    expect(update?.claimsVerified).toBe(false);
    expect(update?.claims?.seq_no).toBe(5);
    expect(log.lines.join()).toMatch(/^mytoken\.unverified /);
  });

  it('is not lost even when the rest of the answer is unusable', async () => {
    const { client, server } = bench();
    server.on(paths.access, json(200, { access_token: null, token_update: { mytoken: successor } }));
    const error = await failure(client.accessToken(held(current), {}));
    expect(error).toMatchObject({ code: 'mytoken/bad-answer', details: { sent: 'maybe' } });
    if (!(error instanceof RotatedAnswerError)) throw new Error('the update is gone');
    expect(error.update.value.reveal()).toBe(successor);
    expect(JSON.stringify(error.toEnvelope())).not.toContain(successor);
  });

  it('comes with every call that uses a mytoken', async () => {
    const { client, server } = bench();
    const withUpdate = (value: object) => json(200, { ...value, token_update: { mytoken: successor } });
    server
      .on(paths.my, withUpdate({ mytoken: jwt({ jti: jti2 }), mytoken_type: 'token' }))
      .on(paths.transfer, withUpdate({ transfer_code: 'hQmZtKcR', mytoken_type: 'transfer_code' }))
      .on(
        paths.tokeninfo,
        withUpdate({ events: [] }),
        withUpdate({ mytokens: { token: { mom_id: 'm', created: 1 } } }),
        withUpdate({ mytokens: [] }),
      )
      .on(paths.revoke, withUpdate({}));
    const token = held(current);
    const answers = [
      await client.createSubMytoken(token, {}),
      await client.createTransferCode(token),
      await client.eventHistory(token),
      await client.subtokens(token),
      await client.listMytokens(token),
      await client.revoke(token, { momId: 'm' }),
    ];
    expect(answers.map(({ update }) => update?.claims?.seq_no)).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

describe('a mytoken issued by a login', () => {
  it('is kept, marked as unverified, when the keys cannot be had: the code is used up', async () => {
    const { client, server } = bench();
    server.on(paths.jwks, unreachable).on(paths.my, json(200, { mytoken: jwt(), mytoken_type: 'token' }));
    const answer = await client.poll(issuer, new Secret('UzNGU2RG'));
    expect(answer).toMatchObject({ kind: 'done', token: { claimsVerified: false } });
  });

  it('is refused when its signature is wrong', async () => {
    const { client, server } = bench();
    server.on(paths.my, json(200, { mytoken: jwt({}, { key: newKey() }), mytoken_type: 'token' }));
    expect((await failure(client.poll(issuer, new Secret('x')))).code).toBe('mytoken/bad-signature');
  });
});
