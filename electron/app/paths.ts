import { createHash } from 'node:crypto';
import { join } from 'node:path';

export interface PathFacts {
  readonly platform: NodeJS.Platform;
  readonly userData: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent where users have no number. */
  readonly userId?: number | undefined;
}

export interface AppPaths {
  readonly vault: string;
  readonly journal: string;
  /** What was asked for and what became of it, as JSON lines. */
  readonly activity: string;
  readonly logs: string;
  /** For the discovery file: per user, 0700, gone after logout where the platform has such a place. */
  readonly runtime: string;
  /** The socket that speaks oidc-agent's protocol; on Windows a named pipe. */
  readonly agentSocket: string;
  /** The local API without a port; null where there are no such sockets. */
  readonly httpSocket: string | null;
  /** For access tokens that are kept in files, one an account. */
  readonly bearerFolder: string;
  /** Where tools look for an access token by themselves (WLCG Bearer Token Discovery); null where there is no such place. */
  readonly discoveredBearer: string | null;
}

/** Where things lie. `MYTOKEN_DESKTOP_RUNTIME_DIR` moves the runtime directory, for a second profile beside the first. */
export function appPaths(facts: PathFacts): AppPaths {
  const { userData, environment, platform } = facts;
  const chosen = environment['MYTOKEN_DESKTOP_RUNTIME_DIR'];
  const xdg = environment['XDG_RUNTIME_DIR'];
  let runtime = join(userData, 'run');
  if (chosen) runtime = chosen;
  else if (platform === 'linux' && xdg) runtime = join(xdg, 'mytoken-desktop');
  return {
    vault: join(userData, 'vault'),
    journal: join(userData, 'journal'),
    activity: join(userData, 'activity.jsonl'),
    logs: join(userData, 'logs'),
    runtime,
    bearerFolder: join(runtime, 'bearer'),
    discoveredBearer:
      facts.userId === undefined
        ? null
        : join(xdg === undefined || xdg === '' ? '/tmp' : xdg, `bt_u${facts.userId}`),
    agentSocket: platform === 'win32' ? pipeName(userData) : join(runtime, 'agent.sock'),
    httpSocket: platform === 'win32' ? null : join(runtime, 'http.sock'),
  };
}

/** One per profile; nobody can tell the profile from the name. */
function pipeName(userData: string): string {
  const digest = createHash('sha256').update(userData).digest('hex').slice(0, 24);
  return `\\\\.\\pipe\\mytoken-desktop-${digest}`;
}
