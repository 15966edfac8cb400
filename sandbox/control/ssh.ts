/** What the server's ssh side would decide about a connection; nothing listens for one. */
import { createHash } from 'node:crypto';
import type { ServerContext } from '../server/context.ts';
import type { SshAttempt } from '../types.ts';

/**
 * A key is only good for its own user name, and for a user who has the grant switched on.
 * @returns whether it would be let in; then the key counts as used now
 */
export function tryAsSsh(context: ServerContext, { sshUser, fingerprint }: SshAttempt): boolean {
  const userHash = createHash('sha256').update(sshUser).digest('base64');
  const { users, tokens } = context.store.state;
  for (const user of Object.values(users)) {
    const key = user.sshKeys.find(
      (entry) => entry.userHash === userHash && entry.fingerprint === fingerprint,
    );
    if (!key || !user.grants['ssh'] || !tokens[key.momId]) continue;
    key.lastUsed = context.clock.nowS();
    context.store.touch();
    return true;
  }
  return false;
}
