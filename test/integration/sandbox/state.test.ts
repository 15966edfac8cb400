/** A sandbox that is restarted on its ports, in this process and as a command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { call } from './support.ts';

let folder = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = temporaryDirectory('sandbox-state-');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? '').port);
}

function access(base: string, mytoken: unknown): ReturnType<typeof call> {
  return call(`${base}/api/v0/token/access`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'mytoken', mytoken }),
  });
}

interface Command {
  child: ChildProcess;
  info: Pick<Sandbox, 'mytokenUrl' | 'providers' | 'users'>;
  exited: Promise<number | null>;
}

async function command(...args: string[]): Promise<Command> {
  const child = spawn(process.execPath, ['sandbox/main.ts', '--json', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`exited with ${code ?? 'a signal'}`)));
  });
  return { child, exited, info: JSON.parse(line) as Command['info'] };
}

describe('state file', () => {
  it('a restart on the same ports accepts old tokens, refresh tokens included', async () => {
    const stateFile = join(folder, 'state.json');
    const first = await startSandbox({ stateFile });
    const ports = {
      mytoken: portOf(first.mytokenUrl),
      providers: first.providers.map((entry) => portOf(entry.issuer)),
    };
    const token = await first.control.issueMytoken({ rotation: { on_AT: true } });
    const update = (await access(first.mytokenUrl, token.value)).body['token_update'] as Record<
      string,
      unknown
    >;
    const jwks = await call(`${first.mytokenUrl}/jwks`);
    first.control.setEmail({ address: 'kept@example.org' });
    await first.stop();
    await first.stop();
    const second = await startSandbox({ stateFile, ports });
    try {
      expect((await call(`${second.mytokenUrl}/jwks`)).body).toEqual(jwks.body);
      expect((await access(second.mytokenUrl, token.value)).status).toBe(401);
      const reader = await second.control.issueMytoken({ capabilities: ['settings'] });
      const headers = { authorization: `Bearer ${reader.value}` };
      const email = await call(`${second.mytokenUrl}/api/v0/settings/email`, { headers });
      expect(email.body['email_address']).toBe('kept@example.org');
      expect((await access(second.mytokenUrl, update['mytoken'])).status).toBe(200);
    } finally {
      await second.stop();
    }
    expect(JSON.parse(await readFile(stateFile, 'utf8'))).toMatchObject({ version: 1 });
  });

  it('without a file nothing survives, and a taken port is an error', async () => {
    const first = await startSandbox({ providerCount: 1 });
    const ports = { mytoken: portOf(first.mytokenUrl), providers: [portOf(first.providers[0]?.issuer)] };
    const token = await first.control.issueMytoken();
    await expect(startSandbox({ providerCount: 1, ports })).rejects.toThrow(/EADDRINUSE/);
    await first.stop();
    const second = await startSandbox({ providerCount: 1, ports });
    expect((await access(second.mytokenUrl, token.value)).body['error_description']).toBe(
      'signature is invalid',
    );
    await second.stop();
  });
});

describe('the command', () => {
  it('survives being killed without warning', async () => {
    const state = join(folder, 'killed.json');
    const first = await command('--state', state);
    const issued = await call(`${first.info.mytokenUrl}/__sandbox/issue`, { method: 'POST', body: '{}' });
    first.child.kill('SIGKILL');
    await first.exited;
    // The command's own ports are free now; its providers sit on ports of the system's choice, so ask for the same.
    const second = await startSandbox({
      stateFile: state,
      ports: {
        mytoken: portOf(first.info.mytokenUrl),
        providers: first.info.providers.map((entry) => portOf(entry.issuer)),
      },
    });
    try {
      expect((await access(second.mytokenUrl, issued.body['value'])).status).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it('stops on SIGTERM and, if told so, with its parent', async () => {
    const plain = await command();
    expect(plain.info.users.map((user) => user.login)).toEqual(['alice', 'bob']);
    expect(plain.info.mytokenUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    plain.child.kill('SIGTERM');
    expect(await plain.exited).toBe(0);
    const played = ['--server-version', '0.11.0', '--without', 'sshGrant,mail'];
    const bound = await command('--exit-with-parent', '--guest', '--extra', '3', ...played);
    const discovery = await call(`${bound.info.mytokenUrl}/.well-known/mytoken-configuration`);
    expect(discovery.body['providers_supported']).toHaveLength(6);
    expect(discovery.body['version']).toBe('0.11.0');
    expect(discovery.body).not.toHaveProperty('ssh_keys');
    bound.child.stdin?.end();
    expect(await bound.exited).toBe(0);
  });
});
