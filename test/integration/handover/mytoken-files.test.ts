import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adoptLater } from '../../../electron/accounts/index.ts';
import { createKeptFiles } from '../../../electron/files/index.ts';
import {
  createMytokenFiles,
  type MytokenFiles,
  type MytokenFileWish,
} from '../../../electron/handover/index.ts';
import { silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { type AgentCore, openAgentCore } from '../../support/agent-core.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const rotation = { on_AT: true, on_other: true, lifetime: 86_400 };
const clock = systemClock();
const log = silentLogger;

let sandbox: Sandbox;
let directory: string;
let core: AgentCore;
let shared: MytokenFiles;
let wishes: readonly MytokenFileWish[];
let written: unknown;

async function open(): Promise<void> {
  core = await openAgentCore(join(directory, 'profile'), { beforeUse: (id) => shared.beforeUse(id) });
  const { accounts, broker, client } = core;
  shared = createMytokenFiles({
    storage: { load: () => wishes, save: (next) => (wishes = next) },
    files: createKeptFiles(
      { load: () => written, save: (next) => (written = structuredClone(next)) },
      process.getuid?.() ?? null,
    ),
    accounts,
    broker,
    adopt: (id, value) => adoptLater({ accounts, client, clock, log }, id, value),
    clock,
    log,
  });
  await shared.start();
}

async function issue(over: { auto_revoke?: boolean } | null = {}): Promise<string> {
  const token = await sandbox.control.issueMytoken({
    user: 'alice',
    capabilities: ['AT', 'tokeninfo'],
    ...(over === null ? {} : { rotation: { ...rotation, ...over } }),
  });
  return token.value;
}

const path = (): string => join(directory, 'alice.mytoken');
const inFile = async (): Promise<string> => (await readFile(path(), 'utf8')).trim();
const held = async (accountId: string): Promise<string> =>
  (await core.accounts.mytoken(accountId))?.reveal() ?? '';
const use = (accountId: string, audience: string): Promise<unknown> =>
  core.broker.accessToken({ accountId, audience: [audience], fresh: true });

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(await holds()).toBe(true);
}

/** The outside program, to its end: how often it was served, and how often it came with a mytoken that had just been replaced. */
async function outside(count: number, pauseMs: number): Promise<{ done: number; refused: number }> {
  const script = join(import.meta.dirname, 'mytoken-client.mjs');
  const child = spawn(process.execPath, [script, path(), String(count), String(pauseMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output) as { done: number; refused: number };
}

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 7 });
  directory = temporaryDirectory('shared-');
  wishes = [];
  written = undefined;
  await open();
});
afterEach(async () => {
  await shared.stop();
  await core.stop();
  await sandbox.stop();
});

describe('a mytoken shared with another program through a file', () => {
  it('follows a rotation by the app', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    const before = await inFile();
    await use(accountId, 'a');
    await until(async () => (await inFile()) === (await held(accountId)));
    expect(await inFile()).not.toBe(before);
    expect(await outside(1, 0)).toEqual({ done: 1, refused: 0 });
  });

  it('follows a rotation by the other program, at the very next use and by itself', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    await outside(3, 0);
    await use(accountId, 'a'); // at once: watching need not have told yet
    expect(core.accounts.require(accountId).status).toBe('ok');
    await outside(1, 0);
    await until(async () => (await held(accountId)) === (await inFile()));
    expect(shared.list()[0]?.takenOverAtMs).not.toBeNull();
  });

  it('survives both sides using it at the same time', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    const running = outside(20, 15);
    let served = 0;
    for (let round = 0; round < 20; round += 1) {
      await use(accountId, `r${round}`).then(
        () => (served += 1),
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect((await running).done).toBe(20);
    await until(async () => (await held(accountId)) === (await inFile()));
    await use(accountId, 'end');
    expect(served).toBeGreaterThan(5);
    expect(core.accounts.require(accountId).status).toBe('ok');
  });

  it('takes over after the app was closed while the other program went on', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    await shared.stop();
    await core.stop();
    await outside(2, 0);
    await open();
    await use(accountId, 'a');
    await until(async () => (await held(accountId)) === (await inFile()));
  });

  it('heals an account that had come to need a login because the other program was faster', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    const former = await inFile();
    await outside(1, 0);
    const later = await inFile();
    await writeFile(path(), `${former}\n`); // the moment before the other program writes
    await expect(use(accountId, 'a')).rejects.toMatchObject({ code: 'mytoken/token-unusable' });
    expect(core.accounts.require(accountId).status).toBe('login-needed');
    await writeFile(path(), `${later}\n`);
    await use(accountId, 'b');
    expect(core.accounts.require(accountId).status).toBe('ok');
  });

  it('takes nothing over that is not a later form of this very mytoken', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    const mine = await held(accountId);
    const claims = JSON.parse(Buffer.from(mine.split('.')[1] ?? '', 'base64url').toString()) as {
      seq_no: number;
    };
    const forged = Buffer.from(JSON.stringify({ ...claims, seq_no: claims.seq_no + 5 })).toString(
      'base64url',
    );
    const [head, , signature] = mine.split('.');
    for (const content of [`${head}.${forged}.${signature}`, await issue(), 'hello']) {
      await writeFile(path(), `${content}\n`);
      await until(() => Promise.resolve(shared.list()[0]?.problem === 'handover/foreign-file'));
      expect(await inFile()).toBe(content); // not ours to overwrite
      expect(await held(accountId)).toBe(mine);
      await writeFile(path(), `${mine}\n`);
      await until(() => Promise.resolve(shared.list()[0]?.state === 'fresh'));
    }
    await use(accountId, 'still works');
  });

  it('ends with the latest mytoken in the store and no file', async () => {
    const accountId = await core.adopt(await issue());
    await shared.share({ accountId, path: path() });
    await outside(2, 0);
    const latest = await inFile();
    await shared.stopSharing(accountId);
    await expect(stat(path())).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await held(accountId)).toBe(latest);
    await use(accountId, 'a');
    expect(wishes).toEqual([]);
  });

  it('adopts a file that holds this mytoken already, and refuses one that holds something else', async () => {
    const accountId = await core.adopt(await issue());
    await writeFile(path(), `${await held(accountId)}\n`, { mode: 0o600 });
    await shared.share({ accountId, path: path() });
    await shared.stopSharing(accountId);
    await writeFile(path(), 'my thesis');
    await expect(shared.share({ accountId, path: path() })).rejects.toMatchObject({
      code: 'handover/foreign-file',
    });
    expect(await inFile()).toBe('my thesis');
  });

  it('is refused where the first race would revoke everything', async () => {
    const accountId = await core.adopt(await issue({ auto_revoke: true }));
    await expect(shared.share({ accountId, path: path() })).rejects.toMatchObject({
      code: 'handover/not-shareable',
      details: { reason: 'auto-revoke' },
    });
  });

  it('works for a mytoken that does not rotate', async () => {
    const accountId = await core.adopt(await issue(null));
    await shared.share({ accountId, path: path() });
    expect(await outside(2, 0)).toEqual({ done: 2, refused: 0 });
  });
});
