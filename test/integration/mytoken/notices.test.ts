import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Calendar,
  createHttp,
  createMytokenClient,
  type HeldMytoken,
  type Http,
  type MytokenClient,
} from '../../../electron/mytoken/index.ts';
import { Secret, silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { failure } from '../../unit/mytoken/fake-server.ts';

let sandbox: Sandbox;
let http: Http;
let client: MytokenClient;

beforeAll(async () => {
  sandbox = await startSandbox();
  http = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: false,
    clock: systemClock(),
    userAgent: 'test/1',
  });
  client = createMytokenClient({
    http,
    clock: systemClock(),
    log: silentLogger,
    appName: 'Mytoken Desktop',
    appVersion: '1.2.3',
  });
});

afterAll(async () => {
  await http.stop();
  await sandbox.stop();
});

beforeEach(async () => {
  sandbox.control.setEmail({ address: 'alice@example.org', verified: true });
  sandbox.control.clearMails();
  sandbox.control.clearRequests();
  await play('0.10.2');
});

async function play(version: string): Promise<void> {
  sandbox.control.setServer({ version });
  await client.discover(sandbox.mytokenUrl, { refresh: true });
}

type Issue = NonNullable<Parameters<Sandbox['control']['issueMytoken']>[0]>;
const soon = (): number => Math.floor(sandbox.control.nowMs() / 1000) + 86_400;

async function hold(options: Issue = {}): Promise<HeldMytoken & { momId: string }> {
  const issued = await sandbox.control.issueMytoken({
    capabilities: ['AT', 'tokeninfo', 'manage_mytokens', 'create_mytoken'],
    restrictions: [{ exp: soon() }],
    ...options,
  });
  return { instanceUrl: sandbox.mytokenUrl, value: new Secret(issued.value), momId: issued.mom_id };
}

/** Uses a mytoken that is replaced by each call, as the broker does. */
function chain(first: HeldMytoken): <T>(call: (token: HeldMytoken) => Promise<Answer<T>>) => Promise<T> {
  let token = first;
  return async (call) => {
    const { value, update } = await call(token);
    if (update === null) throw new Error('the mytoken was not replaced');
    token = { instanceUrl: first.instanceUrl, value: update.value };
    return value;
  };
}

const subscriptions = async (token: HeldMytoken) => (await client.notifications.list(token)).value;

