import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { type AgentCore, openAgentCore } from '../../support/agent-core.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const rotation = { on_AT: true, on_other: true, lifetime: 86_400 };

let sandbox: Sandbox;
let directory: string;
let core: AgentCore | null;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 42 });
  directory = temporaryDirectory('rotation-');
  core = null;
});

afterEach(async () => {
  await core?.stop();
  await sandbox.stop();
});

async function issue(over: { auto_revoke?: boolean } = {}): Promise<string> {
  const token = await sandbox.control.issueMytoken({
    user: 'alice',
    capabilities: ['AT', 'tokeninfo'],
    restrictions: [{ scope: 'openid profile email' }],
    rotation: { ...rotation, ...over },
  });
  return token.value;
}

/** 200 distinct wishes, so that neither cache nor merging takes work off the broker. */
async function twoHundred(
  agent: AgentCore,
  accountId: string,
): Promise<{ ok: number; codes: Map<string, number> }> {
  const codes = new Map<string, number>();
  let ok = 0;
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      try {
        await agent.broker.accessToken({
          accountId,
          scope: ['openid'],
          comment: String(index),
          audience: [`a${index}`],
        });
        ok += 1;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }),
  );
  return { ok, codes };
}

describe('200 parallel requests with a rotating mytoken', () => {
  it('all succeed, and the stored mytoken is the living one', async () => {
    core = await openAgentCore(directory);
    const accountId = await core.adopt(await issue());
    const { ok, codes } = await twoHundred(core, accountId);
    expect([...codes]).toEqual([]);
    expect(ok).toBe(200);
    await core.broker.accessToken({ accountId, fresh: true, scope: ['openid'] });
  });

  it('survive connections cut before the server did anything', async () => {
    core = await openAgentCore(directory);
    const accountId = await core.adopt(await issue());
    const fault = sandbox.control.injectFault({
      match: { path: '/api/v0/token/access' },
      fault: { kind: 'cut-before' },
      chance: 0.2,
    });
    const { ok } = await twoHundred(core, accountId);
    expect(fault.hits()).toBeGreaterThan(5);
    fault.remove();
    expect(ok).toBeGreaterThan(50);
    expect(core.accounts.require(accountId).status).toBe('ok');
    await core.broker.accessToken({ accountId, fresh: true, scope: ['openid'] });
  });

  it('end with an account that says so when an answer was lost after the server had replaced the mytoken', async () => {
    core = await openAgentCore(directory);
    const accountId = await core.adopt(await issue());
    const fault = sandbox.control.injectFault({
      match: { path: '/api/v0/token/access', nth: 20, count: 1 },
      fault: { kind: 'cut-after' },
    });
    const { ok, codes } = await twoHundred(core, accountId);
    expect(fault.hits()).toBe(1);
    expect(ok).toBe(19);
    expect(codes.get('accounts/needs-login')).toBe(180);
    const account = core.accounts.require(accountId);
    expect(account.status).toBe('login-needed');
    expect(account.problem?.code).toBe('accounts/uncertain');

    await core.adopt(await issue());
    expect((await twoHundred(core, accountId)).ok).toBe(200);
  });

  it('with auto_revoke leave the question to the user, and other tokens of the family alive', async () => {
    core = await openAgentCore(directory);
    const accountId = await core.adopt(await issue({ auto_revoke: true }));
    sandbox.control.injectFault({
      match: { path: '/api/v0/token/access', nth: 5, count: 1 },
      fault: { kind: 'cut-after' },
    });
    await twoHundred(core, accountId);
    expect(core.accounts.require(accountId).status).toBe('uncertain');
    expect(sandbox.control.tokens()).toHaveLength(1);
    sandbox.control.clearRequests();
    await core.stop();
    core = await openAgentCore(directory); // a restart does not present the string either
    expect(core.accounts.require(accountId).status).toBe('uncertain');
    expect(sandbox.control.requests().filter((request) => request.path.startsWith('/api'))).toEqual([]);
    expect(await core.broker.resolveUncertain(accountId)).toBe('dead');
    expect(core.accounts.require(accountId).status).toBe('login-needed');
  });
});

describe('kill -9 in between', () => {
  /** Runs the child until it has given out `tokens` tokens, waits a moment of its own, kills it. */
  async function runAndKill(tokens: number, extraMs: number): Promise<{ settled: string; given: number }> {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../support/agent-core-child.ts'), directory],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_NO_WARNINGS: '1' },
      },
    );
    let output = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const given = output.split('got ').length - 1;
        if (given >= tokens || output.includes('failed')) resolve();
      });
      child.once('close', () => reject(new Error(`child ended: ${errors}`)));
    });
    await new Promise((resolve) => setTimeout(resolve, extraMs));
    child.kill('SIGKILL');
    await ended;
    return { settled: /settled (\S+)/.exec(output)?.[1] ?? '', given: output.split('got ').length - 1 };
  }

  const answeredTokenRequests = (): number =>
    sandbox.control
      .requests()
      .filter((request) => request.path === '/api/v0/token/access' && request.status === 200).length;

  it('never loses an account unless the answer itself was lost, and then the account says so', async () => {
    core = await openAgentCore(directory);
    let accountId = await core.adopt(await issue());
    await core.stop();
    core = null;
    let killedInFlight = 0;
    let alive = 0;
    for (let round = 0; round < 12; round += 1) {
      sandbox.control.clearRequests();
      const { given, settled } = await runAndKill(1 + (round % 3), (round * 7) % 23);
      expect(settled).toBe('ok');
      core = await openAgentCore(directory);
      const agent = core;
      // The killed client's last request may still be under way at the server and overtake the question whether the mytoken
      // lives; then the first use finds out.
      const worked = await agent.broker.accessToken({ accountId, fresh: true, scope: ['openid'] }).then(
        () => true,
        () => false,
      );
      const { status, problem } = agent.accounts.require(accountId);
      if (worked) {
        expect(status).toBe('ok');
        alive += 1;
      } else {
        // Justified only if the server replaced the mytoken in an answer that nobody was left to read.
        expect(status).toBe('login-needed');
        expect(['accounts/uncertain', 'mytoken/token-unusable']).toContain(problem?.code);
        expect(answeredTokenRequests()).toBeGreaterThan(given);
        killedInFlight += 1;
        accountId = await agent.adopt(await issue());
      }
      await core.stop();
      core = null;
      expect(await readdir(join(directory, 'journal'))).toEqual([]);
    }
    expect(alive + killedInFlight).toBe(12);
    expect(alive).toBeGreaterThan(0);
  });
});
