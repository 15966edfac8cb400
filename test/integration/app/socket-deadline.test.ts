import { expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { askEncrypted } from '../../support/agent-client.ts';
import { questionOf } from '../../support/answer-question.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

it('R-64 a question of the socket waits for 300 seconds, longer than one of HTTP, and is then a no', async () => {
  const clock = new FakeClock(Date.now());
  const documents = new MemoryDocuments();
  documents.all.set('settings', { ...defaultSettings, socket: { enabled: true } });
  const directory = temporaryDirectory('deadline-');
  const backends = [new FakeKeyBackend('safe-storage:fake')];
  const { core } = makeCore({ directory, documents, backends, clock });
  const sandbox: Sandbox = await startSandbox();
  try {
    await core.start();
    clock.advance(0); // it opens its store a moment after it has started
    await until(
      (listener) => core.vault.onState(listener),
      () => (core.vault.state().kind === 'ok' ? true : null),
    );
    const token = await sandbox.control.issueMytoken();
    await core.imports.fromText(token.value, { shortname: 'demo' });
    const path = core.agent.socket.state().path ?? '';
    const asked = askEncrypted(path, { request: 'access_token', account: 'demo' });
    const { id, deadlineAtMs } = await questionOf(core.agent.approvals, 'access-token');
    expect(deadlineAtMs).toBe(clock.nowMs() + 300_000);
    clock.advance(299_999);
    expect(core.agent.approvals.current()?.id).toBe(id);
    clock.advance(1);
    expect(core.agent.approvals.current()).toBeNull();
    expect(await asked).toEqual({ status: 'failure', error: 'Nobody answered the request in time.' });
    expect(core.activity.list()[0]).toMatchObject({ outcome: 'expired', by: 'time' });
  } finally {
    await core.stop();
    await sandbox.stop();
  }
});
