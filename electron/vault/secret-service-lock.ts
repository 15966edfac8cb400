import { execFile } from 'node:child_process';

const service = 'org.freedesktop.secrets';
const defaultCollection = '/org/freedesktop/secrets/aliases/default';

/**
 * Whether the desktop's keyring (Secret Service, default collection) is locked right now. Asking for a secret would not tell
 * without side effects: it makes the desktop ask for the password, and Chromium looks once in the life of a process: what it could
 * not read the first time stays unreadable although the keyring has long been opened. So both are asked only once this says no.
 *
 * Asks by an external tool without a shell, because a D-Bus library would cost more than the one question. False where there is
 * no such service, no tool or no answer: then the key stores tell by themselves what is wrong.
 */
export function isSecretServiceLocked(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (platform !== 'linux') return Promise.resolve(false);
  const args = [
    ...['--session', `--dest=${service}`, '--type=method_call', '--print-reply', '--reply-timeout=2000'],
    ...[defaultCollection, 'org.freedesktop.DBus.Properties.Get'],
    ...['string:org.freedesktop.Secret.Collection', 'string:Locked'],
  ];
  return new Promise((resolve) => {
    const options = { timeout: 3_000, encoding: 'utf8', env: environment } as const;
    execFile('dbus-send', args, options, (error, stdout) => {
      resolve(error === null && /boolean true/.test(stdout));
    });
  });
}
