import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { startPrivateSession } from '../support/desktop-session.ts';

const run = promisify(execFile);
const demo = join(import.meta.dirname, '..', '..', 'scripts', 'lib', 'demo-headless.ts');

interface Announced {
  readonly http: string;
  readonly key: string;
  readonly account: string;
  readonly sandbox: string;
  readonly profile: string;
  readonly socket: string;
}

test('npm run demo -- --json announces doors that scripts can use at once, without a question', async () => {
  test.setTimeout(180_000);
  const session = await startPrivateSession({ keyring: 'unlocked' });
  const child = spawn(process.execPath, [demo, '--json'], {
    env: session.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  try {
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith('{')) break;
    }
    expect(lines).toHaveLength(1); // nothing but the announcement on standard output
    const announced = JSON.parse(lines[0] ?? '') as Announced;
    expect(Object.keys(announced).sort()).toEqual(['account', 'http', 'key', 'profile', 'sandbox', 'socket']);

    const env = { ...session.env, OIDC_SOCK: announced.socket };
    // All at once: a single question would hold every one of them up.
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => run('oidc-token', [announced.account], { env, timeout: 30_000 })),
    );
    for (const { stdout } of answers) expect(stdout).toMatch(/^eyJ/);
    expect((await run('oidc-add', ['-a'], { env })).stdout).toContain(announced.account);
    const http = await fetch(`${announced.http}/v1/access-token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${announced.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ account: announced.account }),
    });
    expect(http.status).toBe(200);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
  } finally {
    child.kill('SIGTERM');
    await gone;
    await session.stop();
  }
});
