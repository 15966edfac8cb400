import { execFile } from 'node:child_process';

const patienceMs = 2_000;

/**
 * `OIDC_SOCK` as a program finds it that the desktop starts now: what systemd's user manager gives it (`systemctl(1)`, show-environment),
 * else what this app was given. Null when neither has it.
 */
export function sessionVariable(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const own = environment['OIDC_SOCK'] || null;
  if (platform !== 'linux') return Promise.resolve(own);
  return new Promise((resolve) => {
    execFile('systemctl', ['--user', 'show-environment'], { timeout: patienceMs }, (error, stdout) => {
      resolve(error === null ? (variableIn(stdout) ?? own) : own);
    });
  });
}

/** systemd quotes what a shell would not take as it is; such a path is none of ours. */
function variableIn(shown: string): string | null {
  const value = /^OIDC_SOCK=(.*)$/m.exec(shown)?.[1];
  return value === undefined || value === '' ? null : value;
}
