import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../electron/ports/index.ts';
import type { Core } from '../../../electron/app/core.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { askEncrypted } from '../../support/agent-client.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { answerQuestion, questionOf } from '../../support/answer-question.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

let sandbox: Sandbox;
let directory: string;
let core: Core;
let opened: string[];
let waitsUntilMs: number;
let openings: Emitter<void>;

const ask = (request: Record<string, unknown>, signal?: AbortSignal): Promise<Record<string, unknown>> =>
  askEncrypted(core.agent.socket.state().path ?? '', request, signal);

beforeEach(async () => {
  sandbox = await startSandbox();
  directory = temporaryDirectory('new-account-');
  const documents = new MemoryDocuments();
  documents.all.set('settings', { ...defaultSettings, socket: { enabled: true } });
  opened = [];
  openings = new Emitter<void>();
  const openAddAccount = (issuer: string, untilMs: number): void => {
    opened.push(issuer);
    waitsUntilMs = untilMs;
    openings.emit();
  };
  const backends = [new FakeKeyBackend('safe-storage:fake')];
  ({ core } = makeCore({ directory, documents, backends, openAddAccount }));
  await core.start();
  await until(
    (listener) => core.vault.onState(listener),
    () => (core.vault.state().kind === 'ok' ? true : null),
  );
});

afterEach(async () => {
  await core.stop();
  await sandbox.stop();
});

describe('a provider without an account', () => {
  const issuer = (): string => sandbox.providers[1]?.issuer ?? '';
  const request = () => ({ request: 'access_token', issuer: `${issuer()}/` });

  it('the program waits while its user adds one, and is asked about as usual then', async () => {
    const asked = ask(request());
    const { deadlineAtMs } = await questionOf(core.agent.approvals, 'add-account');
    await answerQuestion(core.agent.approvals, 'allow', 'add-account');
    await until(
      (listener) => openings.on(listener),
      () => opened[0] ?? null,
    );
    expect(opened).toEqual([`${issuer()}/`]);
    expect(Math.abs(waitsUntilMs - deadlineAtMs)).toBeLessThan(100); // what is left of the one time for both
    const token = await sandbox.control.issueMytoken({ provider: 1 });
    const { id } = await core.imports.fromText(token.value, { shortname: 'second' });
    await answerQuestion(core.agent.approvals, 'allow', 'access-token');
    expect(await asked).toMatchObject({ status: 'success', issuer: issuer() });
    expect(core.activity.list().map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'access-token allowed',
      'add-account allowed',
    ]);
    expect(core.accounts.get(id)).not.toBeNull();
  });

  it('a no is what the protocol has for it', async () => {
    const asked = ask(request());
    await answerQuestion(core.agent.approvals, 'deny', 'add-account');
    expect(await asked).toMatchObject({ error: 'No account configured for this issuer' });
    expect(opened).toEqual([]);
  });

  it('another provider’s account is no answer, and a program that goes ends the waiting', async () => {
    const gone = new AbortController();
    const asked = ask(request(), gone.signal).catch(() => 'gone');
    await answerQuestion(core.agent.approvals, 'allow', 'add-account');
    const token = await sandbox.control.issueMytoken({ provider: 0 });
    await core.imports.fromText(token.value, { shortname: 'first' });
    await new Promise((resolve) => setTimeout(resolve, 300)); // as long as a question would need to be asked
    expect(core.agent.approvals.count()).toBe(0);
    gone.abort();
    expect(await asked).toBe('gone');
    const late = await sandbox.control.issueMytoken({ provider: 1 });
    await core.imports.fromText(late.value, { shortname: 'second' });
    expect(core.agent.approvals.count()).toBe(0);
  });

  it('an unknown short name is told at once, in the protocol’s own words', async () => {
    expect(await ask({ request: 'access_token', account: 'nobody' })).toMatchObject({
      error: 'No account configured with that short name',
    });
    expect(await ask({ request: 'access_token', issuer: 'no url' })).toMatchObject({
      error: 'No account configured for this issuer',
    });
  });
});

describe('oidc-add hands over an account', () => {
  it('a mytoken that is checked at its server becomes an account, once its user agreed', async () => {
    const token = await sandbox.control.issueMytoken({ capabilities: ['AT', 'tokeninfo'] });
    const config = {
      ...{ name: 'handed', client_name: 'oidc-agent:handed', issuer_url: 'https://told.example' },
      ...{ mytoken_url: sandbox.mytokenUrl, refresh_token: token.value },
    };
    const asked = ask({ request: 'add', config, pw_entry: { type: 'memory', password: 'p' }, confirm: 0 });
    expect((await questionOf(core.agent.approvals, 'import-account')).content).toMatchObject({
      ...{ kind: 'import-account', name: 'handed', capabilities: ['AT', 'tokeninfo'] },
      oidcIssuer: sandbox.providers[0]?.issuer,
    });
    expect(core.accounts.all()).toEqual([]);
    await answerQuestion(core.agent.approvals, 'allow', 'import-account');
    expect(await asked).toEqual({ status: 'success' });
    expect(core.accounts.all()).toMatchObject([{ shortname: 'handed', displayName: 'handed' }]);
    expect(await ask({ request: 'loaded_accounts' })).toMatchObject({ info: ['handed'] });

    const again = ask({ request: 'add', config });
    await answerQuestion(core.agent.approvals, 'allow', 'import-account');
    expect(String((await again)['error'])).toContain('there already');
  });
});
