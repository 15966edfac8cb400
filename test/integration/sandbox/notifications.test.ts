/** Notifications: creation, management by code, and the mails they lead to. */
import { afterEach, describe, expect, it } from 'vitest';
import type { IssueMytokenOptions, SentMail } from '../../../sandbox/index.ts';
import { call, jwtPart, nowS, useSandbox, type Answer, type Json } from './support.ts';

const run = useSandbox({ clientIpHeader: 'x-forwarded-for' });
const DAY = 86_400;

type Issued = Awaited<ReturnType<typeof run.sandbox.control.issueMytoken>>;

function issue(options: IssueMytokenOptions = {}): Promise<Issued> {
  return run.sandbox.control.issueMytoken({
    capabilities: ['AT', 'create_mytoken', 'tokeninfo'],
    ...options,
  });
}

function manager(options: IssueMytokenOptions = {}): Promise<Issued> {
  return issue({ capabilities: ['manage_mytokens', 'tokeninfo', 'settings'], ...options });
}

function create(body: Json): Promise<Answer> {
  return run.post('/notifications', { notification_type: 'mail', ...body });
}

async function codeOf(body: Json): Promise<string> {
  const answer = await create(body);
  expect(answer.status, answer.text).toBe(201);
  const code = String(answer.body['management_code']);
  expect(code).toMatch(/^[A-Za-z]{64}$/);
  return code;
}

function managed(code: string): Promise<Answer> {
  return run.get(`/api/v0/notifications/${code}`);
}

async function child(parent: Issued, request: Json = {}): Promise<{ mytoken: string; momId: string }> {
  const made = await run.post('/token/my', { grant_type: 'mytoken', mytoken: parent.value, ...request });
  expect(made.status, made.text).toBe(200);
  return { mytoken: String(made.body['mytoken']), momId: String(made.body['mom_id']) };
}

function classes(mails: SentMail[] = run.sandbox.control.mails()): (string | undefined)[] {
  return mails.map((mail) => mail.notificationClass);
}

afterEach(async () => {
  run.sandbox.control.setEmail({ address: 'alice@example.org', verified: true });
  const { value } = await manager();
  const list = await run.get('/api/v0/notifications', { authorization: `Bearer ${value}` });
  for (const entry of (list.body['notifications'] ?? []) as Json[])
    await run.send('DELETE', `/notifications/${String(entry['management_code'])}`, {});
  run.sandbox.control.clearMails();
});

