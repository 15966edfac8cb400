import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the former `mytoken` client and oidc-agent 4 looked for profile files (mytoken protocol, 19.5); the user's come last and win. */
export function profileFolders(platform: NodeJS.Platform, home = homedir()): readonly string[] {
  const own = [join(home, '.mytoken'), join(home, '.config', 'mytoken')];
  return platform === 'win32' ? own : ['/etc/mytoken', ...own];
}
