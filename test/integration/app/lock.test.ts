import { readdirSync, watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unknownCaller } from '../../../electron/agent/index.ts';
import type { Core } from '../../../electron/app/core.ts';
import type { SettingsService } from '../../../electron/app/settings.ts';
import type { VaultState } from '../../../electron/vault/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { askEncrypted } from '../../support/agent-client.ts';
import { answerQuestion } from '../../support/answer-question.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

let sandbox: Sandbox;
let directory: string;
let core: Core;
let settings: SettingsService;
let backend: FakeKeyBackend;
let accountId: string;
const documents = new MemoryDocuments();

const ask = (request: Record<string, unknown>): Promise<Record<string, unknown>> =>
  askEncrypted(core.agent.socket.state().path ?? '', request);
const askForToken = (): Promise<Record<string, unknown>> => ask({ request: 'access_token', account: 'demo' });

async function open(): Promise<void> {
  ({ core, settings } = makeCore({ directory, documents, backends: [backend] }));
  await core.start();
  await store('ok');
}

/** Waits until the store of the mytokens is so. */
async function store(kind: VaultState['kind']): Promise<void> {
  await until(
    (listener) => core.vault.onState(listener),
    () => (core.vault.state().kind === kind ? true : null),
  );
}

/** Waits until this can be said of what is asked. */
async function asks(holds: () => boolean): Promise<void> {
  await until(
    (listener) => core.agent.approvals.onChange(listener),
    () => (holds() ? true : null),
  );
}

/** Waits until a request that may replace a mytoken has been written down, and so is on its way. */
async function underWay(): Promise<void> {
  await until(
    (listener) => {
      const watcher = watch(join(directory, 'journal'), listener);
      return () => watcher.close();
    },
    () => (journal().length === 1 ? true : null),
  );
}

beforeEach(async () => {
  sandbox = await startSandbox();
  directory = temporaryDirectory('lock-');
  backend = new FakeKeyBackend('safe-storage:fake', Buffer.alloc(32, 9));
  documents.all.clear();
  documents.all.set('settings', { ...defaultSettings, socket: { enabled: true } });
  await open();
  const token = await sandbox.control.issueMytoken({
    capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
    rotation: { on_AT: true, on_other: true },
  });
  ({ id: accountId } = await core.imports.fromText(token.value, { shortname: 'demo' }));
  settings.update({ policies: { [accountId]: 'allow' } });
});

afterEach(async () => {
  await core.stop();
  await sandbox.stop();
});

