/** The tokeninfo endpoint with its oddities. */
import { describe, expect, it } from 'vitest';
import { call, nowS, useSandbox, type Answer } from './support.ts';

const run = useSandbox();
const ALL = ['AT', 'create_mytoken', 'tokeninfo'];

function info(mytoken: unknown, request: object = {}): Promise<Answer> {
  return run.post('/tokeninfo', { mytoken, ...request });
}

function events(answer: Answer): string[] {
  return (answer.body['events'] as { event: string }[]).map((entry) => entry.event);
}

interface Tree {
  token: { mom_id: string; created: number; expires_at?: number };
  children?: Tree[];
}

function flatten(tree: Tree): Tree[] {
  return [tree, ...(tree.children ?? []).flatMap(flatten)];
}

describe('introspection', () => {
  it('is the default, free and shows the uses', async () => {
    const token = await run.sandbox.control.issueMytoken({
      restrictions: [{ usages_AT: 20, usages_other: 0 }],
      rotation: { on_other: true },
    });
    await run.post('/token/access', { grant_type: 'mytoken', mytoken: token.value });
    const answer = await info(token.value);
    expect(answer.body).toMatchObject({
      valid: true,
      token_type: 'token',
      mom_id: token.mom_id,
      token: {
        seq_no: 1,
        restrictions: [{ usages_AT: 20, usages_other: 0, usages_AT_done: 1, usages_other_done: 0 }],
      },
    });
    expect(answer.body).not.toHaveProperty('token_update');
  });

  it('needs its capability and refuses unknown actions', async () => {
    const token = await run.sandbox.control.issueMytoken({ capabilities: ['AT'] });
    const refused = await info(token.value);
    expect(refused.status).toBe(403);
    expect(refused.body['error']).toBe('insufficient_capabilities');
    const unknown = await info(token.value, { action: 'x' });
    expect(unknown.status).toBe(400);
    expect(unknown.body['error_description']).toBe("unknown action 'x'");
  });
});

describe('history', () => {
  it('newest first, with the mom_id; null when there is nothing', async () => {
    const parent = await run.sandbox.control.issueMytoken({ capabilities: ALL });
    const child = await run.post('/token/my', { grant_type: 'mytoken', mytoken: parent.value, name: 'kid' });
    const own = await info(parent.value, { action: 'event_history' });
    expect(events(own)).toEqual(['MT_created', 'created']);
    expect(own.body['events']).toMatchObject([
      { comment: 'Created MT kid', mom_id: parent.mom_id, ip: '127.0.0.1' },
      {},
    ]);
    const kid = await info(parent.value, { action: 'event_history', mom_ids: [child.body['mom_id']] });
    expect(events(kid)).toEqual(['inherited_RT', 'created']);
    const children = await info(parent.value, { action: 'event_history', mom_ids: ['children'] });
    expect(events(children)).toEqual(['inherited_RT', 'created']);
    const nobody = await info(child.body['mytoken'], { action: 'event_history', mom_ids: ['children'] });
    expect(nobody.body['events']).toBeNull();
  });

  it('"this" needs nothing, but fails with manage_mytokens:history', async () => {
    const plain = await run.sandbox.control.issueMytoken({ capabilities: ['AT'] });
    expect((await info(plain.value, { action: 'event_history', mom_ids: ['this'] })).status).toBe(200);
    expect((await info(plain.value, { action: 'event_history' })).status).toBe(403);
    const manager = await run.sandbox.control.issueMytoken({ capabilities: ['manage_mytokens:history'] });
    for (const entry of ['this', 'children', `children@${plain.mom_id}`]) {
      const answer = await info(manager.value, { action: 'event_history', mom_ids: [entry] });
      expect(answer.status).toBe(403);
      expect(answer.body['error']).toBe('invalid_grant');
    }
    expect((await info(manager.value, { action: 'event_history', mom_ids: [plain.mom_id] })).status).toBe(
      200,
    );
    const bob = await run.sandbox.control.issueMytoken({ user: 'bob' });
    expect(
      (await info(manager.value, { action: 'event_history', mom_ids: [bob.mom_id] })).body['error'],
    ).toBe('invalid_grant');
    expect((await info(plain.value, { action: 'event_history', mom_ids: [bob.mom_id] })).body['error']).toBe(
      'insufficient_capabilities',
    );
  });

  it('counts and rotates only with restrictions', async () => {
    const rotation = { on_other: true };
    const free = await run.sandbox.control.issueMytoken({ rotation });
    const unchanged = await info(free.value, { action: 'event_history' });
    expect(unchanged.body).not.toHaveProperty('token_update');
    expect(events(await info(free.value, { action: 'event_history' }))).toEqual(['created']);

    const bound = await run.sandbox.control.issueMytoken({
      rotation,
      restrictions: [{ usages_AT: 100, usages_other: 2 }],
    });
    const first = await info(bound.value, { action: 'event_history' });
    const second = (first.body['token_update'] as Record<string, unknown>)['mytoken'];
    const answer = await info(second, { action: 'event_history' });
    expect(events(answer)).toEqual(['token_rotated', 'tokeninfo_history', 'created']);
    const third = (answer.body['token_update'] as Record<string, unknown>)['mytoken'];
    const spent = await info(third, { action: 'event_history' });
    expect(spent.status).toBe(403);
    expect(spent.body['error']).toBe('usage_restricted');
  });

  it('crashes at the second other use of a clause without usages_AT', async () => {
    const token = await run.sandbox.control.issueMytoken({ restrictions: [{ usages_other: 5 }] });
    expect((await info(token.value, { action: 'event_history' })).status).toBe(200);
    const crash = await info(token.value, { action: 'event_history' });
    expect(crash.status).toBe(500);
    expect(crash.body).toEqual({
      error: 'Internal Server Error',
      error_description: 'Internal Server Error',
    });
    run.sandbox.control.setQuirks({ otherUseCrash: false });
    expect((await info(token.value, { action: 'event_history' })).status).toBe(200);
    run.sandbox.control.setQuirks({ otherUseCrash: true });
  });
});