describe('creation', () => {
  it('for the token itself: 201 with a management code; listed and shown with its fields', async () => {
    const token = await issue({ name: 'laptop' });
    const code = await codeOf({ mytoken: token.value, notification_classes: ['expiration', 'security'] });
    const shown = await managed(code);
    const { notification_id: id, ...rest } = shown.body;
    expect(id).toBeTypeOf('number');
    const fields = {
      notification_type: 'mail',
      management_code: code,
      user_wide: false,
      notification_classes: ['expiration', 'security'],
      subscribed_tokens: [token.mom_id],
    };
    expect(rest).toEqual({ ...fields, oidc_iss: run.sandbox.providers[0]?.issuer });
    const list = await run.get('/api/v0/notifications', {
      authorization: `Bearer ${(await manager()).value}`,
    });
    expect(list.body).toEqual({ notifications: [{ notification_id: id, ...fields }] });
    const page = await call(`${run.sandbox.mytokenUrl}/notifications/${code}`);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('laptop')]);
    const history = await run.post('/tokeninfo', { action: 'event_history', mytoken: token.value });
    expect((history.body['events'] as Json[]).map((entry) => entry['event'])).toContain(
      'notification_created',
    );
  });

  it('capabilities: own and user-wide, others, lists', async () => {
    const plain = await issue({ capabilities: ['AT'] });
    expect((await create({ mytoken: plain.value })).body['error']).toBe('insufficient_capabilities');
    const notify = await issue({ capabilities: ['tokeninfo:notify'] });
    expect((await create({ mytoken: notify.value, user_wide: true })).status).toBe(201);
    const other = await create({ mytoken: notify.value, mom_id: plain.mom_id });
    expect([other.status, other.body['error']]).toEqual([403, 'insufficient_capabilities']);
    const boss = await manager();
    const code = await codeOf({ mytoken: boss.value, mom_id: plain.mom_id });
    expect((await managed(code)).body['subscribed_tokens']).toEqual([plain.mom_id]);
    const bob = await issue({ user: 'bob' });
    const foreign = await create({ mytoken: boss.value, mom_id: bob.mom_id });
    expect([foreign.status, foreign.body['error']]).toEqual([403, 'invalid_grant']);
    const list = await run.get('/api/v0/notifications', { authorization: `Bearer ${notify.value}` });
    expect(list.status).toBe(403);
    const wide = (await run.get('/api/v0/notifications', { authorization: `Bearer ${boss.value}` })).body[
      'notifications'
    ] as Json[];
    expect(wide[0]).toMatchObject({ user_wide: true });
    expect(wide[0]).not.toHaveProperty('subscribed_tokens');
  });

  it('types: ws is reserved, others are unknown; without a verified address nothing is created', async () => {
    const { control } = run.sandbox;
    const token = await issue();
    const ws = await create({ mytoken: token.value, notification_type: 'ws' });
    expect([ws.status, ws.body]).toEqual([501, { error: 'not_yet_implemented' }]);
    const unknown = await create({ mytoken: token.value, notification_type: 'pigeon' });
    expect([unknown.status, unknown.body['error_description']]).toEqual([400, 'unknown notification_type']);
    control.setEmail({ verified: false });
    const unverified = await create({ mytoken: token.value });
    expect([unverified.status, unverified.body['error']]).toEqual([422, 'mail_required']);
    control.setEmail({ address: '' });
    expect((await create({ mytoken: token.value })).status).toBe(422);
  });

  it('a rotated token is told by the cookie only, unless the quirk is off', async () => {
    const { control } = run.sandbox;
    const token = await manager({ rotation: { on_other: true } });
    const made = await create({ mytoken: token.value });
    expect(Object.keys(made.body)).toEqual(['management_code']);
    const cookie = (answer: Answer): string =>
      /mytoken=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
    expect(jwtPart(cookie(made))['seq_no']).toBe(2);
    const list = (value: string): Promise<Answer> =>
      run.get('/api/v0/notifications', { authorization: `Bearer ${value}` });
    const first = await list(cookie(made));
    expect(Object.keys(first.body)).toEqual(['notifications']);
    control.setQuirks({ lostTokenUpdate: false });
    expect((await list(cookie(first))).body).toHaveProperty('token_update');
    control.setQuirks({ lostTokenUpdate: true });
  });

  it('children: those there are and those to come', async () => {
    const parent = await issue();
    const before = await child(parent);
    const code = await codeOf({ mytoken: parent.value, include_children: true });
    const after = await child(parent);
    const grandchild = await run.post('/token/my', { grant_type: 'mytoken', mytoken: after.mytoken });
    const subscribed = (await managed(code)).body['subscribed_tokens'] as string[];
    expect(new Set(subscribed)).toEqual(
      new Set([parent.mom_id, before.momId, after.momId, grandchild.body['mom_id']]),
    );
    const alone = await codeOf({ mytoken: parent.value });
    await child(parent);
    expect((await managed(alone)).body['subscribed_tokens']).toEqual([parent.mom_id]);
  });
});

