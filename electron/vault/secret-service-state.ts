import { execFile } from 'node:child_process';

const service = 'org.freedesktop.secrets';
const defaultCollection = '/org/freedesktop/secrets/aliases/default';
const nobodyThere = /ServiceUnknown|NameHasNoOwner|NoReply|NoServer|Failed to open connection|timed out/i;

/** `unknown`: no tool to ask with, or a service that answers something else; then the key stores tell by themselves what is wrong. */
export type SecretServiceState = 'open' | 'locked' | 'absent' | 'unknown';

/**
 * How the desktop's keyring (Secret Service, default collection) is right now. Asking it for a secret would not tell without side
 * effects: it makes the desktop ask for the password, and Chromium looks once in the life of a process: what it could not read the
 * first time, because the keyring was locked or just starting, stays unreadable although the keyring has long been open.
 *
 * Asks by an external tool without a shell, because a D-Bus library would cost more than the one question.
 */
export function secretServiceState(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): Promise<SecretServiceState> {
  if (platform !== 'linux') return Promise.resolve('unknown');
  const args = [
    ...['--session', `--dest=${service}`, '--type=method_call', '--print-reply', '--reply-timeout=2000'],
    ...[defaultCollection, 'org.freedesktop.DBus.Properties.Get'],
    ...['string:org.freedesktop.Secret.Collection', 'string:Locked'],
  ];
  return new Promise((resolve) => {
    const options = { timeout: 3_000, encoding: 'utf8', env: environment } as const;
    execFile('dbus-send', args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(/boolean true/.test(stdout) ? 'locked' : /boolean false/.test(stdout) ? 'open' : 'unknown');
      } else resolve(error.killed === true || nobodyThere.test(stderr) ? 'absent' : 'unknown');
    });
  });
}
