/** What came with 0.11: tags, wishes at creation, the list of capabilities. */
import { describe, expect, it } from 'vitest';
import type { IssueMytokenOptions } from '../../../sandbox/index.ts';
import { nowS, useSandbox, type Answer, type Json } from './support.ts';

const run = useSandbox({ version: '0.11.0-pr1', providerCount: 3 });
const TAGS = '/settings/tags';

type Issued = Awaited<ReturnType<typeof run.sandbox.control.issueMytoken>>;

function issue(options: IssueMytokenOptions = {}): Promise<Issued> {
  return run.sandbox.control.issueMytoken({
    capabilities: ['settings', 'tokeninfo', 'manage_mytokens', 'create_mytoken'],
    ...options,
  });
}

async function tags(token: string): Promise<unknown> {
  const answer = await run.get(`/api/v0${TAGS}`, { authorization: `Bearer ${token}` });
  return answer.body['tags'];
}

async function subtree(mytoken: unknown): Promise<{ token: Json; children?: { token: Json }[] }> {
  const answer = await run.post('/tokeninfo', { action: 'subtokens', mytoken });
  return answer.body['mytokens'] as { token: Json; children?: { token: Json }[] };
}

async function events(mytoken: string): Promise<unknown[]> {
  const answer = await run.post('/tokeninfo', { action: 'event_history', mytoken });
  return (answer.body['events'] as Json[]).map((entry) => entry['event']);
}

describe('detection', () => {
  it('the settings metadata names the endpoint where there are tags', async () => {
    const { control, mytokenUrl } = run.sandbox;
    const metadata = async (): Promise<Json> => (await run.get('/api/v0/settings')).body;
    expect(await metadata()).toMatchObject({ tags_endpoint: `${mytokenUrl}/api/v0${TAGS}` });
    const { value } = await issue();
    for (const off of [{ version: '0.10.2' }, { features: { tags: false } }]) {
      control.setServer(off);
      expect(await metadata()).not.toHaveProperty('tags_endpoint');
      expect((await run.post(TAGS, { mytoken: value, tag: 'x' })).status).toBe(404);
      const ignored = await run.post('/token/my', {
        grant_type: 'mytoken',
        mytoken: value,
        tags: [{ tag: 'unheard of' }],
      });
      expect(ignored.status).toBe(200);
      control.setServer({ version: '0.11.0', features: { tags: true } });
    }
  });

  it('capabilities as a tree, with their read-only forms', async () => {
    const answer = await run.get('/api/v0/capabilities');
    const tree = JSON.parse(answer.text) as Json[];
    expect(tree.map((node) => (node['read_write_capability'] as Json)['name'])).toEqual([
      'AT',
      'create_mytoken',
      'tokeninfo',
      'manage_mytokens',
      'settings',
    ]);
    expect(answer.text).not.toContain('"description":""');
    expect(tree[4]).toMatchObject({
      read_only_capability: { name: 'read@settings' },
      children: [
        {
          read_write_capability: { name: 'settings:grants' },
          children: [{ read_only_capability: { name: 'read@settings:grants:ssh' } }],
        },
        { read_write_capability: { name: 'settings:email' } },
        { read_write_capability: { name: 'settings:tags' } },
      ],
    });
    run.sandbox.control.setServer({ version: '0.10.2' });
    expect((await run.get('/api/v0/capabilities')).status).toBe(404);
    run.sandbox.control.setServer({ version: '0.11.0' });
  });
});

