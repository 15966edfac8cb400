import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unknownCaller } from '../../../electron/agent/index.ts';
import type { Core } from '../../../electron/app/core.ts';
import type { SettingsService } from '../../../electron/app/settings.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { askEncrypted } from '../../support/agent-client.ts';
import { answerQuestion } from '../../support/answer-question.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let sandbox: Sandbox;
let directory: string;
let core: Core;
let settings: SettingsService;
const ids: Record<string, string> = {};

beforeEach(async () => {
  sandbox = await startSandbox();
  directory = temporaryDirectory('account-choice-');
  const documents = new MemoryDocuments();
  documents.all.set('settings', { ...defaultSettings, socket: { enabled: true } });
  ({ core, settings } = makeCore({
    directory,
    documents,
    backends: [new FakeKeyBackend('safe-storage:fake')],
  }));
  await core.start();
  await expect.poll(() => core.vault.state().kind).toBe('ok');
  for (const user of ['alice', 'bob']) {
    const { value } = await sandbox.control.issueMytoken({ user, capabilities: ['AT', 'create_mytoken'] });
    ids[user] = (await core.imports.fromText(value, { shortname: user })).id;
  }
});

afterEach(async () => {
  await core.stop();
  await sandbox.stop();
});

const issuer = (): string => sandbox.providers[0]?.issuer ?? '';
const ask = (): Promise<Record<string, unknown>> =>
  askEncrypted(core.agent.socket.state().path ?? '', { request: 'access_token', issuer: issuer() });
/** Somebody for whom these accounts exist; null: all. */
const limited = (accountIds: readonly string[] | null) => ({
  caller: { ...unknownCaller('http-socket'), verified: true, program: 'job' },
  ...{ accountIds, keyed: false, waitMs: 20_000 },
});
const token = (from: ReturnType<typeof limited>): ReturnType<Core['agent']['desk']['accessToken']> =>
  core.agent.desk.accessToken(
    {
      ...{ account: null, issuer: issuer(), scope: null, audience: null },
      ...{ minValidMs: null, fresh: false, comment: '' },
    },
    from,
    new AbortController().signal,
  );
const choice = (): readonly (string | undefined)[] => {
  const { account, others = [] } = core.agent.approvals.current() ?? {};
  return [account?.shortname, ...others.map((other) => other.account.shortname)];
};

/** Whose token it is, by the provider's word. */
async function owner(token: unknown): Promise<unknown> {
  const discovery = await fetch(`${issuer()}/.well-known/openid-configuration`);
  const { userinfo_endpoint: endpoint } = (await discovery.json()) as { userinfo_endpoint: string };
  const answer = await fetch(endpoint, { headers: { Authorization: `Bearer ${String(token)}` } });
  return ((await answer.json()) as { sub: unknown }).sub;
}
const subOf = (login: string): unknown => sandbox.users.find((user) => user.login === login)?.sub;

describe('two accounts for one issuer', () => {
  it('the chosen one answers; remembered, it answers without a question until that is taken back', async () => {
    const asker = { ...limited(null), caller: { ...limited(null).caller, identity: 'id-job' } };
    const asked = token(asker);
    await expect.poll(choice).toEqual(['alice', 'bob']);
    await answerQuestion(core.agent.approvals, 'allow', 'access-token', ids['bob']);
    expect(await owner((await asked).grant.accessToken.reveal())).toBe(subOf('bob'));

    const again = await token(asker);
    expect(await owner(again.grant.accessToken.reveal())).toBe(subOf('bob'));
    expect(again.repeatable).not.toBeNull();
    const [grant] = core.agent.grants.list();
    expect(grant).toMatchObject({ accountId: ids['bob'], uses: 1 });
    expect(core.activity.list()[0]).toMatchObject({ accountId: ids['bob'], by: 'grant' });

    core.agent.grants.revoke(grant?.id ?? '');
    const third = token(asker);
    await answerQuestion(core.agent.approvals, 'allow', 'access-token', ids['alice']);
    expect(await owner((await third).grant.accessToken.reveal())).toBe(subOf('alice'));
  });

  it('an account that serves nobody, or cannot be used, is no choice', async () => {
    settings.update({ policies: { [ids['bob'] ?? '']: 'deny' } });
    const first = ask();
    await expect.poll(choice).toEqual(['alice']);
    await answerQuestion(core.agent.approvals, 'deny');
    expect(await first).toHaveProperty('error');

    const { value } = await sandbox.control.issueMytoken({
      user: 'bob',
      restrictions: [{ exp: Math.floor(Date.now() / 1000) + 2 }],
    });
    await core.imports.fromText(value, { shortname: 'short-lived' });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    settings.update({ policies: { [ids['bob'] ?? '']: 'ask-always' } });
    const second = ask();
    await expect.poll(choice).toEqual(['alice', 'bob']);
    await answerQuestion(core.agent.approvals, 'allow', 'access-token', ids['bob']);
    expect(await owner((await second)['access_token'])).toBe(subOf('bob'));
    expect(core.agent.grants.list()).toEqual([]);
  });

  it('where the one that is meant needs no question there is none', async () => {
    settings.update({ policies: { [ids['alice'] ?? '']: 'allow' } });
    expect(await owner((await ask())['access_token'])).toBe(subOf('alice'));
  });

  it('a mytoken is made of the chosen one', async () => {
    const made = core.agent.desk.mytoken(
      {
        ...{ account: null, issuer: issuer(), hint: null },
        wish: { kind: 'profile', profile: { capabilities: ['AT'], restrictions: [{ exp: '+1d' }] } },
      },
      limited(null),
      new AbortController().signal,
    );
    await expect.poll(choice).toEqual(['alice', 'bob']);
    await answerQuestion(core.agent.approvals, 'allow', 'mytoken', ids['bob']);
    const { account, minted } = await made;
    expect(account.id).toBe(ids['bob']);
    expect(sandbox.control.tokens().find(({ momId }) => momId === minted.momId)).toMatchObject({
      user: 'bob',
    });
    expect(core.activity.list()[0]).toMatchObject({ kind: 'mytoken', accountId: ids['bob'] });
  });

  it('R-47 a limited asker chooses among its own', async () => {
    const { value } = await sandbox.control.issueMytoken({ user: 'alice' });
    const third = await core.imports.fromText(value, { shortname: 'third' });
    const asked = token(limited([ids['bob'] ?? '', third.id]));
    await expect.poll(choice).toEqual(['bob', 'third']);
    await answerQuestion(core.agent.approvals, 'deny');
    await expect(asked).rejects.toMatchObject({ code: 'agent/denied' });
  });
});
