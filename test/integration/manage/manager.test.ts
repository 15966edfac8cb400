import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from '../../../electron/app/core.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { failure } from '../../unit/accounts/support.ts';

type Issue = NonNullable<Parameters<Sandbox['control']['issueMytoken']>[0]>;

let sandbox: Sandbox;
let directory: string;
let core: Core;

beforeAll(async () => {
  sandbox = await startSandbox();
  directory = temporaryDirectory('manage-');
  const backends = [new FakeKeyBackend('safe-storage:fake', Buffer.alloc(32, 9))];
  core = makeCore({ directory, documents: new MemoryDocuments(), backends }).core;
  await core.start();
  await core.vault.open();
});

afterEach(async () => {
  sandbox.control.clearFaults();
  for (const { id } of core.accounts.all()) await core.removeAccount(id, 'local-only');
});

afterAll(async () => {
  await core.stop();
  await sandbox.stop();
});

async function account(options: Issue = {}): Promise<{ id: string; momId: string; value: string }> {
  const issued = await sandbox.control.issueMytoken({ user: 'alice', ...options });
  const { id } = await core.imports.fromText(issued.value, {});
  return { id, momId: issued.mom_id, value: issued.value };
}

async function child(
  parent: string,
  body: Record<string, unknown> = {},
): Promise<{ value: string; momId: string }> {
  const answer = await fetch(`${sandbox.mytokenUrl}/api/v0/token/my`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'mytoken', mytoken: parent, ...body }),
  });
  const { mytoken, mom_id: momId } = (await answer.json()) as { mytoken: string; mom_id: string };
  return { value: mytoken, momId };
}

const accessStatus = async (mytoken: string): Promise<number> => {
  const answer = await fetch(`${sandbox.mytokenUrl}/api/v0/token/access`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'mytoken', mytoken }),
  });
  return answer.status;
};

const everything = ['AT', 'tokeninfo', 'create_mytoken', 'manage_mytokens'];

describe('the state of a mytoken', () => {
  it('is the server’s word, with what is used up', async () => {
    const { id } = await account({ restrictions: [{ usages_AT: 3, usages_other: 5 }] });
    await core.broker.accessToken({ accountId: id });
    const report = await core.manager.inspect(id);
    expect(report).toMatchObject({ server: 'valid', signature: 'valid', kind: 'jwt', problem: null });
    expect(report.uses).toEqual([{ AT: 1, other: 0 }]);
  });

  it('a mytoken that may not tell is known to be valid all the same', async () => {
    const { id } = await account({ capabilities: ['AT'] });
    expect(await core.manager.inspect(id)).toMatchObject({ server: 'valid-untold', signature: 'valid' });
  });

  it('revoked: refused, and what it says of itself is still shown', async () => {
    const { id, value } = await account({ name: 'gone' });
    await core.client.revoke({ instanceUrl: sandbox.mytokenUrl, value: new Secret(value) }, {});
    const report = await core.manager.inspect(id);
    expect(report).toMatchObject({ server: 'refused', problem: { code: 'mytoken/token-unusable' } });
    expect(report.claims?.name).toBe('gone');
    expect(core.accounts.require(id).status).toBe('login-needed');
    expect(await core.manager.inspect(id)).toMatchObject({
      server: 'refused',
      problem: { code: 'accounts/needs-login' },
    });
  });

  it('server away: not an error, and a rotating mytoken is not put in doubt', async () => {
    const { id } = await account({ rotation: { on_AT: true, on_other: true, auto_revoke: true } });
    sandbox.control.injectFault({ match: { path: '/api/v0/tokeninfo' }, fault: { kind: 'cut-after' } });
    const report = await core.manager.inspect(id);
    expect(report).toMatchObject({ server: 'no-answer', signature: 'valid' });
    expect(report.claims?.rotation?.auto_revoke).toBe(true);
    expect(core.accounts.require(id).status).not.toBe('uncertain');
  });
});

