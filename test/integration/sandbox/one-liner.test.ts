/** Acceptance: a mytoken is usable with real curl and jq alone. Both must be installed; a missing one fails. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { useSandbox } from './support.ts';

const run = useSandbox();
const execute = promisify(execFile);
const script = join(import.meta.dirname, 'one-liner.sh');

function oneLiner(mytoken: string): Promise<{ stdout: string }> {
  return execute('/bin/sh', [script], {
    env: { PATH: process.env['PATH'] ?? '', MYTOKEN: mytoken },
    timeout: 20_000,
  });
}

describe('curl and jq', () => {
  it.each([
    ['alice', 0],
    ['bob', 1],
  ])('get an access token for %s at provider %d which its userinfo accepts', async (user, provider) => {
    const token = await run.sandbox.control.issueMytoken({ user, provider });
    const { stdout } = await oneLiner(token.value);
    const { sub } = JSON.parse(stdout) as { sub: string };
    expect(sub).toBe(run.sandbox.users.find((entry) => entry.login === user)?.sub);
  });

  it('fail with a revoked token', async () => {
    const token = await run.sandbox.control.issueMytoken();
    await run.post('/token/revoke', { token: token.value });
    await expect(oneLiner(token.value)).rejects.toThrow();
  });
});