describe('trees', () => {
  it('subtokens is one tree, list_mytokens an array of all trees of the user', async () => {
    const parent = await run.sandbox.control.issueMytoken({ capabilities: ALL, name: 'root', provider: 1 });
    const make = (mytoken: unknown, name: string): Promise<Answer> =>
      run.post('/token/my', { grant_type: 'mytoken', mytoken, name });
    const child = await make(parent.value, 'child');
    const grandchild = await make(child.body['mytoken'], 'grandchild');
    const tree = await info(parent.value, { action: 'subtokens' });
    const expected = {
      token: { mom_id: parent.mom_id, name: 'root' },
      children: [
        {
          token: { mom_id: child.body['mom_id'], name: 'child' },
          children: [{ token: { mom_id: grandchild.body['mom_id'], name: 'grandchild' } }],
        },
      ],
    };
    expect(tree.body['mytokens']).toMatchObject(expected);
    const manager = await run.sandbox.control.issueMytoken({
      capabilities: ['manage_mytokens:list'],
      provider: 1,
    });
    await run.sandbox.control.issueMytoken({ user: 'bob', provider: 1 });
    const list = await info(manager.value, { action: 'list_mytokens' });
    expect(list.body['mytokens']).toHaveLength(2);
    expect(list.body['mytokens']).toMatchObject([expected, { token: { mom_id: manager.mom_id, name: '' } }]);
    expect((await info(parent.value, { action: 'list_mytokens' })).status).toBe(403);
  });

  it('thousands of planted mytokens are listed, dated and can be looked into and revoked', async () => {
    const root = await run.sandbox.control.issueMytoken({
      capabilities: [...ALL, 'manage_mytokens'],
      name: 'grove',
      provider: 1,
    });
    const planted = await call(`${run.sandbox.mytokenUrl}/__sandbox/plant`, {
      method: 'POST',
      body: JSON.stringify({ momId: root.mom_id, count: 3000, depth: 4 }),
    });
    const momIds = planted.body['momIds'] as string[];
    expect(planted.body).toMatchObject({ planted: 3000, depth: 4 });
    expect(new Set(momIds).size).toBe(3000);
    const answer = await info(root.value, { action: 'subtokens' });
    const tree = answer.body['mytokens'] as Tree;
    const all = flatten(tree);
    expect(all).toHaveLength(3001);
    const now = nowS();
    const over = all.filter(({ token }) => (token.expires_at ?? Number.POSITIVE_INFINITY) < now);
    expect(over).toHaveLength(planted.body['expired'] as number);
    expect(over.length).toBeGreaterThan(100);
    for (const { token, children } of all)
      for (const child of children ?? []) expect(child.token.created).toBeGreaterThanOrEqual(token.created);
    const times = (await info(root.value, { action: 'event_history' })).body['events'] as { time: number }[];
    expect(times.map(({ time }) => time)).toEqual(times.map(({ time }) => time).sort((a, b) => b - a));
    const one = await info(root.value, { action: 'event_history', mom_ids: [momIds[0]] });
    expect(events(one)).toEqual(expect.arrayContaining(['created', 'inherited_RT']));

    const branch = tree.children?.find(({ children }) => (children ?? []).length > 3);
    const gone = flatten(branch ?? tree).length;
    const revoked = await run.post('/token/revoke', {
      token: root.value,
      mom_id: branch?.token.mom_id,
      recursive: true,
    });
    expect(revoked.status).toBe(204);
    const left = await info(root.value, { action: 'subtokens' });
    expect(flatten(left.body['mytokens'] as Tree)).toHaveLength(3001 - gone);
  });

  it('notifications: empty lists, by token or mapped', async () => {
    const token = await run.sandbox.control.issueMytoken();
    const own = await info(token.value, { action: 'notifications' });
    expect(own.body).toEqual({ notifications: null, calendars: null });
    const two = await info(token.value, { action: 'notifications', mom_ids: [token.mom_id, token.mom_id] });
    expect(two.body).toEqual({
      mom_id_mapping: { [token.mom_id]: { notifications: null, calendars: null } },
    });
  });
});