describe('tags', () => {
  it('are created, listed, changed and deleted', async () => {
    const { value } = await issue({ user: 'bob' });
    expect(await tags(value)).toBeNull();
    const made = await run.post(TAGS, { mytoken: value, tag: 'beamtime', color: '#ff0000' });
    expect([made.status, made.text]).toEqual([204, '']);
    expect((await run.post(TAGS, { mytoken: value, tag: 'beamtime' })).status).toBe(409);
    expect(await tags(value)).toEqual([{ tag: 'beamtime', color: '#ff0000' }]);
    const put = await run.send('PUT', `${TAGS}/beamtime`, { mytoken: value, tag: 'beam', color: '#00ff00' });
    expect(put.status).toBe(204);
    expect(await tags(value)).toEqual([{ tag: 'beam', color: '#00ff00' }]);
    expect((await run.send('PUT', `${TAGS}/beamtime`, { mytoken: value })).status).toBe(404);
    expect((await run.send('DELETE', `${TAGS}/beam`, { mytoken: value })).status).toBe(204);
    expect(await tags(value)).toBeNull();
    expect(new Set(await events(value))).toEqual(
      new Set(['created', 'tags_listed', 'tag_created', 'tag_updated', 'tag_deleted']),
    );
    const reader = await issue({ capabilities: ['read@settings:tags'] });
    expect((await run.post(TAGS, { mytoken: reader.value, tag: 'x' })).status).toBe(403);
    expect(await tags(reader.value)).toBeNull();
  });

  it('on tokens, with children there are and to come, follow renaming and vanish', async () => {
    const parent = await issue({ rotation: { on_other: false } });
    const make = (): Promise<Answer> =>
      run.post('/token/my', { grant_type: 'mytoken', mytoken: parent.value });
    await make();
    await run.post(TAGS, { mytoken: parent.value, tag: 'family', color: '#1' });
    const attach = (method: string, body: Json): Promise<Answer> =>
      run.send(method, '/token/my/tags', { mytoken: parent.value, ...body });
    expect((await attach('POST', { tag: 'unknown' })).status).toBe(404);
    expect((await attach('POST', { tag: 'family', include_children: true })).status).toBe(204);
    await make();
    const bob = await issue({ user: 'bob', provider: 1 });
    await run.post(TAGS, { mytoken: bob.value, tag: 'family', color: '#3' });
    await run.post('/token/my/tags', { mytoken: bob.value, tag: 'family' });
    await run.send('PUT', `${TAGS}/family`, { mytoken: parent.value, tag: 'kin' });
    const tree = await subtree(parent.value);
    const expected = [{ tag: 'kin', color: '#1', include_children: true }];
    expect(tree.token['tags']).toEqual(expected);
    expect(tree.children?.map(({ token }) => token['tags'])).toEqual([expected, expected]);
    expect((await subtree(bob.value)).token['tags']).toMatchObject([{ tag: 'family', color: '#3' }]);
    expect((await attach('DELETE', { tag: 'kin' })).status).toBe(204);
    expect((await subtree(parent.value)).token).not.toHaveProperty('tags');
    await run.send('DELETE', `${TAGS}/kin`, { mytoken: parent.value });
    expect((await subtree(parent.value)).children?.[0]?.token).not.toHaveProperty('tags');
    expect(await events(parent.value)).toEqual(
      expect.arrayContaining(['tag_added_to_token', 'tag_removed_from_token']),
    );
  });

  it('on other tokens need manage_mytokens:tags', async () => {
    const other = await issue();
    await run.post(TAGS, { mytoken: other.value, tag: 'mine' });
    const own = await issue({ capabilities: ['tokeninfo:tags'] });
    const refused = await run.post('/token/my/tags', {
      mytoken: own.value,
      tag: 'mine',
      mom_id: other.mom_id,
    });
    expect(refused.body['error']).toBe('insufficient_capabilities');
    expect((await run.post('/token/my/tags', { mytoken: own.value, tag: 'mine' })).status).toBe(204);
    const boss = await issue({ capabilities: ['manage_mytokens:tags', 'tokeninfo:history'] });
    const done = await run.post('/token/my/tags', { mytoken: boss.value, tag: 'mine', mom_id: other.mom_id });
    expect(done.status).toBe(204);
    expect(await events(boss.value)).toContain('tag_added_to_other_token');
  });

  it('subscribe whatever carries them to notifications and calendars', async () => {
    const token = await issue({ provider: 1, restrictions: [{ exp: nowS() + 999_999 }] });
    await run.post(TAGS, { mytoken: token.value, tag: 'watched', color: '#2' });
    const made = await run.post('/notifications', {
      mytoken: token.value,
      notification_type: 'mail',
      notification_classes: ['AT_creations'],
      tags: ['watched'],
    });
    const code = String(made.body['management_code']);
    const calendar = await run.post('/notifications/calendars', { mytoken: token.value, tags: ['watched'] });
    const shown = async (): Promise<Json> => (await run.get(`/api/v0/notifications/${code}`)).body;
    expect(await shown()).not.toHaveProperty('subscribed_tokens');
    await run.post('/token/my/tags', { mytoken: token.value, tag: 'watched' });
    expect(await shown()).toMatchObject({
      subscribed_tokens: [token.mom_id],
      tags: [{ tag: 'watched', color: '#2' }],
      oidc_sub: run.sandbox.users[0]?.sub,
    });
    const feed = await run.get(new URL(String(calendar.body['ics_path'])).pathname);
    expect(feed.text.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    const path = `/notifications/calendars/${String(calendar.body['id'])}/tags`;
    expect((await run.send('DELETE', path, { mytoken: token.value, tag: 'watched' })).status).toBe(204);
    await run.send('PUT', `/notifications/${code}`, { tags: [], notification_classes: ['security'] });
    expect(await shown()).toMatchObject({ notification_classes: ['security'] });
    expect(await shown()).not.toHaveProperty('subscribed_tokens');
  });
});

describe('wishes at creation', () => {
  const wishes = {
    tags: [{ tag: 'born', include_children: true }],
    subscribe_notifications: [
      { notification_type: 'mail', notification_classes: ['expiration'], include_children: true },
    ],
  };

  it('of children: tagged and subscribed, or refused', async () => {
    const parent = await issue();
    const make = (): Promise<Answer> =>
      run.post('/token/my', { grant_type: 'mytoken', mytoken: parent.value, ...wishes });
    const unknown = await make();
    expect([unknown.status, unknown.body['error_description']]).toEqual([400, "unknown tag 'born'"]);
    await run.post(TAGS, { mytoken: parent.value, tag: 'born' });
    run.sandbox.control.setEmail({ verified: false });
    expect((await make()).status).toBe(422);
    run.sandbox.control.setEmail({ verified: true });
    const made = await make();
    expect((await subtree(made.body['mytoken'])).token['tags']).toMatchObject([{ tag: 'born' }]);
    const info = await run.post('/tokeninfo', { action: 'notifications', mytoken: made.body['mytoken'] });
    expect(info.body['notifications']).toMatchObject([{ subscribed_tokens: [made.body['mom_id']] }]);
  });

  it('of logins: what the user has', async () => {
    const oidc_issuer = run.sandbox.providers[2]?.issuer;
    const capabilities = ['tokeninfo', 'settings'];
    const first = await run.login({ oidc_issuer, capabilities, ...wishes });
    expect((await subtree(first['mytoken'])).token).not.toHaveProperty('tags');
    await run.post(TAGS, { mytoken: first['mytoken'], tag: 'born' });
    const second = await run.login({
      oidc_issuer,
      capabilities: [...capabilities, 'tokeninfo:tags'],
      ...wishes,
    });
    expect((await subtree(second['mytoken'])).token['tags']).toMatchObject([{ tag: 'born' }]);
    expect(await events(String(second['mytoken']))).toEqual(
      expect.arrayContaining(['tag_added_to_token', 'notification_created']),
    );
  });
});