describe('mail notifications', () => {
  it('for the mytoken itself take no right over others, and are found again', async () => {
    const token = await hold({ capabilities: ['tokeninfo'] });
    const url = token.instanceUrl;
    expect((await client.notifications.own(token)).value).toEqual({ notifications: [], calendars: [] });
    const { value: code } = await client.notifications.create(token, {
      target: { kind: 'own', includeChildren: false },
      classes: ['expiration', 'security'],
    });
    const made = await client.notifications.read(url, code);
    expect(made).toMatchObject({
      userWide: false,
      classes: ['expiration', 'security'],
      momIds: [token.momId],
    });
    const { notifications } = (await client.notifications.own(token)).value;
    expect(notifications.map(({ id }) => id)).toEqual([made.id]);
    expect(notifications[0]?.managementCode.reveal()).toBe(code.reveal());

    await client.notifications.setClasses(url, code, ['AT_creations']);
    expect((await client.notifications.read(url, code)).classes).toEqual(['AT_creations']);
    await client.notifications.remove(url, code);
    expect((await failure(client.notifications.read(url, code))).code).toBe('mytoken/not-found');
    await client.notifications.remove(url, code);
  });

  it('mail about what was subscribed to, with those made from it', async () => {
    const parent = await hold();
    const child = await client.createSubMytoken(parent, { capabilities: ['AT'], name: 'job' });
    if (child.value.kind === 'transfer-code') throw new Error('unexpected');
    await client.notifications.create(parent, {
      target: { kind: 'own', includeChildren: true },
      classes: ['AT_creations'],
    });
    await client.accessToken({ instanceUrl: parent.instanceUrl, value: child.value.value }, {});
    expect(sandbox.control.mails()).toMatchObject([
      { kind: 'notification', notificationClass: 'AT_creations', momId: child.value.momId },
    ]);
  });

  it('for another mytoken and for all; tokens come and go', async () => {
    const token = await hold();
    const other = await hold({ capabilities: ['AT'] });
    const third = await hold({ capabilities: ['AT'] });
    const url = token.instanceUrl;
    const { value: code } = await client.notifications.create(token, {
      target: { kind: 'one', momId: other.momId, includeChildren: false },
      classes: ['expiration'],
    });
    await client.notifications.addToken(url, code, { momId: third.momId, includeChildren: false });
    expect((await client.notifications.read(url, code)).momIds).toEqual([other.momId, third.momId]);
    await client.notifications.removeToken(url, code, other.momId);
    expect((await client.notifications.read(url, code)).momIds).toEqual([third.momId]);

    const { value: wide } = await client.notifications.create(token, {
      target: { kind: 'user-wide' },
      classes: ['security'],
    });
    expect(await client.notifications.read(url, wide)).toMatchObject({ userWide: true, momIds: [] });
    const codes = (await subscriptions(token)).map(({ managementCode }) => managementCode.reveal());
    expect(codes).toEqual(expect.arrayContaining([code.reveal(), wide.reveal()]));
    await client.notifications.remove(url, wide);
  });

  it('say what is missing', async () => {
    const poor = await hold({ capabilities: ['AT'] });
    const own = { target: { kind: 'own', includeChildren: false }, classes: ['expiration'] } as const;
    expect(await failure(client.notifications.create(poor, own))).toMatchObject({
      code: 'mytoken/insufficient-capabilities',
      details: { capability: 'tokeninfo:notify' },
    });
    expect((await failure(client.notifications.list(poor))).details['capability']).toBe(
      'read@manage_mytokens:notify',
    );
    const token = await hold({ capabilities: ['tokeninfo'] });
    const other = {
      target: { kind: 'one', momId: poor.momId, includeChildren: false },
      classes: [],
    } as const;
    expect((await failure(client.notifications.create(token, other))).details['capability']).toBe(
      'manage_mytokens:notify',
    );
    for (const settings of [{ address: '' }, { address: 'alice@example.org', verified: false }]) {
      sandbox.control.setEmail(settings);
      expect((await failure(client.notifications.create(token, own))).code).toBe('mytoken/mail-required');
    }
  });

  it('an invitation is one mail with a calendar, even for the mytoken itself', async () => {
    const token = await hold({ name: 'beamline' });
    await client.notifications.invite(token, { momId: token.momId, comment: 'renew' });
    const [mail] = sandbox.control.mails();
    expect(mail).toMatchObject({ kind: 'ics_invite', momId: token.momId });
    expect(mail?.ics).toContain('beamline');
    const eternal = await hold({ restrictions: [] });
    expect(
      await failure(client.notifications.invite(eternal, { momId: eternal.momId, comment: '' })),
    ).toMatchObject({ code: 'mytoken/invalid-request', details: { reason: 'never-expires' } });
  });

  it('a server without them says so', async () => {
    const token = await hold();
    sandbox.control.setServer({ features: { mail: false, calendars: false } });
    try {
      expect((await failure(client.notifications.list(token))).code).toBe('mytoken/not-supported');
      expect((await failure(client.calendars.list(token))).code).toBe('mytoken/not-supported');
    } finally {
      sandbox.control.setServer({ features: { mail: true, calendars: true } });
    }
  });
});

const feedText = async ({ feed }: Calendar): Promise<string> => (await fetch(feed?.reveal() ?? '')).text();

