import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../../scripts/lib/paths.ts';
import { runProcess } from '../../../scripts/lib/run-process.ts';
import { say } from '../../../scripts/lib/say.ts';
import { type Program, runtimeDirectory, start } from '../launch.ts';
import type { OutsideClient } from '../outside.ts';
import { fillProfile } from '../profile.ts';
import type { AgentMeasured, Input } from '../types.ts';
import { ask } from './client.ts';
import { audience, blockedUs, measureRound, scope } from './measure.ts';
import { type Peer, startPeer } from './peer.ts';

const readyTries = 60;
const readyPauseMs = 250;
const warmUpRequests = 200;

/** The app's socket beside the real oidc-agent, both running all the time. */
export async function benchAgents(
  input: Input,
  outside: OutsideClient,
  base: string,
): Promise<AgentMeasured> {
  const program: Program = {
    ...{ executable: input.executable, folder: ROOT, args: ['--hidden'], userData: join(base, 'agents') },
  };
  say('Making a profile for the socket …');
  const { accounts } = await fillProfile(program, await outside.mytokens(2, 0), ['allow', 'ask-always']);
  const [account = '', askedAccount = ''] = accounts;
  const running = await start(program);
  let peer: Peer | null = null;
  try {
    const app = { socketPath: join(runtimeDirectory(program), 'agent.sock'), account, askedAccount };
    const tokenLength = await firstToken(app.socketPath, account);
    const peerDirectory = join(base, 'peer');
    mkdirSync(peerDirectory, { mode: 0o700 });
    peer = await startPeer(peerDirectory, tokenLength);
    for (const place of [app, peer]) {
      const plain = { request: 'access_token', account: place.account, min_valid_period: 0 };
      await ask(place.socketPath, { ...plain, scope, audience });
      for (let left = warmUpRequests; left > 0; left -= 1) await ask(place.socketPath, plain);
    }
    const rounds = [];
    for (let round = 0; round < input.rounds; round += 1) {
      say(`Round ${round + 1} of ${input.rounds} beside oidc-agent …`);
      rounds.push(await measureRound(peer, app));
    }
    const version = await runProcess('oidc-agent', ['--version']);
    const peerBlockedUs = await blockedUs(peer);
    return { peerVersion: version.stdout.trim(), rounds, peerBlockedUs, tokenLength };
  } finally {
    await peer?.stop();
    await running.stop();
  }
}

/** Just after its start the app may not have opened its storage yet. */
async function firstToken(socketPath: string, account: string): Promise<number> {
  for (let left = readyTries; ; left -= 1) {
    try {
      const answer = await ask(socketPath, { request: 'access_token', account, min_valid_period: 0 });
      return String(answer['access_token']).length;
    } catch (error) {
      if (left <= 1) throw error;
    }
    await sleep(readyPauseMs);
  }
}