describe('histories and trees', () => {
  it('own, family and one other, each with the right to it', async () => {
    const { id, momId, value } = await account({ capabilities: ['AT', 'tokeninfo', 'create_mytoken'] });
    const made = await child(value, { name: 'job', capabilities: ['AT'] });
    await accessStatus(made.value);
    const own = await core.manager.history(id, { kind: 'own' });
    expect(new Set(own.map((event) => event.momId))).toEqual(new Set([momId]));
    const family = await core.manager.history(id, { kind: 'family' });
    expect(new Set(family.map((event) => event.momId))).toEqual(new Set([momId, made.momId]));
    expect(family.map(({ atMs }) => atMs)).toEqual(family.map(({ atMs }) => atMs).sort((a, b) => b - a));
    const one = await core.manager.history(id, { kind: 'one', momId: made.momId, derived: true });
    expect(one.map(({ event }) => event)).toContain('AT_created');
  });

  it('a family’s also for a mytoken that may see all, to which servers refuse the word for it', async () => {
    const { id, momId, value } = await account({ capabilities: everything });
    const made = await child(value, { capabilities: ['AT'] });
    const family = await core.manager.history(id, { kind: 'family' });
    expect(new Set(family.map((event) => event.momId))).toEqual(new Set([momId, made.momId]));
  });

  it('stores what rotation brings before anything is shown', async () => {
    const { id, value } = await account({
      capabilities: everything,
      restrictions: [{ usages_AT: 100, usages_other: 100 }],
      rotation: { on_other: true, auto_revoke: true },
    });
    for (let round = 0; round < 3; round += 1) {
      await core.manager.tree(id, 'derived');
      await core.manager.history(id, { kind: 'own' });
    }
    const now = await core.accounts.mytoken(id);
    expect(now?.reveal()).not.toBe(value);
    expect(core.accounts.require(id).status).toBe('ok');
  });

  it('reads 10,000 mytokens', async () => {
    const { id, momId } = await account({ user: 'bob', capabilities: everything });
    sandbox.control.plantTree({ momId, count: 9_999 });
    const nodes = await core.manager.tree(id, 'derived');
    expect(nodes).toHaveLength(10_000);
    expect(nodes[0]).toMatchObject({ momId, depth: 0 });
    expect(Math.max(...nodes.map(({ depth }) => depth))).toBeGreaterThan(3);
  });

  it.each([
    ['history', (id: string) => core.manager.history(id, { kind: 'own' }), 'tokeninfo:history'],
    [
      'history of others',
      (id: string) => core.manager.history(id, { kind: 'one', momId: 'x', derived: false }),
      'manage_mytokens:history',
    ],
    ['derived', (id: string) => core.manager.tree(id, 'derived'), 'tokeninfo:subtokens'],
    ['all', (id: string) => core.manager.tree(id, 'all'), 'manage_mytokens:list'],
    ['revoking others', (id: string) => core.manager.revoke(id, false, [], []), 'manage_mytokens:revoke'],
  ])('without the capability nothing is asked: %s', async (_what, act, capability) => {
    const { id } = await account({ capabilities: ['AT'] });
    sandbox.control.clearRequests();
    expect(await failure(act(id))).toMatchObject({
      code: 'mytoken/insufficient-capabilities',
      details: { capability },
    });
    expect(sandbox.control.requests()).toEqual([]);
  });
});

describe('revoking', () => {
  it('goes step by step, and what is gone already is no obstacle', async () => {
    const { id, value } = await account({ capabilities: ['AT', 'create_mytoken'] });
    const [one, two] = [await child(value), await child(value)];
    await core.client.revoke({ instanceUrl: sandbox.mytokenUrl, value: new Secret(one.value) }, {});
    const steps = [one, two].map(({ momId }) => ({ momId, recursive: true }));
    expect(await core.manager.revoke(id, true, steps, [])).toEqual({ done: 2, problem: null });
    expect(await accessStatus(two.value)).toBe(401);
    expect(await accessStatus(value)).toBe(200);

    const manager = await account({ capabilities: everything });
    expect(await core.manager.revoke(manager.id, false, steps, [])).toEqual({ done: 2, problem: null });
  });

  it('stops where the server says no and tells how far it came', async () => {
    const { id, value } = await account({ capabilities: ['AT', 'create_mytoken'] });
    const [one, two] = [await child(value), await child(value)];
    // The second call meets a server that has had enough.
    const revoke = core.client.revoke.bind(core.client);
    let calls = 0;
    core.client.revoke = (...args) => {
      calls += 1;
      if (calls === 2) {
        const fault = { kind: 'rate-limit' as const, retryAfterSeconds: 30 };
        sandbox.control.injectFault({ match: { path: '/api/v0/token/revoke' }, fault });
      }
      return revoke(...args);
    };
    const answer = await core.manager.revoke(
      id,
      true,
      [one, two].map(({ momId }) => ({ momId, recursive: false })),
      [],
    );
    core.client.revoke = revoke;
    expect(answer).toMatchObject({ done: 1, problem: { code: 'mytoken/rate-limited', retryable: true } });
    expect(await accessStatus(one.value)).toBe(401);
    expect(await accessStatus(two.value)).toBe(200);
  });

  it('an account that lost its mytoken on the way needs a login, and says why', async () => {
    const parent = await account({ capabilities: everything });
    const made = await child(parent.value, { capabilities: ['AT', 'tokeninfo'] });
    const { id } = await core.imports.fromText(made.value, {});
    const answer = await core.manager.revoke(
      parent.id,
      true,
      [{ momId: made.momId, recursive: true }],
      [id, parent.id],
    );
    expect(answer).toEqual({ done: 1, problem: null });
    expect(core.accounts.require(id)).toMatchObject({
      status: 'login-needed',
      problem: { code: 'mytoken/token-unusable' },
    });
    expect(core.accounts.require(parent.id).status).toBe('ok');
  });
});

