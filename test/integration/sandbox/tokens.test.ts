/** Children, rotation, revocation, short tokens and codes. */
import { describe, expect, it } from 'vitest';
import type { IssuedMytoken } from '../../../sandbox/index.ts';
import { jwtPart, nowS, useSandbox, type Answer } from './support.ts';

const run = useSandbox();

function child(parent: string, request: Record<string, unknown> = {}): Promise<Answer> {
  return run.post('/token/my', { grant_type: 'mytoken', mytoken: parent, ...request });
}

function access(mytoken: unknown): Promise<Answer> {
  return run.post('/token/access', { grant_type: 'mytoken', mytoken });
}

function introspect(mytoken: unknown): Promise<Answer> {
  return run.post('/tokeninfo', { action: 'introspect', mytoken });
}

function parentToken(extra: object = {}): Promise<IssuedMytoken> {
  return run.sandbox.control.issueMytoken({ capabilities: ['AT', 'create_mytoken', 'tokeninfo'], ...extra });
}

describe('children', () => {
  it('get all capabilities when none are named, and silently lose what the parent lacks', async () => {
    const parent = await parentToken();
    expect((await child(parent.value)).body['capabilities']).toEqual(['AT', 'create_mytoken', 'tokeninfo']);
    const some = await child(parent.value, { capabilities: ['settings', 'tokeninfo:history', 'AT'] });
    expect(some.body['capabilities']).toEqual(['tokeninfo:history', 'AT']);
    const none = await child(parent.value, { capabilities: ['settings'] });
    expect(none.status).toBe(400);
    expect(none.body['error_description']).toBe(
      'mytoken to be issued cannot have any of the requested capabilities',
    );
  });

  it('lose a clause which is not tighter, whatever error_on_restrictions says', async () => {
    const exp = nowS() + 1000;
    const parent = await parentToken({ restrictions: [{ exp, usages_AT: 3 }] });
    const mixed = await child(parent.value, {
      restrictions: [
        { exp: exp - 10, usages_AT: 1 },
        { exp: exp + 10, usages_AT: 1 },
      ],
      error_on_restrictions: true,
    });
    expect(mixed.body['restrictions']).toEqual([{ exp: exp - 10, usages_AT: 1 }]);
    const lost = await child(parent.value, { restrictions: [{ usages_AT: 9 }] });
    expect(lost.body['restrictions']).toEqual([{ exp, usages_AT: 3 }]);
  });

  it('answer 400 when the quirk of the dead flag is off', async () => {
    const parent = await parentToken({ restrictions: [{ usages_AT: 3 }] });
    run.sandbox.control.setQuirks({ deadErrorOnRestrictions: false });
    const request = { restrictions: [{ usages_AT: 9 }], error_on_restrictions: true };
    const answer = await child(parent.value, request);
    run.sandbox.control.setQuirks({ deadErrorOnRestrictions: true });
    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toBe(
      'requested restrictions are not subset of original restrictions',
    );
  });

  it('do not inherit rotation, need create_mytoken, and answer in the wanted form', async () => {
    const parent = await parentToken({ rotation: { on_AT: true, lifetime: 1000 } });
    expect((await child(parent.value)).body).not.toHaveProperty('rotation');
    const plain = await run.sandbox.control.issueMytoken();
    const refused = await child(plain.value);
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toBe('insufficient_capabilities');

    const short = await child(parent.value, { response_type: 'short_token' });
    expect(short.body['mytoken']).toMatch(/^[a-zA-Z]{64}$/);
    expect(short.body['mytoken']).not.toMatch(/[lIO]/);
    const code = await child(parent.value, { response_type: 'transfer_code' });
    expect(code.body).not.toHaveProperty('mytoken');
    expect(code.body).toMatchObject({ mytoken_type: 'transfer_code', expires_in: 300 });
    expect(code.body['transfer_code']).toMatch(/^[a-zA-Z]{8}$/);
    const lengths: [number, string][] = [
      [10_000, 'token'],
      [64, 'short_token'],
      [20, 'transfer_code'],
    ];
    for (const [max_token_len, type] of lengths)
      expect(
        (await child(parent.value, { max_token_len, response_type: 'token' })).body['mytoken_type'],
      ).toBe(type);
    expect((await child(parent.value, { response_type: 'nonsense' })).body['mytoken_type']).toBe('token');
  });

  it('cannot be made without the refresh token: 400 with the code of a 401', async () => {
    const parent = await parentToken();
    run.sandbox.control.dropRefreshToken(parent.mom_id);
    const answer = await child(parent.value);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: 'invalid_token' });
    expect((await access(parent.value)).body['error_description']).toBe('No refresh token attached');
  });

  it('read hosts "this", relative times and templates', async () => {
    const parent = await parentToken();
    const answer = await child(parent.value, {
      restrictions: [{ include: '1d', HOSTS: ['this'], ip: ['10.0.0.1'] }],
      capabilities: ['@default'],
      rotation: 'at',
    });
    const [clause] = answer.body['restrictions'] as { exp: number; hosts: string[] }[];
    expect(clause?.hosts).toEqual(['127.0.0.1']);
    expect(Math.abs((clause?.exp ?? 0) - nowS() - 86_400)).toBeLessThan(5);
    expect(answer.body).toMatchObject({ capabilities: ['AT', 'tokeninfo'], rotation: { on_AT: true } });
    const unknown = await child(parent.value, { restrictions: 'nope' });
    expect(unknown.body).toEqual({
      error: 'invalid_request',
      error_description: "unknown include name: 'nope'",
    });
  });
});

