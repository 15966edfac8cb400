/** Inside a desktop session without a screen: the whole main job by itself, then serve until told to stop. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.ts';
import { type AppHome, launchApp, type RunningApp } from './app-driver.ts';
import { runScript, say } from './say.ts';
import { addFirstAccount, letAgentClientsAsk, letProgramAsk } from './walkthrough.ts';

/** `--once` ends after the first token; `--json` prints one line for scripts instead of the story. */
await runScript(async (args) => {
  const json = args.includes('--json');
  const once = args.includes('--once');
  const tell = (text: string): void => {
    if (json) say(text);
    else process.stdout.write(`${text}\n`);
  };
  const dir = mkdtempSync(join(tmpdir(), 'demo-'));
  const profile = join(dir, 'profile');
  const home: AppHome = {
    dir,
    env: { ...(process.env as Record<string, string>), MYTOKEN_DESKTOP_RUNTIME_DIR: join(dir, 'run') },
  };
  const shots = join(process.env['MYTOKEN_DESKTOP_RESULTS'] ?? dir, 'demo');
  mkdirSync(shots, { recursive: true });

  const sandbox = await startSandbox();
  let app: RunningApp | null = null;
  try {
    tell(`1. Sandbox: mytoken server ${sandbox.mytokenUrl}, provider ${sandbox.providers[0]?.issuer ?? ''}`);
    app = await launchApp(home, {
      args: [`--prefill-instance=${sandbox.mytokenUrl}`, `--user-data-dir=${profile}`],
    });
    const { window } = app;
    await window.getByRole('radio').first().waitFor();
    await window.screenshot({ path: join(shots, '1-welcome.png') });
    tell('2. The app is up, on a throw-away profile; its window shows the first start.');

    await addFirstAccount(window, home, sandbox);
    await window.screenshot({ path: join(shots, '2-ready.png') });
    tell('3. Logged in as alice through the real pages in a browser; the mytoken is in the encrypted store.');

    const key = await letProgramAsk(window, 'demo');
    const socket = await letAgentClientsAsk(window, 'Demo account');
    await window.screenshot({ path: join(shots, '4-programs.png') });
    await window.getByRole('button', { name: 'Accounts' }).click();
    await window.screenshot({ path: join(shots, '3-accounts.png') });
    const { endpoint } = await window.evaluate(async () => {
      const bridge = (
        globalThis as unknown as { mytokenBridge: Record<string, (args: null) => Promise<unknown>> }
      ).mytokenBridge;
      const reply = (await bridge['state:get']?.(null)) as { result: { endpoint: { addresses: string[] } } };
      return { endpoint: reply.result.endpoint.addresses };
    });
    const http = endpoint.find((address) => address.includes('127.0.0.1')) ?? '';
    tell(`4. Local endpoint on ${endpoint.join(' and ')}, with a key for the program “demo”.`);

    const answer = await fetch(`${http}/v1/access-token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ account: 'demo' }),
    });
    if (!answer.ok) throw new Error(`The endpoint answered ${answer.status}: ${await answer.text()}`);
    const token = (await answer.json()) as { access_token: string };
    tell('5. An access token through the endpoint. What is in it:');
    tell(JSON.stringify(claimsOf(token.access_token), null, 2));
    tell('6. Get another one yourself:');
    tell(
      [
        `   printf 'Authorization: Bearer ${key}\\n' | curl -s --noproxy '*' --header @- \\`,
        `     --header 'Content-Type: application/json' --data '{"account":"demo"}' ${http}/v1/access-token`,
      ].join('\n'),
    );
    tell('7. Programs made for oidc-agent get one too; here access tokens are allowed without a question:');
    tell(`   OIDC_SOCK='${socket}' oidc-token demo`);
    tell(`8. Pictures of the window: ${shots} (copied to test-results/demo at the end)`);
    if (json) {
      process.stdout.write(
        `${JSON.stringify({ http, key, account: 'demo', sandbox: sandbox.mytokenUrl, profile, socket })}\n`,
      );
    }
    if (!once) {
      tell('Serving until Ctrl-C.');
      await untilToldToStop();
    }
    return 0;
  } finally {
    await app?.close().catch(() => undefined);
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});

/** The payload of a JWT, decoded and not checked. */
function claimsOf(jwt: string): unknown {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    // Signals alone do not keep a process alive.
    const alive = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}
