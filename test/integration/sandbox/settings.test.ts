/** User settings: grants, ssh keys, e-mail. Each test has its own user record where it matters. */
import { describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import type { IssueMytokenOptions } from '../../../sandbox/index.ts';
import { call, jwtPart, useSandbox, type Answer, type Json } from './support.ts';

const run = useSandbox({ providerCount: 3 });

async function issue(options: IssueMytokenOptions = {}): Promise<string> {
  const token = await run.sandbox.control.issueMytoken({
    capabilities: ['settings', 'tokeninfo'],
    ...options,
  });
  return token.value;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function read(path: string, token: string): Promise<Answer> {
  return run.get(`/api/v0/settings${path}`, bearer(token));
}

async function history(mytoken: unknown): Promise<Json[]> {
  const answer = await run.post('/tokeninfo', { action: 'event_history', mytoken });
  return answer.body['events'] as Json[];
}

function updated(answer: Answer): string {
  return String((answer.body['token_update'] as Json)['mytoken']);
}

/** A new key as ssh-keygen writes it. */
function publicKey(): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const type = Buffer.from('ssh-ed25519');
  const raw = Buffer.from(x, 'base64url');
  const sized = (part: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return Buffer.concat([length, part]);
  };
  return `ssh-ed25519 ${Buffer.concat([sized(type), sized(raw)]).toString('base64')} me@host`;
}

describe('grants', () => {
  it('null for a fresh user; Created as text, then 204; the history names the grant', async () => {
    const token = await issue({ user: 'bob' });
    expect((await read('/grants', token)).body).toEqual({ grant_types: null });
    const on = await run.post('/settings/grants', { grant_type: 'ssh', mytoken: token });
    expect([on.status, on.text]).toEqual([201, 'Created']);
    expect(on.headers.get('content-type')).toContain('text/plain');
    expect((await read('/grants', token)).body).toEqual({
      grant_types: [{ grant_type: 'ssh', enabled: true }],
    });
    const off = await run.send('DELETE', '/settings/grants', { grant_type: 'ssh', mytoken: token });
    expect([off.status, off.text]).toEqual([204, '']);
    expect((await read('/grants', token)).body).toEqual({
      grant_types: [{ grant_type: 'ssh', enabled: false }],
    });
    expect((await history(token)).map((entry) => [entry['event'], entry['comment']])).toEqual([
      ['settings_grants_listed', undefined],
      ['settings_grant_disabled', 'ssh'],
      ['settings_grants_listed', undefined],
      ['settings_grant_enabled', 'ssh'],
      ['settings_grants_listed', undefined],
      ['created', 'Used grant_type oidc_flow authorization_code'],
    ]);
  });

  it('a rotating token is told its successor with a body', async () => {
    const first = await issue({ rotation: { on_other: true } });
    const on = await run.post('/settings/grants', { grant_type: 'ssh', mytoken: first });
    expect(on.status).toBe(201);
    expect(Object.keys(on.body)).toEqual(['token_update']);
    expect(on.headers.get('set-cookie')).toContain(`mytoken=${updated(on)};`);
    expect((await read('/grants', first)).status).toBe(401);
    const off = await run.send('DELETE', '/settings/grants', { grant_type: 'ssh', mytoken: updated(on) });
    expect(off.status).toBe(200);
    expect((await read('/grants', updated(off))).status).toBe(200);
  });

  it('capabilities, unknown grants, restrictions', async () => {
    const reader = await issue({ capabilities: ['read@settings'] });
    expect((await read('/grants', reader)).status).toBe(200);
    const refused = await run.post('/settings/grants', { grant_type: 'ssh', mytoken: reader });
    expect([refused.status, refused.body['error']]).toEqual([403, 'insufficient_capabilities']);
    const unknown = await run.post('/settings/grants', { grant_type: 'password', mytoken: reader });
    expect([unknown.status, unknown.body['error_description']]).toEqual([400, "no valid 'grant_type' found"]);
    const once = await issue({ restrictions: [{ usages_AT: 0, usages_other: 1 }] });
    expect((await read('/grants', once)).status).toBe(200);
    expect((await read('/grants', once)).body['error']).toBe('usage_restricted');
    const nobody = await run.get('/api/v0/settings/grants');
    expect([nobody.status, nobody.body['error_description']]).toEqual([401, 'no mytoken found in request']);
  });
});

describe('e-mail', () => {
  const put = (body: object): Promise<Answer> => run.send('PUT', '/settings/email', body);

  it('comes from the provider at the first login', async () => {
    const { mytoken } = await run.login({
      capabilities: ['settings:email'],
      oidc_issuer: run.sandbox.providers[2]?.issuer,
    });
    expect((await read('/email', String(mytoken))).body).toEqual({
      email_address: 'alice@example.org',
      email_verified: true,
      prefer_html_mail: false,
    });
  });

  it('a change is unverified until the link in the mail was opened, within an hour', async () => {
    const { control } = run.sandbox;
    const token = await issue({ provider: 1 });
    control.clearMails();
    const changed = await put({ mytoken: token, email_address: 'new@example.org', prefer_html_mail: true });
    expect([changed.status, changed.text]).toEqual([204, '']);
    const status = async (): Promise<unknown> => (await read('/email', token)).body['email_verified'];
    expect(await status()).toBe(false);
    const mails = (await call(`${run.sandbox.mytokenUrl}/__sandbox/mails`)).text;
    expect(JSON.parse(mails)).toMatchObject([{ kind: 'verify_email', to: 'new@example.org', html: true }]);
    const link = control.mails()[0]?.links[0] ?? '';
    expect((await call(link.replace(/code=.*/, 'code=wrong'))).status).toBe(404);
    expect((await call(link.replace('verify_email', 'nonsense'))).status).toBe(400);
    control.advanceClock(3601);
    expect((await call(link)).status).toBe(404);
    control.advanceClock(-3601);
    expect(await status()).toBe(false);
    expect((await call(link)).status).toBe(200);
    expect(await status()).toBe(true);
    expect((await call(link)).status).toBe(404);
    // The same address again: still verified, no mail.
    expect((await put({ mytoken: token, email_address: 'new@example.org' })).status).toBe(204);
    expect(await status()).toBe(true);
    expect(control.mails()).toHaveLength(1);
    const log = (await history(token)).map((entry) => [entry['event'], entry['comment']]);
    expect(log).toContainEqual(['email_changed', undefined]);
    expect(log).toContainEqual(['email_mimetype_changed', 'to html']);
    expect(log).toContainEqual(['email_settings_listed', undefined]);
  });

  it('a link of an earlier address does not verify a later one', async () => {
    const { control } = run.sandbox;
    const token = await issue({ provider: 1 });
    control.clearMails();
    await put({ mytoken: token, email_address: 'one@example.org' });
    await put({ mytoken: token, email_address: 'two@example.org' });
    expect((await call(control.mails()[0]?.links[0] ?? '')).status).toBe(404);
    expect((await read('/email', token)).body['email_verified']).toBe(false);
  });

  it('errors: nothing given, missing capability, mail switched off', async () => {
    const { control } = run.sandbox;
    const token = await issue();
    const nothing = await put({ mytoken: token });
    expect([nothing.status, nothing.body['error_description']]).toEqual([400, 'no request parameter given']);
    const reader = await issue({ capabilities: ['read@settings:email'] });
    expect((await put({ mytoken: reader, prefer_html_mail: true })).status).toBe(403);
    const rotating = await issue({ rotation: { on_other: true } });
    const told = await put({ mytoken: rotating, prefer_html_mail: false });
    expect(told.status).toBe(200);
    expect((await read('/email', updated(told))).body).toHaveProperty('token_update');
    control.setServer({ features: { mail: false } });
    expect((await read('/email', token)).status).toBe(404);
    control.setServer({ features: { mail: true } });
  });

  it('tests set the settings directly', async () => {
    await call(`${run.sandbox.mytokenUrl}/__sandbox/email`, {
      method: 'POST',
      body: JSON.stringify({ user: 'bob', address: '', verified: false }),
    });
    const token = await issue({ user: 'bob' });
    expect((await read('/email', token)).body).toMatchObject({ email_address: '', email_verified: false });
  });
});

describe('ssh keys', () => {
  const add = (body: object): Promise<Answer> =>
    run.post('/settings/grants/ssh', { grant_type: 'mytoken', ...body });
  const poll = (polling_code: unknown): Promise<Answer> =>
    run.post('/settings/grants/ssh', { grant_type: 'polling_code', polling_code });
  const enable = (mytoken: string): Promise<Answer> =>
    run.post('/settings/grants', { grant_type: 'ssh', mytoken });

  it('are added through a login, listed, and deleted with their mytoken', async () => {
    const token = await issue({ capabilities: ['settings', 'tokeninfo', 'manage_mytokens'] });
    await enable(token);
    expect((await read('/grants/ssh', token)).body).toEqual({ grant_enabled: true, ssh_keys: null });
    const ssh_key = publicKey();
    const begun = await add({
      mytoken: token,
      ssh_key,
      name: 'work',
      restrictions: [{ exp: 4_000_000_000 }],
    });
    expect(begun.body).toMatchObject({ expires_in: 300, interval: 5 });
    const waiting = await poll(begun.body['polling_code']);
    expect([waiting.status, waiting.body]).toEqual([428, { error: 'authorization_pending' }]);
    const consent = await call(String(begun.body['consent_uri']));
    expect(consent.text).toContain('mytoken for ssh-grant: work');
    await run.sandbox.control.completeLogin(String(begun.body['consent_uri']), { user: 'alice' });

    const elsewhere = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: begun.body['polling_code'],
    });
    expect([elsewhere.status, elsewhere.body['error_description']]).toEqual([
      401,
      'Bad polling or transfer code',
    ]);
    const done = await poll(begun.body['polling_code']);
    expect(done.status).toBe(200);
    const user = String(done.body['ssh_user']);
    expect(user).toMatch(/^[A-Za-z]{16}$/);
    expect(done.body['ssh_host_config']).toBe(
      `Host mytoken-work\n    HostName 127.0.0.1\n    Port 2222\n    User ${user}\n`,
    );
    expect((await poll(begun.body['polling_code'])).status).toBe(401);

    const keys = (await read('/grants/ssh', token)).body['ssh_keys'] as Json[];
    expect(keys.map((key) => Object.keys(key))).toEqual([['name', 'ssh_key_fp', 'created']]);
    expect(keys[0]?.['name']).toBe('work');
    expect(keys[0]?.['ssh_key_fp']).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const names = async (): Promise<unknown[]> => {
      const list = await run.post('/tokeninfo', { action: 'list_mytokens', mytoken: token });
      return (list.body['mytokens'] as { token: Json }[]).map((entry) => entry.token['name']);
    };
    expect(await names()).toContain('mytoken for ssh-grant: work');
    const fingerprint = keys[0]?.['ssh_key_fp'];
    const tryAs = async (sshUser: string): Promise<unknown> =>
      (
        await call(`${run.sandbox.mytokenUrl}/__sandbox/ssh-login`, {
          method: 'POST',
          body: JSON.stringify({ sshUser, fingerprint }),
        })
      ).body['allowed'];
    expect(await tryAs('somebody')).toBe(false);
    expect(await tryAs(user)).toBe(true);
    const used = (await read('/grants/ssh', token)).body['ssh_keys'] as Json[];
    expect(used[0]?.['last_used']).toBeTypeOf('number');
    await run.send('DELETE', '/settings/grants', { grant_type: 'ssh', mytoken: token });
    expect(await tryAs(user)).toBe(false);
    await enable(token);
    const again = await add({ mytoken: token, ssh_key });
    expect([again.status, again.body]).toEqual([
      409,
      { error: 'invalid_request', error_description: 'ssh key already added' },
    ]);
    const gone = await run.send('DELETE', '/settings/grants/ssh', {
      mytoken: token,
      ssh_key_fp: keys[0]?.['ssh_key_fp'],
    });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await read('/grants/ssh', token)).body['ssh_keys']).toBeNull();
    expect(await names()).not.toContain('mytoken for ssh-grant: work');
    const log = await history(token);
    expect(log).toContainEqual(expect.objectContaining({ event: 'ssh_key_added', comment: 'work' }));
    expect(log.filter((entry) => entry['event'] === 'ssh_keys_listed')).toHaveLength(4);
  });

  it('the mytoken behind a key gets AT unless more was asked for; a decline is told', async () => {
    const token = await issue({ user: 'bob', provider: 1 });
    await enable(token);
    const plain = await add({ mytoken: token, ssh_key: publicKey() });
    const page = await call(String(plain.body['consent_uri']));
    expect(page.text).toMatch(/value="AT" checked/);
    expect(page.text).not.toMatch(/value="tokeninfo" checked/);
    await run.sandbox.control.completeLogin(String(plain.body['consent_uri']), {
      user: 'bob',
      approve: false,
    });
    const declined = await poll(plain.body['polling_code']);
    expect([declined.status, declined.body['error']]).toEqual([401, 'access_denied']);
  });

  it('errors: grant off, bad keys, relative times, wrong grant type, missing capability', async () => {
    const token = await issue({ user: 'bob', provider: 2 });
    const off = await add({ mytoken: token, ssh_key: publicKey() });
    expect([off.status, off.body]).toEqual([
      403,
      { error: 'access_denied', error_description: "'ssh' grant type not enabled" },
    ]);
    await enable(token);
    for (const ssh_key of [
      '',
      'ssh-ed25519 AAAA',
      'not a key',
      publicKey().replace('ssh-ed25519', 'ssh-rsa'),
    ]) {
      const bad = await add({ mytoken: token, ssh_key });
      expect([bad.status, bad.body['error_description']]).toEqual([400, 'could not parse ssh public key']);
    }
    expect((await add({ mytoken: token, ssh_key: publicKey(), restrictions: [{ exp: '+1d' }] })).status).toBe(
      400,
    );
    expect((await add({ mytoken: token, ssh_key: publicKey(), restrictions: '1d' })).status).toBe(400);
    const other = await run.post('/settings/grants/ssh?grant_type=x', {
      grant_type: 'mytoken',
      mytoken: token,
    });
    expect(other.body).toEqual({ error: 'invalid_grant', error_description: 'Unsupported grant_type' });
    const reader = await issue({ capabilities: ['read@settings:grants:ssh'] });
    expect((await add({ mytoken: reader, ssh_key: publicKey() })).body['error']).toBe(
      'insufficient_capabilities',
    );
    expect((await read('/grants/ssh', reader)).status).toBe(200);
  });

  it('adding rotates, deleting neither counts nor rotates', async () => {
    const token = await issue({ provider: 1, rotation: { on_other: true } });
    const begun = await add({ mytoken: updated(await enable(token)), ssh_key: publicKey() });
    expect(begun.body).toHaveProperty('polling_code');
    const next = updated(begun);
    expect(jwtPart(next)['seq_no']).toBe(3);
    const gone = await run.send('DELETE', '/settings/grants/ssh', {
      mytoken: next,
      ssh_key_fp: 'SHA256:none',
    });
    expect(gone.status).toBe(204);
    expect((await read('/grants/ssh', next)).status).toBe(200);
  });

  it('switched off: no path, nothing in discovery', async () => {
    const { control } = run.sandbox;
    const token = await issue();
    const names = async (): Promise<Json> => (await run.get('/.well-known/mytoken-configuration')).body;
    expect(await names()).toMatchObject({ ssh_keys: [{ type: 'ssh-ed25519' }] });
    expect((await names())['mytoken_endpoint_grant_types_supported']).toContain('ssh');
    control.setServer({ features: { sshGrant: false } });
    expect((await read('/grants/ssh', token)).status).toBe(404);
    expect(await names()).not.toHaveProperty('ssh_keys');
    expect((await names())['mytoken_endpoint_grant_types_supported']).not.toContain('ssh');
    control.setServer({ features: { sshGrant: true } });
  });
});

describe('older servers', () => {
  it('before 0.10 there is one relative path and no mail', async () => {
    const { control } = run.sandbox;
    const token = await issue();
    control.setServer({ version: '0.9.3' });
    expect((await run.get('/api/v0/settings')).body).toEqual({ grant_type_endpoint: 'grants' });
    expect((await read('/email', token)).status).toBe(404);
    expect((await run.get('/.well-known/mytoken-configuration')).body).not.toHaveProperty(
      'notifications_endpoint',
    );
    control.setServer({ version: '0.10.2' });
  });
});