describe('rotation', () => {
  it('replaces the string in the answer and the cookie; the old one is dead', async () => {
    const token = await run.sandbox.control.issueMytoken({ rotation: { on_AT: true, lifetime: 600 } });
    const answer = await access(token.value);
    const update = answer.body['token_update'] as Record<string, unknown>;
    expect(update).toMatchObject({ mytoken_type: 'token', mom_id: token.mom_id, expires_in: 600 });
    const before = jwtPart(token.value);
    const after = jwtPart(update['mytoken']);
    expect(after).toMatchObject({ jti: before['jti'], seq_no: 2 });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toContain(`mytoken=${String(update['mytoken'])};`);
    expect(cookie).toMatch(/Path=\/api/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).toMatch(/Domain=127\.0\.0\.1/);
    expect(cookie).not.toMatch(/Secure/);
    const stale = await access(token.value);
    expect(stale.status).toBe(401);
    expect(stale.body).toEqual({ error: 'invalid_token' });
    // Without auto_revoke the current string goes on working.
    expect((await access(update['mytoken'])).status).toBe(200);
  });

  it('auto_revoke ends the family when an old string is presented', async () => {
    const token = await parentToken({ rotation: { on_other: true, auto_revoke: true } });
    const answer = await child(token.value);
    const update = answer.body['token_update'] as Record<string, unknown>;
    expect((await introspect(answer.body['mytoken'])).status).toBe(200);
    expect((await introspect(token.value)).status).toBe(401);
    for (const dead of [update['mytoken'], answer.body['mytoken']]) {
      const refused = await introspect(dead);
      expect(refused.status).toBe(401);
      expect(refused.body).toEqual({ error: 'invalid_token' });
    }
  });

  it('two parallel users of a rotating token: one wins, the other is refused', async () => {
    const token = await run.sandbox.control.issueMytoken({ rotation: { on_AT: true } });
    const answers = await Promise.all([access(token.value), access(token.value)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401]);
  });

  it('refuses after the lifetime even if it never rotated, with auto_revoke for good', async () => {
    const token = await parentToken({ rotation: { lifetime: 100, auto_revoke: true } });
    expect(jwtPart(token.value)).not.toHaveProperty('exp');
    run.sandbox.control.advanceClock(99);
    expect((await introspect(token.value)).status).toBe(200);
    run.sandbox.control.advanceClock(2);
    expect((await introspect(token.value)).body).toEqual({ error: 'invalid_token' });
    run.sandbox.control.advanceClock(-101);
    expect((await introspect(token.value)).status).toBe(401);
  });

  it('a short token comes back as a short token', async () => {
    const token = await run.sandbox.control.issueMytoken({
      rotation: { on_AT: true },
      responseType: 'short_token',
    });
    expect((await introspect(token.value)).body['token_type']).toBe('short_token');
    const update = (await access(token.value)).body['token_update'] as Record<string, unknown>;
    expect(update['mytoken_type']).toBe('short_token');
    expect(update['mytoken']).not.toBe(token.value);
    expect((await introspect(update['mytoken'])).status).toBe(200);
    expect((await introspect(token.value)).status).toBe(401);
  });
});