describe('management by code', () => {
  it('classes are replaced, tokens added and removed, the code is the only credential', async () => {
    const token = await issue();
    const kid = await child(token);
    const code = await codeOf({ mytoken: token.value, notification_classes: ['security'] });
    const path = `/notifications/${code}`;
    for (const [method, name] of [
      ['POST', 'expiration'],
      ['PUT', 'AT_creations'],
    ] as const) {
      const answer = await run.send(method, `${path}/nc`, { notification_classes: [name] });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect((await managed(code)).body['notification_classes']).toEqual([name]);
    }
    expect((await run.post(`${path}/token`, { mom_id: kid.momId, include_children: true })).status).toBe(204);
    expect((await managed(code)).body['subscribed_tokens']).toEqual([token.mom_id, kid.momId]);
    expect((await run.send('DELETE', `${path}/token`, { mom_id: token.mom_id })).status).toBe(204);
    expect((await managed(code)).body['subscribed_tokens']).toEqual([kid.momId]);
    const bob = await issue({ user: 'bob' });
    expect((await run.post(`${path}/token`, { mom_id: bob.mom_id })).status).toBe(403);
    const crash = await run.post(`${path}/token`, { mytoken: token.value });
    expect(crash.status).toBe(500);
    run.sandbox.control.setQuirks({ missingMomIdCrash: false });
    expect((await run.post(`${path}/token`, { mytoken: token.value })).status).toBe(204);
    run.sandbox.control.setQuirks({ missingMomIdCrash: true });
    expect((await run.send('PUT', path, { notification_classes: [] })).status).toBe(405);
  });

  it('unknown codes: 404, but deleting one is fine', async () => {
    const token = await issue();
    const code = await codeOf({ mytoken: token.value });
    for (let times = 0; times < 2; times += 1)
      expect((await run.send('DELETE', `/notifications/${code}`, {})).status).toBe(204);
    const answers = await Promise.all([
      managed(code),
      run.post(`/notifications/${code}/nc`, { notification_classes: [] }),
      run.post(`/notifications/${code}/token`, { mom_id: token.mom_id }),
      run.send('DELETE', `/notifications/${code}/token`, { mom_id: token.mom_id }),
    ]);
    for (const answer of answers)
      expect([answer.status, answer.body]).toEqual([
        404,
        { error: 'not_found', error_description: 'management_code not valid' },
      ]);
  });
});