describe.each(['0.10.2', '0.11.0'])('calendars of a server %s', (version) => {
  const byId = version === '0.11.0';

  it.each(['work', 'a+b & c?', 'Über 50%', '  x'])('are made, filled and deleted: %j', async (title) => {
    await play(version);
    const token = await hold({ name: 'beamline' });
    const { value: made } = await client.calendars.create(token, title);
    expect(made).toMatchObject({ title: title.trim(), momIds: [], editable: byId });
    const { value: filled } = await client.calendars.addToken(token, made, {
      momId: token.momId,
      comment: 'renew in time',
    });
    expect(filled.momIds).toEqual([token.momId]);
    expect(await feedText(filled)).toContain('renew in time');
    expect((await client.notifications.own(token)).value.calendars).toHaveLength(1);
    await client.calendars.remove(token, filled);
    const { value: left } = await client.calendars.list(token);
    expect(left.map(({ key }) => key.reveal())).not.toContain(made.key.reveal());
  });

  it('lose one mytoken only where that does not delete them', async () => {
    await play(version);
    const token = await hold();
    const { value: made } = await client.calendars.create(token, 'kept');
    await client.calendars.addToken(token, made, { momId: token.momId, comment: '' });
    const remove = client.calendars.removeToken(token, made, token.momId);
    const rename = () => client.calendars.rename(token, made, 'renamed');
    if (byId) {
      await remove;
      await rename();
    } else {
      expect((await failure(remove)).code).toBe('mytoken/not-supported');
      expect((await failure(rename())).code).toBe('mytoken/not-supported');
      expect(sandbox.control.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
    }
    const { value: list } = await client.calendars.list(token);
    const kept = list.find(({ key }) => key.reveal() === made.key.reveal());
    expect(kept).toMatchObject({
      title: byId ? 'renamed' : 'kept',
      momIds: byId ? [] : [token.momId],
    });
    if (kept) await client.calendars.remove(token, kept);
  });

  it('follow a mytoken that every call replaces', async () => {
    await play(version);
    const token = await hold({ rotation: { on_other: true } });
    const use = chain(token);
    await use((held) => client.notifications.list(held));
    const code = await use((held) =>
      client.notifications.create(held, {
        target: { kind: 'own', includeChildren: false },
        classes: ['expiration'],
      }),
    );
    const made = await use((held) => client.calendars.create(held, 'rotating'));
    await use((held) => client.calendars.addToken(held, made, { momId: token.momId, comment: 'still mine' }));
    await use((held) => client.calendars.list(held));
    await use((held) => client.notifications.own(held));
    await use((held) => client.notifications.invite(held, { momId: token.momId, comment: '' }));
    await use((held) => client.calendars.remove(held, made));
    expect((await client.notifications.read(token.instanceUrl, code)).momIds).toEqual([token.momId]);
    expect(sandbox.control.tokens().find(({ momId }) => momId === token.momId)?.seqNo).toBe(9);
  });

  it('take no mytoken that never expires', async () => {
    await play(version);
    const token = await hold({ restrictions: [] });
    const { value: made } = await client.calendars.create(token, 'endless');
    expect(
      await failure(client.calendars.addToken(token, made, { momId: token.momId, comment: '' })),
    ).toMatchObject({ details: { reason: 'never-expires' } });
    await client.calendars.remove(token, made);
  });
});

describe('calendars when the server changes', () => {
  it('one that went back to names is not asked to take a mytoken out', async () => {
    await play('0.11.0');
    const token = await hold();
    const { value: made } = await client.calendars.create(token, 'shared');
    sandbox.control.setServer({ version: '0.10.2' });
    sandbox.control.clearRequests();
    expect((await failure(client.calendars.removeToken(token, made, token.momId))).code).toBe(
      'mytoken/not-supported',
    );
    expect(sandbox.control.requests().filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it.each(['', '.', '..', 'a/b'])('a name that is a way to somewhere else is refused: %j', async (name) => {
    const token = await hold();
    sandbox.control.clearRequests();
    expect(await failure(client.calendars.create(token, name))).toMatchObject({
      code: 'mytoken/invalid-request',
      details: { reason: 'calendar-name', sent: 'no' },
    });
    expect(sandbox.control.requests().filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
