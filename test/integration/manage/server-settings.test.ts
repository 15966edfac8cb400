import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServerSettings, operationCheck, type ServerSettings } from '../../../electron/manage/index.ts';
import { silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { type AgentCore, openAgentCore } from '../../support/agent-core.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3LKW8+jKqlhEf8fqYTKqxAyJGYpUrZrZoYN4wBHVyz alice@laptop';

let sandbox: Sandbox;
let directory: string;
let core: AgentCore;
let settings: ServerSettings;
let opened: string[];

beforeEach(async () => {
  sandbox = await startSandbox({ pollingIntervalSeconds: 1 });
  directory = temporaryDirectory('settings-');
  core = await openAgentCore(directory);
  opened = [];
  settings = createServerSettings({
    accounts: core.accounts,
    broker: core.broker,
    client: core.client,
    requireOperation: operationCheck(core.accounts),
    openInBrowser: (url) => {
      opened.push(url);
      return Promise.resolve();
    },
    clock: systemClock(),
    log: silentLogger,
  });
});
afterEach(async () => {
  settings.forgetAll();
  await core.stop();
  await sandbox.stop();
});

async function account(capabilities = ['AT', 'settings'], rotating = false): Promise<string> {
  const issued = await sandbox.control.issueMytoken({
    user: 'alice',
    capabilities,
    ...(rotating ? { rotation: { on_other: true, on_AT: true, lifetime: 3600 } } : {}),
  });
  return core.adopt(issued.value);
}
/** Everything the user does in the browser. */
const consent = (approve = true) =>
  sandbox.control.completeLogin(opened.at(-1) ?? '', { user: 'alice', approve });
const wish = { publicKey: key, name: 'laptop', capabilities: ['AT'], restrictions: [] };

describe('the mail address', () => {
  it('is shown, changed and confirmed, also with a mytoken that every call replaces', async () => {
    const id = await account(['AT', 'settings'], true);
    sandbox.control.setEmail({ user: 'alice', address: 'alice@example.org', verified: true });
    expect(await settings.email(id)).toEqual({
      address: 'alice@example.org',
      verified: true,
      prefersHtml: false,
    });
    await settings.setEmail(id, { prefersHtml: true });
    await settings.setEmail(id, { address: 'new@example.org' });
    expect(await settings.email(id)).toEqual({
      address: 'new@example.org',
      verified: false,
      prefersHtml: true,
    });
    expect(sandbox.control.mails().map(({ kind, to }) => [kind, to])).toContainEqual([
      'verify_email',
      'new@example.org',
    ]);
    await core.broker.accessToken({ accountId: id, fresh: true });
  });
});

describe('ssh keys', () => {
  it('are added after the consent in the browser, told once, and removed', async () => {
    const id = await account();
    await settings.setSshGrant(id, true);
    const flow = await settings.startSshKey(id, wish);
    expect(opened).toHaveLength(1);
    expect(() => settings.sshAccess(flow.flowId)).toThrow(expect.objectContaining({ code: 'compose/gone' }));
    await consent();
    await settings.awaitSshKey(flow.flowId);

    const access = settings.sshAccess(flow.flowId);
    expect(String(access.command)).not.toContain('ssh'); // a secret until it is revealed
    const userName = / (\S+)@/.exec(access.command.reveal())?.[1] ?? '';
    expect(access.hostConfig?.reveal()).toContain(userName);
    expect(sandbox.control.tryAsSsh({ sshUser: userName, fingerprint: flow.fingerprint })).toBe(true);

    const { enabled, keys } = await settings.sshKeys(id);
    expect(enabled).toBe(true);
    expect(keys).toMatchObject([{ name: 'laptop', fingerprint: flow.fingerprint }]);
    expect(keys[0]?.lastUsedAtMs).not.toBeNull();
    await settings.removeSshKey(id, flow.fingerprint);
    expect((await settings.sshKeys(id)).keys).toEqual([]);
    expect(sandbox.control.tryAsSsh({ sshUser: userName, fingerprint: flow.fingerprint })).toBe(false);
  });

  it('are refused while the way is switched off, and a second time', async () => {
    const id = await account();
    await expect(settings.startSshKey(id, wish)).rejects.toMatchObject({ code: 'mytoken/grant-off' });
    await settings.setSshGrant(id, true);
    const flow = await settings.startSshKey(id, wish);
    await consent();
    await settings.awaitSshKey(flow.flowId);
    await expect(settings.startSshKey(id, wish)).rejects.toMatchObject({ code: 'mytoken/already-there' });
    await settings.setSshGrant(id, false);
    expect((await settings.sshKeys(id)).enabled).toBe(false);
  });

  it('are not added when the user declines, or gives up', async () => {
    const id = await account();
    await settings.setSshGrant(id, true);
    const declined = await settings.startSshKey(id, wish);
    const waiting = settings.awaitSshKey(declined.flowId);
    await consent(false);
    await expect(waiting).rejects.toMatchObject({ code: 'login/declined' });
    const givenUp = await settings.startSshKey(id, wish);
    const stopped = settings.awaitSshKey(givenUp.flowId);
    settings.cancelSshKey(givenUp.flowId);
    await expect(stopped).rejects.toMatchObject({ code: 'login/cancelled' });
    expect((await settings.sshKeys(id)).keys).toEqual([]);
  });

  it('survive that the server is away for a moment', async () => {
    const id = await account();
    await settings.setSshGrant(id, true);
    const flow = await settings.startSshKey(id, wish);
    sandbox.control.injectFault({
      match: { path: '/api/v0/settings/grants/ssh', count: 1 },
      fault: { kind: 'status', status: 503 },
    });
    await consent();
    await settings.awaitSshKey(flow.flowId);
  });
});

describe('a mytoken that may not', () => {
  it.each([
    ['email', 'read@settings:email', (id: string) => settings.email(id)],
    ['setEmail', 'settings:email', (id: string) => settings.setEmail(id, { prefersHtml: true })],
    ['sshKeys', 'read@settings:grants:ssh', (id: string) => settings.sshKeys(id)],
    ['setSshGrant', 'settings:grants', (id: string) => settings.setSshGrant(id, true)],
    ['startSshKey', 'settings:grants:ssh', (id: string) => settings.startSshKey(id, wish)],
    ['removeSshKey', 'settings:grants:ssh', (id: string) => settings.removeSshKey(id, 'SHA256:x')],
  ])('%s names %s and asks nobody', async (_name, capability, run) => {
    const id = await account(['AT']);
    sandbox.control.clearRequests();
    await expect(run(id)).rejects.toMatchObject({
      code: 'mytoken/insufficient-capabilities',
      details: { capability },
    });
    expect(sandbox.control.requests()).toEqual([]);
  });

  it('may look with the read-only capability', async () => {
    const id = await account(['AT', 'read@settings']);
    await settings.email(id);
    await settings.sshKeys(id);
    await expect(settings.setSshGrant(id, true)).rejects.toMatchObject({
      code: 'mytoken/insufficient-capabilities',
    });
  });
});

describe('a server without it', () => {
  it('says so', async () => {
    const id = await account();
    sandbox.control.setServer({ features: { sshGrant: false, mail: false } });
    await expect(settings.sshKeys(id)).rejects.toMatchObject({ code: 'mytoken/not-supported' });
    await expect(settings.email(id)).rejects.toMatchObject({ code: 'mytoken/not-supported' });
  });
});
