/** Calendars in both shapes, and their feed. */
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import type { IssueMytokenOptions } from '../../../sandbox/index.ts';
import { call, nowS, useSandbox, type Answer, type Json } from './support.ts';

const run = useSandbox();
const DAY = 86_400;
const BASE = '/notifications/calendars';

type Issued = Awaited<ReturnType<typeof run.sandbox.control.issueMytoken>>;

function issue(options: IssueMytokenOptions = {}): Promise<Issued> {
  return run.sandbox.control.issueMytoken({
    capabilities: ['manage_mytokens', 'tokeninfo', 'create_mytoken'],
    restrictions: [{ exp: nowS() + 40 * DAY }],
    ...options,
  });
}

function list(token: string): Promise<Answer> {
  return run.get(`/api/v0${BASE}`, { authorization: `Bearer ${token}` });
}

/** Without the folding of long lines. */
async function feed(path: unknown): Promise<string> {
  return (await call(String(path))).text.replaceAll('\r\n ', '');
}

describe('keyed by name (0.10)', () => {
  it('is created, listed, found by its name and deleted', async () => {
    const { value } = await issue({ user: 'bob' });
    expect((await list(value)).body).toEqual({ calendars: null });
    const made = await run.post(BASE, { mytoken: value, name: 'my work+plan' });
    expect(made.status).toBe(201);
    const { ics_path: path } = made.body;
    expect(made.body).toEqual({ name: 'my work+plan', ics_path: path });
    expect(path).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/calendars\/[A-Za-z]{32}$/);
    expect((await list(value)).body).toEqual({ calendars: [made.body] });
    const open = (name: string): Promise<Answer> =>
      run.get(`/api/v0${BASE}/${name}`, { authorization: `Bearer ${value}` });
    const found = await open('my%20work%2Bplan');
    expect([found.status, found.headers.get('location')]).toEqual([302, path]);
    expect((await open('my+work%2Bplan')).status).toBe(302);
    const wrong = await open('my%20work+plan');
    expect([wrong.status, wrong.body]).toEqual([
      404,
      { error: 'not_found', error_description: 'calendar not found' },
    ]);
    const stranger = await issue();
    const theirs = await run.get(`/api/v0${BASE}/my%20work%2Bplan`, {
      authorization: `Bearer ${stranger.value}`,
    });
    expect(theirs.status).toBe(404);
    const gone = await run.send('DELETE', `${BASE}/my%20work%2Bplan`, { mytoken: value });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await call(String(path))).status).toBe(404);
  });

  it('errors: no name, the same name twice, capabilities', async () => {
    const { value } = await issue();
    expect((await run.post(BASE, { mytoken: value })).status).toBe(400);
    expect((await run.post(BASE, { mytoken: value, name: 'twice' })).status).toBe(201);
    const twice = await run.post(BASE, { mytoken: value, name: 'twice' });
    expect([twice.status, twice.body['error']]).toEqual([500, 'internal_server_error']);
    const reader = await issue({ capabilities: ['read@manage_mytokens:notify'] });
    expect((await list(reader.value)).status).toBe(200);
    const refused = await run.post(BASE, { mytoken: reader.value, name: 'mine' });
    expect(refused.body['error']).toBe('insufficient_capabilities');
    const any = await issue({ capabilities: ['AT'] });
    const open = await run.get(`/api/v0${BASE}/twice`, { authorization: `Bearer ${any.value}` });
    expect(open.status).toBe(302);
    // A newer client's "take this token out" deletes everything here.
    await run.send('DELETE', `${BASE}/twice`, { mytoken: value, mom_id: any.mom_id });
    expect((await list(value)).body).toEqual({ calendars: null });
  });

  it('holds tokens: events with links and alarms, pruned when they are gone', async () => {
    const { control } = run.sandbox;
    const token = await issue({ name: 'beam; time' });
    const kid = await run.post('/token/my', {
      grant_type: 'mytoken',
      mytoken: token.value,
      name: 'kid',
      restrictions: [{ exp: nowS() + 20 * DAY }],
    });
    const made = await run.post(BASE, { mytoken: token.value, name: 'work' });
    const add = (mytoken: unknown, body: Json): Promise<Answer> =>
      run.post(`${BASE}/work`, { mytoken, ...body });
    const own = await add(token.value, { mom_id: token.mom_id, comment: 'ask Bob' });
    expect([own.status, own.body['subscribed_tokens']]).toEqual([200, [token.mom_id]]);
    await add(token.value, { mom_id: kid.body['mom_id'] });
    expect((await add(kid.body['mytoken'], {})).status).toBe(403);
    const info = await run.post('/tokeninfo', { action: 'notifications', mytoken: token.value });
    expect(info.body['calendars']).toMatchObject([{ name: 'work' }]);

    const answer = await call(String(made.body['ics_path']));
    expect(answer.headers.get('content-type')).toContain('text/calendar');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="work"');
    for (const line of answer.text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const text = await feed(made.body['ics_path']);
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(text).toContain(`UID:${token.mom_id}\r\n`);
    expect(text).toContain("SUMMARY:Mytoken 'beam\\; time' expires");
    expect(text).toContain('ask Bob');
    const own20 = text.slice(text.indexOf("SUMMARY:Mytoken 'kid'"));
    expect([...own20.matchAll(/TRIGGER:(.*)\r/g)].map((match) => match[1])).toEqual([
      '-PT7D',
      '-PT3D',
      '-PT1D',
      '-PT0D',
    ]);
    control.setQuirks({ invalidAlarms: false });
    expect(await feed(made.body['ics_path'])).toContain('TRIGGER:-P7D');
    control.setQuirks({ invalidAlarms: true });
    const view = await call(`${String(made.body['ics_path'])}/view`);
    expect(view.text).toContain('beam; time');

    const remove = /(http\S+action=remove_from_calendar&code=\w+)/.exec(text)?.[1] ?? '';
    expect((await call(remove)).status).toBe(200);
    expect((await feed(made.body['ics_path'])).match(/BEGIN:VEVENT/g)).toHaveLength(1);
    await run.post('/token/revoke', { token: token.value, mom_id: kid.body['mom_id'] });
    expect(await feed(made.body['ics_path'])).not.toContain('BEGIN:VEVENT');
    const history = await run.post('/tokeninfo', { action: 'event_history', mytoken: token.value });
    const log = (history.body['events'] as Json[]).map((entry) => [entry['event'], entry['comment']]);
    expect(log).toContainEqual(['notification_subscribed', 'work']);
    expect(log).toContainEqual(['notification_subscribed_other', 'work']);
    expect(log).toContainEqual(['calendar_created', 'work']);
  });

  it('a token without an end cannot be in one; rotation is told in the body, of lists by cookie', async () => {
    const endless = await issue({ restrictions: [], rotation: { on_other: true } });
    const made = await run.post(BASE, { mytoken: endless.value, name: 'rotating' });
    const next = String((made.body['token_update'] as Json)['mytoken']);
    const refused = await run.post(`${BASE}/rotating`, { mytoken: next, mom_id: endless.mom_id });
    expect(refused.status).toBe(400);
    const listed = await list(next);
    expect(Object.keys(listed.body)).toEqual(['calendars']);
    const cookie = /mytoken=([^;]+)/.exec(listed.headers.get('set-cookie') ?? '')?.[1] ?? '';
    const gone = await run.send('DELETE', `${BASE}/rotating`, { mytoken: cookie });
    expect([gone.status, Object.keys(gone.body)]).toEqual([200, ['token_update']]);
  });

  it('switched off: 404', async () => {
    const { value } = await issue();
    run.sandbox.control.setServer({ features: { calendars: false } });
    expect((await list(value)).status).toBe(404);
    run.sandbox.control.setServer({ features: { calendars: true } });
  });
});