it('other accounts stand in only for the same user, and only where any of its mytokens can', async () => {
  const poor = await account({ capabilities: ['AT'] });
  const rich = await account({ capabilities: everything });
  await account({ user: 'bob', capabilities: everything });
  expect(core.manager.standIns(poor.id, 'list-mytokens')).toEqual([rich.id]);
  expect(core.manager.standIns(poor.id, 'history')).toEqual([]);
});

it('a login with more asks for what was asked for before, and one capability more', async () => {
  const { id } = await account({ capabilities: ['AT', 'tokeninfo:introspect'], name: 'laptop' });
  expect(core.manager.widerWish(id, 'tokeninfo').capabilities).toEqual(['AT', 'tokeninfo']);
  expect(core.manager.widerWish(id, 'manage_mytokens:list')).toMatchObject({
    tokenName: 'laptop',
    capabilities: ['AT', 'tokeninfo:introspect', 'manage_mytokens:list'],
  });
});

describe('looking at a mytoken that nobody keeps', () => {
  it('tells, keeps nothing, and becomes an account when asked to', async () => {
    const issued = await sandbox.control.issueMytoken({ user: 'alice', name: 'found' });
    const seen = await core.inspector.fromText(`export MYTOKEN=${issued.value}`, undefined);
    expect(seen).toMatchObject({
      atRisk: false,
      accountId: null,
      report: { server: 'valid', signature: 'valid' },
    });
    expect(JSON.stringify(seen)).not.toContain(issued.value);
    expect(core.accounts.all()).toEqual([]);
    expect(core.inspector.take(seen.inspectId).value.reveal()).toBe(issued.value);
    const { id } = await core.imports.fromText(issued.value, {});
    expect(await core.inspector.fromText(issued.value, undefined)).toMatchObject({ accountId: id });
    expect((await failure(() => core.inspector.take(seen.inspectId))).code).toBe('import/no-mytoken-found');
  });

  it('a forged one is shown to nobody', async () => {
    const { value } = await sandbox.control.issueMytoken({ user: 'alice' });
    const [head = '', , signature = ''] = value.split('.');
    const claims = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()) as object;
    const payload = Buffer.from(JSON.stringify({ ...claims, name: 'forged' })).toString('base64url');
    sandbox.control.clearRequests();
    const { report } = await core.inspector.fromText(`${head}.${payload}.${signature}`, undefined);
    expect(report).toMatchObject({ signature: 'invalid', server: 'not-asked' });
    expect(sandbox.control.requests().filter(({ path }) => path.includes('tokeninfo'))).toEqual([]);
  });

  it('where an outdated copy would end a whole family, the server is asked on somebody’s word only', async () => {
    const { value } = await sandbox.control.issueMytoken({
      user: 'alice',
      rotation: { on_AT: true, auto_revoke: true },
    });
    const rotated = await fetch(`${sandbox.mytokenUrl}/api/v0/token/access`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'mytoken', mytoken: value }),
    });
    const current = ((await rotated.json()) as { token_update: { mytoken: string } }).token_update.mytoken;
    const seen = await core.inspector.fromText(value, undefined);
    expect(seen).toMatchObject({ atRisk: true, report: { server: 'not-asked', signature: 'valid' } });
    expect(
      await core.inspector.ask((await core.inspector.fromText(current, undefined)).inspectId),
    ).toMatchObject({
      report: { server: 'valid' },
    });
  });

  it('reads files and short tokens as imports do', async () => {
    const { value } = await sandbox.control.issueMytoken({ user: 'alice', responseType: 'short_token' });
    const path = join(directory, 'token');
    await writeFile(path, `${value}\n`);
    expect((await failure(core.inspector.fromFile(path, undefined))).code).toBe('import/server-needed');
    expect(await core.inspector.fromFile(path, sandbox.mytokenUrl)).toMatchObject({
      report: { kind: 'short', signature: 'none', server: 'valid' },
    });
  });
});
