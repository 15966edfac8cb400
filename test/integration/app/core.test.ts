import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Core } from '../../../electron/app/core.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { makeCore, MemoryDocuments } from '../../support/app-core.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A keyring that takes its time, as one does right after a login to the desktop. */
class SlowKeyBackend extends FakeKeyBackend {
  readonly delayMs: number;

  constructor(delayMs: number) {
    super('safe-storage:fake', Buffer.alloc(32, 9));
    this.delayMs = delayMs;
  }

  override async probe(): Promise<Awaited<ReturnType<FakeKeyBackend['probe']>>> {
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    return super.probe();
  }
}

let sandbox: Sandbox;
let directory: string;
let core: Core | null = null;
let documents = new MemoryDocuments();

function open(keyringDelayMs: number): Core {
  return makeCore({ directory, documents, backends: [new SlowKeyBackend(keyringDelayMs)] }).core;
}

beforeEach(async () => {
  sandbox = await startSandbox();
  directory = temporaryDirectory('core-');
  documents = new MemoryDocuments();
  documents.all.set('settings', {
    ...defaultSettings,
    endpoint: { ...defaultSettings.endpoint, enabled: true },
  });
});

afterEach(async () => {
  await core?.stop();
  core = null;
  await sandbox.stop();
});

it('lets a program wait that asks before the keyring has answered, instead of sending it away', async () => {
  core = open(0);
  await core.start();
  await expect.poll(() => core?.vault.state().kind).toBe('ok');
  const token = await sandbox.control.issueMytoken({ user: 'alice' });
  await core.imports.fromText(token.value, { shortname: 'demo' });
  const { key } = core.keys.create({ name: 'test', accountIds: null, expiresInDays: null });
  await core.stop();

  core = open(700);
  await core.start();
  expect(core.vault.state().kind).toBe('closed');
  const [address = ''] = core.endpoint.state().addresses;
  const answer = await fetch(`${address}/v1/access-token`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key.reveal()}`, 'Content-Type': 'application/json' },
    body: '{"account":"demo"}',
  });
  expect(answer.status).toBe(200);
});