describe('revocation', () => {
  const revoke = (body: object, headers?: Record<string, string>): Promise<Answer> =>
    run.post('/token/revoke', body, headers);

  it('answers 204 for a token, for the same again and for garbage', async () => {
    const token = await run.sandbox.control.issueMytoken();
    for (const value of [token.value, token.value, 'a.b.c', 'x'.repeat(64), 'abcdefgh'])
      expect((await revoke({ token: value })).status).toBe(204);
    expect((await introspect(token.value)).status).toBe(401);
  });

  it('promotes children, unless recursive', async () => {
    const parent = await parentToken();
    const kid = (await child(parent.value)).body;
    await revoke({ token: parent.value });
    expect((await access(kid['mytoken'])).status).toBe(200);
    // A root of its own: the dead parent is no ancestor any more, although its signature still counts here.
    const late = await revoke({ token: parent.value, mom_id: kid['mom_id'] });
    expect(late.body['error']).toBe('insufficient_capabilities');
    const promoted = run.sandbox.control.tokens().find((entry) => entry.momId === kid['mom_id']);
    expect(promoted).not.toHaveProperty('parentMomId');
    const top = await parentToken();
    const grandchild = (await child(String((await child(top.value)).body['mytoken']))).body;
    await revoke({ token: top.value, recursive: true });
    expect((await introspect(grandchild['mytoken'])).status).toBe(401);
  });

  it('kills the refresh token at the provider only with its last user', async () => {
    const parent = await parentToken();
    const kid = (await child(parent.value)).body;
    await revoke({ token: parent.value });
    expect((await access(kid['mytoken'])).status).toBe(200);
    await revoke({ token: kid['mytoken'] });
    expect((await access(kid['mytoken'])).status).toBe(401);
  });

  it('an outdated JWT is a 500', async () => {
    const token = await run.sandbox.control.issueMytoken({ rotation: { on_AT: true } });
    await access(token.value);
    const answer = await revoke({ token: token.value });
    expect(answer.status).toBe(500);
    expect(answer.body['error']).toBe('internal_server_error');
  });

  it('reads the cookie but not the Authorization header', async () => {
    const token = await run.sandbox.control.issueMytoken();
    const nothing = await revoke({}, { authorization: `Bearer ${token.value}` });
    expect(nothing.status).toBe(400);
    expect(nothing.body['error_description']).toBe('no token given');
    expect((await revoke({}, { cookie: `mytoken=${token.value}` })).status).toBe(204);
    expect((await introspect(token.value)).status).toBe(401);
  });

  it('refuses another issuer', async () => {
    const token = await run.sandbox.control.issueMytoken();
    const answer = await revoke({ token: token.value, oidc_issuer: 'https://elsewhere.example' });
    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toBe('token not for specified issuer');
  });

  it('by mom_id: ancestors may, others need the capability', async () => {
    const parent = await parentToken();
    const kid = (await child(parent.value)).body;
    const stranger = await run.sandbox.control.issueMytoken();
    const manager = await run.sandbox.control.issueMytoken({
      capabilities: ['manage_mytokens:revoke'],
      rotation: { on_other: true },
    });
    const bob = await run.sandbox.control.issueMytoken({ user: 'bob' });
    const refused = await revoke({ token: stranger.value, mom_id: kid['mom_id'] });
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toBe('insufficient_capabilities');
    expect(String(refused.body['error_description'])).toMatch(/neither a parent .* nor /);
    const foreign = await revoke({ token: manager.value, mom_id: bob.mom_id });
    expect(foreign.body).toEqual({
      error: 'invalid_grant',
      error_description: 'The provided token cannot be used to revoke this mom_id',
    });
    expect((await revoke({ token: parent.value, mom_id: kid['mom_id'] })).status).toBe(204);
    expect((await introspect(kid['mytoken'])).status).toBe(401);
    const managed = await revoke({ token: manager.value, mom_id: stranger.mom_id });
    expect(managed.status).toBe(200);
    expect(managed.body).toHaveProperty('token_update.mytoken');
    const bad = await revoke({ token: 'a.b.c', mom_id: parent.mom_id });
    expect(bad.status).toBe(400);
    expect(bad.body['error']).toBe('invalid_request');
  });
});

describe('transfer codes', () => {
  const redeem = (transfer_code: unknown): Promise<Answer> =>
    run.post('/token/my', { grant_type: 'transfer_code', transfer_code });

  it('give the same token, once, without rotation', async () => {
    const token = await run.sandbox.control.issueMytoken({
      rotation: { on_AT: true },
      responseType: 'short_token',
    });
    const made = await run.post('/token/transfer', { mytoken: token.value });
    expect(made.body).toMatchObject({ mytoken_type: 'transfer_code', expires_in: 300 });
    const answer = await redeem(made.body['transfer_code']);
    expect(answer.body).toMatchObject({ mytoken_type: 'token', mom_id: token.mom_id });
    expect(answer.body).not.toHaveProperty('rotation');
    const again = await redeem(made.body['transfer_code']);
    expect(again.status).toBe(401);
    expect(again.body['error_description']).toBe('Bad polling or transfer code');
  });

  it('are consumed by a 500 when the token is out of its time', async () => {
    const token = await run.sandbox.control.issueMytoken({ restrictions: [{ exp: nowS() + 50 }] });
    const { body } = await run.post('/token/transfer', { mytoken: token.value });
    run.sandbox.control.advanceClock(60);
    expect((await redeem(body['transfer_code'])).status).toBe(500);
    run.sandbox.control.advanceClock(-60);
    expect((await redeem(body['transfer_code'])).status).toBe(401);
  });

  it('revoking the code spares the token, unless the code was its delivery', async () => {
    const token = await parentToken();
    const made = await run.post('/token/transfer', { mytoken: token.value });
    await run.post('/token/revoke', { token: made.body['transfer_code'] });
    expect((await redeem(made.body['transfer_code'])).status).toBe(401);
    expect((await introspect(token.value)).status).toBe(200);
    const before = run.sandbox.control.tokens().length;
    const primary = (await child(token.value, { response_type: 'transfer_code' })).body;
    expect(run.sandbox.control.tokens()).toHaveLength(before + 1);
    await run.post('/token/revoke', { token: primary['transfer_code'] });
    expect(run.sandbox.control.tokens()).toHaveLength(before);
  });

  it('a pending polling code is not one', async () => {
    const start = await run.post('/token/my', {
      grant_type: 'oidc_flow',
      oidc_issuer: run.sandbox.providers[0]?.issuer,
    });
    const answer = await redeem(start.body['polling_code']);
    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toBe('token not valid');
  });
});
