import { execFile } from 'node:child_process';

/**
 * Whether something shows tray icons (Linux): asks the session bus who owns the StatusNotifier watcher. Asks by an external tool
 * without a shell, because a D-Bus library would cost more than the one question; without the tool the answer is yes, as on desktops
 * that have always had a tray.
 */
export function hasTrayHost(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return Promise.resolve(true);
  const args = [
    '--session',
    '--dest=org.freedesktop.DBus',
    '--type=method_call',
    '--print-reply',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.kde.StatusNotifierWatcher',
  ];
  return new Promise((resolve) => {
    execFile('dbus-send', args, { timeout: 2_000, encoding: 'utf8' }, (error, stdout) => {
      if (error) resolve((error as NodeJS.ErrnoException).code === 'ENOENT');
      else resolve(/boolean true/.test(stdout));
    });
  });
}
