/** The real oidc-agent of the distribution, with one account loaded. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './client.ts';
import { startProvider } from './provider.ts';

export interface Peer {
  readonly socketPath: string;
  /** Short name of its account. */
  readonly account: string;
  stop(): Promise<void>;
}

const startLimitMs = 10_000;

export async function startPeer(directory: string, tokenLength: number): Promise<Peer> {
  mkdirSync(join(directory, 'home', '.config'), { recursive: true, mode: 0o700 });
  const socketPath = join(directory, 'agent.sock');
  const provider = await startProvider(directory, tokenLength);
  const agent = spawn('oidc-agent', ['--console', '-a', socketPath], {
    env: { ...process.env, HOME: join(directory, 'home'), TMPDIR: directory },
    stdio: 'ignore',
  });
  const exited = new Promise<void>((resolve) => agent.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    agent.kill('SIGTERM');
    await exited;
    provider.stop();
  };
  try {
    for (let leftMs = startLimitMs; !existsSync(socketPath); leftMs -= 20) {
      if (leftMs <= 0 || agent.exitCode !== null) throw new Error('oidc-agent does not start.');
      await sleep(20);
    }
    await ask(socketPath, addRequest('bench', provider.issuer, provider.certificate));
    return { socketPath, account: 'bench', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What `oidc-add` sends after it has read an account's file. */
function addRequest(name: string, issuer: string, certificate: string): object {
  return {
    request: 'add',
    config: {
      ...{ name, client_name: name, issuer_url: issuer },
      config_endpoint: `${issuer}.well-known/openid-configuration`,
      ...{ device_authorization_endpoint: '', daeSetByUser: 0, client_id: 'client', client_secret: 'secret' },
      ...{ refresh_token: 'refresh', cert_path: certificate, scope: 'openid offline_access', audience: '' },
      ...{ redirect_uris: [], username: '', password: '' },
    },
    ...{ confirm: 0, always_allow_id: 1, lifetime: 0, pw_entry: { account: name, type: 'prompt' } },
  };
}