describe('keyed by id (0.11)', () => {
  beforeAll(() => run.sandbox.control.setServer({ version: '0.11.0' }));
  afterAll(() => run.sandbox.control.setServer({ version: '0.10.2' }));

  it('is created without a name, described, subscribed to and left', async () => {
    const token = await issue({ provider: 1, rotation: {} });
    const made = await run.post(BASE, { mytoken: token.value, description: 'Work', tags: [] });
    expect(made.status).toBe(201);
    const id = String(made.body['id']);
    expect(made.body).toEqual({
      id,
      description: 'Work',
      tags: [],
      ics_path: `${run.sandbox.mytokenUrl}/calendars/${id}`,
    });
    const added = await run.post(`${BASE}/${id}`, { mytoken: token.value, mom_id: token.mom_id });
    expect(added.body['subscribed_tokens']).toEqual([token.mom_id]);
    const put = await run.send('PUT', `${BASE}/${id}`, { mytoken: token.value, description: 'Play' });
    expect(put.status).toBe(204);
    const left = await run.send('DELETE', `${BASE}/${id}`, { mytoken: token.value, mom_id: token.mom_id });
    expect(left.status).toBe(204);
    const listed = (await list(token.value)).body['calendars'] as Json[];
    expect(listed).toEqual([{ ...made.body, description: 'Play' }]);
    expect((await run.send('DELETE', `${BASE}/${id}`, { mytoken: token.value })).status).toBe(204);
    expect((await list(token.value)).body).toEqual({ calendars: null });
    const log = await run.post('/tokeninfo', { action: 'event_history', mytoken: token.value });
    expect((log.body['events'] as Json[]).map((entry) => entry['event'])).toEqual(
      expect.arrayContaining(['calendar_created', 'calendar_updated', 'notification_unsubscribed']),
    );
  });
});