describe('the lock of the whole app', () => {
  it('drops the data key, cached tokens, new mytokens and permissions; who needs nobody is refused', async () => {
    expect(await askForToken()).toMatchObject({ status: 'success' });
    expect(core.broker.cachedUntilMs(accountId)).not.toBeNull();
    const minted = await core.minter.mint(accountId, {
      ...{ name: 'job', capabilities: ['AT'], restrictions: [], rotation: null, responseType: 'token' },
    });
    const resultId = core.minted.keep(accountId, minted);

    core.lock.lock('user');
    expect(core.broker.cachedUntilMs(accountId)).toBeNull();
    expect(() => core.minted.reveal(resultId)).toThrow('not kept');
    expect(await askForToken()).toEqual({ status: 'failure', error: 'Agent locked' });
    await expect(core.broker.accessToken({ accountId })).rejects.toMatchObject({ code: 'app/locked' });
    await expect(core.minter.mint(accountId, minted as never)).rejects.toMatchObject({ code: 'app/locked' });
    await store('closed');
    await expect(core.accounts.mytoken(accountId)).rejects.toMatchObject({ code: 'vault/locked' });
    await expect(core.retryStorage()).rejects.toMatchObject({ code: 'app/locked' });
    core.resumed();
    expect(core.vault.state().kind).toBe('closed');

    await core.lock.unlock();
    expect(core.vault.state().kind).toBe('ok');
    expect(await askForToken()).toMatchObject({ status: 'success' });
  });

  it('a rotating mytoken that is on its way when the lock falls is stored, and its access token kept back', async () => {
    const before = (await core.accounts.mytoken(accountId))?.reveal();
    sandbox.control.setOp({ latencyMs: 400 });
    sandbox.control.clearRequests();
    const asked = askForToken();
    await underWay();
    core.lock.lock('screen');
    expect(await asked).toEqual({ status: 'failure', error: 'Agent locked' });
    await store('closed');
    expect(journal()).toEqual([]);
    expect(core.broker.cachedUntilMs(accountId)).toBeNull();

    // A new process knows only what was stored.
    await core.stop();
    sandbox.control.setOp({ latencyMs: 0 });
    await open();
    const after = (await core.accounts.mytoken(accountId))?.reveal();
    expect(after).not.toBe(before);
    expect(core.accounts.require(accountId).status).toBe('ok');
    expect(await askForToken()).toMatchObject({ status: 'success' });
  });

  it('requests behind it in the queue are not sent any more', async () => {
    sandbox.control.setOp({ latencyMs: 400 });
    const first = ask({ request: 'access_token', account: 'demo', scope: 'openid' });
    await underWay();
    const second = ask({ request: 'access_token', account: 'demo', scope: 'profile' });
    await until(
      (listener) => core.activity.onChange(listener),
      () => (core.activity.list().length === 2 ? true : null),
    );
    sandbox.control.clearRequests();
    core.lock.lock('sleep');
    expect([await first, await second].map(({ error }) => error)).toEqual(['Agent locked', 'Agent locked']);
    await store('closed');
    const sent = sandbox.control.requests().filter(({ path }) => path.endsWith('/token/access'));
    expect(sent.length).toBeLessThanOrEqual(1);
  });

  it('a mytoken that was being made when the lock fell is taken back', async () => {
    sandbox.control.clearFaults();
    sandbox.control.injectFault({ match: { path: '/api/v0/token/my' }, fault: { kind: 'latency', ms: 400 } });
    const making = core.minter.mint(accountId, {
      ...{ name: 'job', capabilities: ['AT'], restrictions: [], rotation: null, responseType: 'token' },
    });
    await underWay();
    core.lock.lock('user');
    await expect(making).rejects.toMatchObject({ code: 'app/locked' });
    const revoked = sandbox.control.requests().filter(({ path }) => path.endsWith('/token/revoke'));
    expect(revoked).toHaveLength(1);
  });

  it('unlock first, then ask: a question waits for its user and is answered afterwards', async () => {
    settings.update({ policies: {} });
    core.lock.lock('idle');
    const asked = askForToken();
    await asks(() => core.agent.approvals.current()?.unlockFirst === 'app');
    await core.lock.unlock();
    await answerQuestion(core.agent.approvals, 'allow');
    expect(await asked).toMatchObject({ status: 'success' });
    const caller = { ...unknownCaller('agent-socket'), identity: 'known' };
    const subject = { caller, accountId, scope: ['openid'], audience: [] };
    core.agent.grants.add(subject, subject, 'until-quit');
    expect(core.agent.grants.list()).toHaveLength(1);
    core.lock.lock('user');
    expect(core.agent.grants.list()).toEqual([]);
  });

  it('a question is not lost when the lock falls on it', async () => {
    settings.update({ policies: {} });
    const asked = askForToken();
    await asks(() => core.agent.approvals.count() === 1);
    core.lock.lock('screen');
    expect(core.agent.approvals.current()).toMatchObject({ unlockFirst: 'app' });
    await core.lock.unlock();
    await answerQuestion(core.agent.approvals, 'allow');
    expect(await asked).toMatchObject({ status: 'success' });
  });

  it('a client’s password locks all of it and refuses what waits', async () => {
    settings.update({ policies: {} });
    const waiting = askForToken();
    await asks(() => core.agent.approvals.count() === 1);
    expect(await ask({ request: 'lock', password: 'p' })).toMatchObject({ info: 'Agent locked' });
    expect(await waiting).toMatchObject({ error: 'Agent locked' });
    expect(await askForToken()).toMatchObject({ error: 'Agent locked' });
    expect(core.agent.approvals.count()).toBe(0);
    await store('closed');
    expect(await ask({ request: 'unlock', password: 'no' })).toMatchObject({ error: 'wrong password' });
    expect(await ask({ request: 'unlock', password: 'p' })).toMatchObject({ info: 'Agent unlocked' });
    settings.update({ policies: { [accountId]: 'allow' } });
    expect(await askForToken()).toMatchObject({ status: 'success' });
  });

  it('stays locked while the key ring does, and comes back with it', async () => {
    core.lock.lock('user');
    await store('closed');
    backend.level = 'locked';
    const unlocking = core.lock.unlock();
    await store('locked');
    expect(core.lock.isLocked()).toBe(true);
    backend.level = 'os-user'; // its user typed the password
    await unlocking;
    expect(core.vault.state().kind).toBe('ok');
  });

  it('a store in memory is not thrown away', async () => {
    await core.stop();
    backend.level = 'none';
    documents.all.delete('accounts');
    await rm(join(directory, 'vault'), { recursive: true });
    ({ core, settings } = makeCore({ directory, documents, backends: [backend] }));
    await core.start();
    await store('unavailable');
    await core.vault.useSessionOnly();
    const token = await sandbox.control.issueMytoken();
    const { id } = await core.imports.fromText(token.value, { shortname: 'demo' });
    settings.update({ policies: { [id]: 'allow' } });
    core.lock.lock('user');
    expect(await askForToken()).toMatchObject({ error: 'Agent locked' });
    await core.lock.unlock();
    expect(await askForToken()).toMatchObject({ status: 'success' });
  });
});

it('a key ring that is locked while a question waits: the question waits for it', async () => {
  await core.stop();
  backend.level = 'locked';
  ({ core, settings } = makeCore({ directory, documents, backends: [backend] }));
  settings.update({ policies: {} });
  await core.start();
  await store('locked');
  const asked = askForToken();
  await asks(() => core.agent.approvals.current()?.unlockFirst === 'store');
  backend.level = 'os-user';
  await core.retryStorage();
  await answerQuestion(core.agent.approvals, 'allow');
  expect(await asked).toMatchObject({ status: 'success' });
});

describe('a pause of local access', () => {
  it('refuses programs, what waits included, and nobody else', async () => {
    settings.update({ policies: {} });
    const waiting = askForToken();
    await asks(() => core.agent.approvals.count() === 1);
    core.pause.begin(15);
    const paused = 'Local access is paused in Mytoken Desktop.';
    expect(await waiting).toMatchObject({ error: paused });
    settings.update({ policies: { [accountId]: 'allow' } });
    expect(await askForToken()).toMatchObject({ error: paused });
    expect(await core.broker.accessToken({ accountId })).toMatchObject({ tokenType: 'Bearer' });
    core.pause.end();
    expect(await askForToken()).toMatchObject({ status: 'success' });
  });
});

function journal(): string[] {
  return readdirSync(join(directory, 'journal')).filter((name) => name.endsWith('.pending'));
}
