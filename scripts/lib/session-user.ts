/**
 * Who runs the desktop part. Chromium's sandbox does not work for the super-user, so root hands the desktop to an
 * unprivileged system user; everybody else runs it as themselves.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { isRoot } from './paths.ts';
import { runProcess } from './run-process.ts';
import { AdviceError } from './say.ts';
import type { Identity } from './session-bus.ts';

const USER = 'mytoken-e2e';

export interface SessionUser {
  name: string;
  identity: Identity;
}

/** Finds a user in the text of /etc/passwd. */
export function parsePasswd(passwd: string, name: string): Required<Identity> | null {
  for (const line of passwd.split('\n')) {
    const fields = line.split(':');
    if (fields[0] !== name) continue;
    const uid = Number(fields[2]);
    const gid = Number(fields[3]);
    // Zero would be the super-user under another name.
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0) return { uid, gid };
  }
  return null;
}

export async function sessionUser(): Promise<SessionUser> {
  if (!isRoot()) return { name: process.env.USER ?? 'user', identity: {} };
  const lookup = () => parsePasswd(readFileSync('/etc/passwd', 'utf8'), USER);
  let identity = lookup();
  if (identity === null) {
    mkdirSync('/var/lib', { recursive: true });
    const result = await runProcess('useradd', [
      ...['--system', '--user-group', '--create-home', '--home-dir', `/var/lib/${USER}`],
      ...['--shell', '/usr/sbin/nologin', '--comment', 'Mytoken Desktop tests', USER],
    ]);
    identity = lookup();
    if (identity === null) {
      throw new AdviceError(
        `The unprivileged user “${USER}” could not be created: ${result.stderr.trim()}\n` +
          'Run the same command as an ordinary user instead.',
      );
    }
  }
  return { name: USER, identity };
}

/**
 * Can this user make the namespaces that Chromium's sandbox is built from? Some containers and hardened kernels
 * refuse it.
 */
export async function namespacesWork(identity: Identity): Promise<boolean> {
  const args = ['--user', '--map-root-user', '--pid', '--net', '--fork', 'true'];
  const result = await runProcess('unshare', args, { ...identity, cwd: '/', timeoutMs: 5_000 });
  return result.code === 0;
}
