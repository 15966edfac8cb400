import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTokenFile } from '../../../electron/accounts/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { failure } from '../../unit/accounts/support.ts';
import { type Desk, openDesk } from './support.ts';

let sandbox: Sandbox;
let desk: Desk;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(async () => {
  sandbox.control.clearFaults();
  await desk.stop();
});

const issue = (options: Parameters<Sandbox['control']['issueMytoken']>[0] = {}) =>
  sandbox.control.issueMytoken(options);

describe('importing a mytoken', () => {
  it('verifies it at its server and gets access tokens with it', async () => {
    const { value, mom_id: momId } = await issue({ name: 'from elsewhere' });
    const account = await desk.imports.fromText(`export MYTOKEN='${value}'`, {});
    expect(account).toMatchObject({ momId, tokenName: 'from elsewhere', warnings: [] });
    expect(account.providerScopes.length).toBeGreaterThan(0);
    await desk.broker.accessToken({ accountId: account.id });
    expect(desk.log.text()).not.toContain(value);
  });

  it('lives also without the capability to be asked', async () => {
    const { value } = await issue({ capabilities: ['AT'] });
    expect((await desk.imports.fromText(value, {})).capabilities).toEqual(['AT']);
  });

  it('stores nothing that is revoked, forged or unreachable', async () => {
    const { value } = await issue();
    const [header = '', payload = '', signature = ''] = value.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...claims, oidc_sub: 'mallory' })).toString('base64url');
    const code = async (text: string) => (await failure(desk.imports.fromText(text, {}))).code;
    expect(await code(`${header}.${forged}.${signature}`)).toBe('mytoken/bad-signature');
    const access = Buffer.from(JSON.stringify({ iss: sandbox.mytokenUrl })).toString('base64url');
    expect(await code(`${header}.${access}.${signature}`)).toBe('import/not-a-mytoken');

    sandbox.control.injectFault({ match: { path: '/api/v0/tokeninfo' }, fault: { kind: 'cut-before' } });
    expect(await code(value)).toBe('mytoken/unreachable');
    sandbox.control.clearFaults();

    await desk.client.revoke({ instanceUrl: sandbox.mytokenUrl, value: new Secret(value) }, {});
    expect(await code(value)).toBe('mytoken/token-unusable');
    expect(desk.accounts.all()).toEqual([]);
    expect(await desk.vault.list()).toEqual([]);
  });

  it('takes short tokens and transfer codes', async () => {
    const short = await issue({ responseType: 'short_token' });
    const account = await desk.imports.fromText(short.value, { instanceUrl: sandbox.mytokenUrl });
    expect(account).toMatchObject({ tokenKind: 'short', momId: short.mom_id });
    await desk.broker.accessToken({ accountId: account.id });

    const shared = await issue({ rotation: { on_AT: true, auto_revoke: true } });
    const { value: transfer } = await desk.client.createTransferCode({
      instanceUrl: sandbox.mytokenUrl,
      value: new Secret(shared.value),
    });
    const taken = await desk.imports.fromTransferCode(transfer.code, sandbox.mytokenUrl, {});
    expect(taken).toMatchObject({ momId: shared.mom_id, warnings: ['rotating-shared'] });
    const again = desk.imports.fromTransferCode(transfer.code, sandbox.mytokenUrl, {});
    expect((await failure(again)).code).toBe('mytoken/token-unusable');
  });

  it.skipIf(process.platform !== 'linux')('finds it in the environment of a running program', async () => {
    const { value, mom_id: momId } = await issue({ name: 'of a job' });
    const child: ChildProcess = spawn(
      process.execPath,
      ['-e', 'process.stdout.write("up"); setTimeout(() => {}, 30000)'],
      { env: { JOB_MYTOKEN: value, OTHER: 'x' }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      if (child.stdout) await once(child.stdout, 'data');
      const candidates = await desk.imports.candidates();
      const mine = candidates.find(({ pid }) => pid === child.pid);
      expect(mine).toMatchObject({
        program: basename(process.execPath),
        variable: 'JOB_MYTOKEN',
        instanceUrl: sandbox.mytokenUrl,
        tokenName: 'of a job',
      });
      expect(JSON.stringify(candidates)).not.toContain(value);
      const account = await desk.imports.fromCandidate(mine?.ref ?? '', {});
      expect(account.momId).toBe(momId);
      expect(desk.log.text()).not.toContain(value);
    } finally {
      child.kill();
    }
  });
});

describe('reading a file', () => {
  const file = (name = 'token'): string => join(desk.directory, name);
  const reason = async (path: string): Promise<unknown> => {
    const error = await failure(readTokenFile(path));
    expect(error.code).toBe('import/file-unreadable');
    return error.details['reason'];
  };

  it('imports it and says when others could have', async () => {
    const { value } = await issue();
    await writeFile(file(), `\n${value}\n`, { mode: 0o600 });
    await chmod(file(), 0o640);
    const account = await desk.imports.fromFile(file(), {});
    expect(account.warnings).toEqual(process.platform === 'win32' ? [] : ['file-readable-by-others']);
    await chmod(file(), 0o600);
    expect((await readTokenFile(file())).readableByOthers).toBe(false);
  });

  it('takes 64 KiB and no more', async () => {
    await writeFile(file(), 'x'.repeat(65_536));
    expect((await readTokenFile(file())).text).toHaveLength(65_536);
    await writeFile(file(), 'x'.repeat(65_537));
    expect(await reason(file())).toBe('too-large');
  });

  it('tells what is wrong', async () => {
    expect(await reason(file('missing'))).toBe('missing');
    await mkdir(file('directory'));
    expect(await reason(file('directory'))).toBe('not-a-file');
  });

  it.skipIf(process.platform !== 'linux')(
    'does not hang on a pipe nor read devices without end',
    async () => {
      execFileSync('mkfifo', [file('pipe')]);
      expect(await reason(file('pipe'))).toBe('not-a-file');
      expect(await reason('/dev/zero')).toBe('not-a-file');
    },
  );
});

describe('removing an account', () => {
  it('R-34: revokes at the server, then here', async () => {
    const { value, mom_id: momId } = await issue({ rotation: { on_AT: true } });
    const account = await desk.imports.fromText(value, {});
    await desk.broker.accessToken({ accountId: account.id });
    sandbox.control.injectFault({
      match: { path: '/api/v0/token/revoke', count: 2 },
      fault: { kind: 'cut-before' },
    });
    await failure(desk.remove(account.id, 'revoke'));
    expect(desk.accounts.get(account.id)).not.toBeNull();
    sandbox.control.clearFaults();
    if (desk.accounts.get(account.id)?.status === 'uncertain') await desk.broker.resolveUncertain(account.id);
    await desk.remove(account.id, 'revoke');
    expect(desk.accounts.all()).toEqual([]);
    expect(await desk.vault.list()).toEqual([]);
    expect(sandbox.control.tokens().map((token) => token.momId)).not.toContain(momId);
  });

  it('goes on when the server does not know the mytoken any more', async () => {
    const { value } = await issue();
    const account = await desk.imports.fromText(value, {});
    await desk.client.revoke({ instanceUrl: sandbox.mytokenUrl, value: new Secret(value) }, {});
    await desk.remove(account.id, 'revoke');
    expect(desk.accounts.all()).toEqual([]);
  });
});