describe('mails', () => {
  it('access tokens, children and settings, each only to those who want it', async () => {
    const token = await issue({
      capabilities: ['AT', 'create_mytoken', 'tokeninfo', 'settings'],
      name: 'busy',
    });
    const code = await codeOf({
      mytoken: token.value,
      notification_classes: ['AT_creations', 'subtoken_creations', 'setting_changes'],
    });
    await run.post('/token/access', { grant_type: 'mytoken', mytoken: token.value });
    await child(token);
    await run.post('/settings/grants', { grant_type: 'ssh', mytoken: token.value });
    const other = await issue();
    await run.post('/token/access', { grant_type: 'mytoken', mytoken: other.value });
    expect(classes()).toEqual(['AT_creations', 'subtoken_creations', 'setting_changes']);
    expect(run.sandbox.control.mails()[0]).toMatchObject({
      kind: 'notification',
      to: 'alice@example.org',
      momId: token.mom_id,
      subject: 'mytoken notification: busy',
      links: [`${run.sandbox.mytokenUrl}/notifications/${code}`],
    });
  });

  it('security: refused uses, a new address, a revoked token', async () => {
    const token = await issue({ capabilities: ['AT'], restrictions: [{ usages_AT: 0 }] });
    const boss = await manager();
    const secure = ['security'];
    await codeOf({ mytoken: boss.value, mom_id: token.mom_id, notification_classes: secure });
    await run.post('/token/access', { grant_type: 'mytoken', mytoken: token.value });
    await run.post('/tokeninfo', { mytoken: token.value });
    expect(classes()).toEqual([
      'security:blocked_usages:restrictions',
      'security:blocked_usages:capabilities',
    ]);
    run.sandbox.control.clearMails();
    const from = (ip: string): Promise<Answer> =>
      run.post('/token/transfer', { mytoken: token.value }, { 'x-forwarded-for': ip });
    for (const ip of ['127.0.0.1', '192.0.2.7', '192.0.2.7']) await from(ip);
    expect(classes()).toEqual(['security:ips']);
    run.sandbox.control.clearMails();
    await run.post('/token/revoke', { token: token.value });
    await run.post('/tokeninfo', { mytoken: token.value });
    expect(classes()).toEqual([]);
    await codeOf({ mytoken: boss.value, user_wide: true, notification_classes: secure });
    await run.post('/tokeninfo', { mytoken: token.value });
    expect(classes()).toEqual(['security:revoked']);
  });

  it('the end of a token: only in the second half of its life, each once; links work', async () => {
    const { control, mytokenUrl } = run.sandbox;
    const exp = nowS() + 20 * DAY;
    const token = await issue({ name: 'short-lived', restrictions: [{ exp, usages_AT: 7 }] });
    await codeOf({ mytoken: token.value, notification_classes: ['expiration'] });
    expect(control.mails()).toEqual([]);
    const days = [7, 3, 1, 3 / 24, 0];
    let passed = 0;
    for (const [index, before] of days.entries()) {
      passed = (20 - before) * DAY + 60 - passed;
      control.advanceClock(passed);
      passed = (20 - before) * DAY + 60;
      expect(classes()).toEqual(Array.from({ length: index + 1 }, () => 'expiration'));
    }
    control.advanceClock(-passed);
    expect(control.mails()).toHaveLength(days.length);
    const [recreate = '', unsubscribe = ''] = control.mails()[0]?.links ?? [];
    const again = await call(recreate);
    expect(again.status).toBe(303);
    const location = again.headers.get('location') ?? '';
    const encoded = /^\/\?r=([\w-]+)#mt$/.exec(location)?.[1] ?? '';
    const request = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Json;
    expect(request).toMatchObject({ name: 'short-lived', oidc_issuer: run.sandbox.providers[0]?.issuer });
    const clause = (request['restrictions'] as { exp: number; usages_AT: number }[])[0];
    expect(clause?.usages_AT).toBe(7);
    expect((clause?.exp ?? 0) - exp).toBeLessThan(60);
    expect((await call(`${mytokenUrl}/?r=${encoded}`)).status).toBe(200);
    expect((await call(unsubscribe)).status).toBe(200);
  });

  it('an unsubscribed token is not reminded of again', async () => {
    const { control } = run.sandbox;
    const token = await issue({ restrictions: [{ exp: nowS() + 4 * DAY }] });
    await codeOf({ mytoken: token.value, notification_classes: ['expiration'], user_wide: true });
    control.advanceClock(3 * DAY + 60);
    const mine = (): SentMail[] => control.mails().filter((mail) => mail.momId === token.mom_id);
    expect(mine()).toHaveLength(1);
    await call(mine()[0]?.links[1] ?? '');
    control.advanceClock(DAY);
    expect(mine()).toHaveLength(1);
    control.advanceClock(-(4 * DAY + 60));
  });

  it('an unverified address breaks what would be mailed about', async () => {
    const { control } = run.sandbox;
    const token = await issue();
    await codeOf({ mytoken: token.value, notification_classes: ['AT_creations'] });
    control.setEmail({ verified: false });
    const access = (): Promise<Answer> =>
      run.post('/token/access', { grant_type: 'mytoken', mytoken: token.value });
    expect((await access()).status).toBe(500);
    expect((await run.post('/tokeninfo', { mytoken: token.value })).status).toBe(200);
    control.setQuirks({ unverifiedMailBreaks: false });
    expect((await access()).status).toBe(200);
    control.setQuirks({ unverifiedMailBreaks: true });
    expect(control.mails()).toEqual([]);
  });
});

