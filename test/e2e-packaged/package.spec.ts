import { listPackage } from '@electron/asar';
import { expect, test } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredFuses, fuseDifferences, readFuses } from '../../scripts/lib/fuses.ts';
import { packagedApp } from '../../scripts/lib/packaged-app.ts';
import { startSandbox } from '../../sandbox/index.ts';
import { askEncrypted } from '../support/agent-client.ts';
import { chromiumSandbox, startPrivateSession } from '../support/desktop-session.ts';
import { askForToken, makeServingProfile } from '../support/serving-profile.ts';

const app = packagedApp();

test('R-17 the packaged binary carries exactly the declared fuses', async () => {
  expect(fuseDifferences(declaredFuses(), await readFuses(app.binary))).toEqual([]);
});

test('the package holds the app and its native module, and nothing for development', () => {
  const resources = join(app.dir, 'resources');
  expect(existsSync(join(resources, 'default_app.asar'))).toBe(false);
  const files = listPackage(join(resources, 'app.asar'), { isPack: false });
  expect(files).toContain('/out/main/main.js');
  expect(files).toContain('/out/renderer/manifest.json');
  expect(files.filter((file) => file.endsWith('.map') || file.endsWith('.ts'))).toEqual([]);
  const packages = files.filter((file) => /^\/node_modules\/(@[^/]+\/)?[^/@]+$/.test(file));
  expect(
    packages.filter((file) => !/^\/node_modules\/(@napi-rs\/keyring|koffi|@koromix\/koffi)/.test(file)),
  ).toEqual([]);
  const unpacked = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true }).map(String);
  expect(unpacked.some((file) => file.endsWith('.node'))).toBe(true);
});

test('the packaged app opens a profile made by the one from the checkout and serves a token', async () => {
  test.setTimeout(90_000);
  const sandbox = await startSandbox();
  const session = await startPrivateSession({ keyring: 'unlocked' });
  let child: ChildProcess | null = null;
  try {
    const key = await makeServingProfile(session, sandbox);
    child = spawn(app.launcher, ['--hidden', '--password-store=gnome-libsecret', ...sandboxFlag()], {
      env: session.env,
      stdio: 'ignore',
    });
    await expect
      .poll(
        () =>
          askForToken(session, key)
            .then(({ status }) => status)
            .catch(() => 0),
        { timeout: 30_000 },
      )
      .toBe(200);
    // Its native part knows who asks.
    const socket = join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'agent.sock');
    expect(await askEncrypted(socket, { request: 'loaded_accounts' })).toMatchObject({ info: ['alpha'] });
    const logs = join(session.env['XDG_CONFIG_HOME'] ?? '', 'mytoken-desktop', 'logs');
    const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
    expect(written.join('')).toMatch(/"event":"socket.request","kind":"loaded_accounts","verified":true/);
  } finally {
    if (child !== null) await end(child);
    await session.stop();
    await sandbox.stop();
  }
});

test('R-20 the launcher starts the program without core dumps', async () => {
  const session = await startPrivateSession({ keyring: 'unlocked' });
  const child = spawn(app.launcher, [], { env: session.env, stdio: 'ignore' });
  try {
    const proc = `/proc/${child.pid ?? 0}`;
    await expect.poll(() => readFileSync(`${proc}/cmdline`, 'utf8').split('\0')[0]).toBe(app.binary);
    const core = readFileSync(`${proc}/limits`, 'utf8')
      .split('\n')
      .find((line) => line.startsWith('Max core file size'));
    expect(core).toMatch(/Max core file size\s+0\s+0\s/);
  } finally {
    await end(child);
    await session.stop();
  }
});

function sandboxFlag(): readonly string[] {
  return chromiumSandbox() ? [] : ['--no-sandbox'];
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(null),
  );
}