describe('calendar invites', () => {
  const invite = (body: Json): Promise<Answer> =>
    run.post('/notifications', { notification_type: 'ics_invite', ...body });

  it('need the mom_id, even of the token itself, and an end', async () => {
    const token = await issue({ capabilities: ['AT'], restrictions: [{ exp: nowS() + 60 * DAY }] });
    const missing = await invite({ mytoken: token.value });
    expect([missing.status, missing.body['error']]).toEqual([403, 'insufficient_capabilities']);
    const done = await invite({ mytoken: token.value, mom_id: token.mom_id, comment: 'renew, please' });
    expect([done.status, done.text]).toEqual([204, '']);
    const mail = run.sandbox.control.mails()[0];
    expect(mail).toMatchObject({ kind: 'ics_invite', momId: token.mom_id });
    expect(mail?.ics).toContain('METHOD:REQUEST');
    expect(mail?.ics?.replaceAll('\r\n ', '')).toContain(`UID:${token.mom_id}\r\n`);
    expect(mail?.ics).toContain('renew\\, please');
    const endless = await issue();
    const refused = await invite({ mytoken: endless.value, mom_id: endless.mom_id });
    expect([refused.status, refused.body['error_description']]).toEqual([
      400,
      'cannot create an expiration event for non-expiring mytokens',
    ]);
    run.sandbox.control.setEmail({ verified: false });
    expect((await invite({ mytoken: token.value, mom_id: token.mom_id })).status).toBe(422);
  });

  it('a descendant needs tokeninfo:notify, another token manage_mytokens:notify; rotation has a body', async () => {
    const restrictions = [{ exp: nowS() + 60 * DAY }];
    const parent = await issue({ capabilities: ['AT', 'create_mytoken'], restrictions });
    const kid = await child(parent, { capabilities: ['AT'] });
    expect((await invite({ mytoken: parent.value, mom_id: kid.momId })).status).toBe(403);
    const allowed = await issue({ restrictions });
    expect((await invite({ mytoken: allowed.value, mom_id: (await child(allowed)).momId })).status).toBe(204);
    expect((await invite({ mytoken: allowed.value, mom_id: kid.momId })).status).toBe(403);
    const boss = await manager({ rotation: { on_other: true } });
    const rotated = await invite({ mytoken: boss.value, mom_id: kid.momId });
    expect([rotated.status, Object.keys(rotated.body)]).toEqual([200, ['token_update']]);
  });
});

describe('tokeninfo', () => {
  const info = (mytoken: string, mom_ids?: string[]): Promise<Answer> =>
    run.post('/tokeninfo', { action: 'notifications', mytoken, ...(mom_ids ? { mom_ids } : {}) });

  it('shows what concerns a token, several by mom_id, and nothing for "this"', async () => {
    const token = await issue();
    const kid = await child(token);
    const code = await codeOf({ mytoken: token.value, notification_classes: ['security'] });
    const own = await info(token.value);
    expect(own.body).toMatchObject({ notifications: [{ management_code: code }], calendars: null });
    const both = await info(token.value, [token.mom_id, kid.momId]);
    expect(both.body['mom_id_mapping']).toMatchObject({
      [token.mom_id]: { notifications: [{ management_code: code }] },
      [kid.momId]: { notifications: null, calendars: null },
    });
    expect((await info(token.value, ['this'])).body).toEqual({ notifications: null, calendars: null });
    const mixed = (await info(token.value, ['this', token.mom_id])).body['mom_id_mapping'] as Json;
    expect(Object.keys(mixed)).toEqual([jwtPart(token.value)['jti'], token.mom_id]);
    const boss = await manager();
    expect((await info(boss.value, ['this'])).body['error']).toBe('invalid_grant');
    expect((await info(boss.value, [token.mom_id])).status).toBe(200);
    expect((await info(kid.mytoken, [token.mom_id])).body['error']).toBe('insufficient_capabilities');
  });
});

describe('switched off', () => {
  it('without mail and calendars, or before 0.10, there is nothing', async () => {
    const { control } = run.sandbox;
    const token = await manager();
    const list = (): Promise<Answer> =>
      run.get('/api/v0/notifications', { authorization: `Bearer ${token.value}` });
    control.setServer({ features: { mail: false } });
    expect((await create({ mytoken: token.value })).body['error_description']).toBe(
      'unknown notification_type',
    );
    expect((await list()).status).toBe(200);
    control.setServer({ features: { calendars: false } });
    expect((await list()).status).toBe(404);
    control.setServer({ features: { mail: true, calendars: true }, version: '0.9.0' });
    expect((await list()).status).toBe(404);
    const action = await run.post('/tokeninfo', { action: 'notifications', mytoken: token.value });
    expect(action.status).toBe(400);
    control.setServer({ version: '0.10.2' });
    expect((await list()).status).toBe(200);
  });
});
