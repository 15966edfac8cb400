import type { Accounts } from '../accounts/index.ts';
import {
  type ClientKeys,
  createCallerRecogniser,
  createClientKeys,
  createHttpEndpoint,
  createTcpCallerRecogniser,
  type Desk,
  type HttpEndpoint,
} from '../agent/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { VaultStateKind } from '../vault/index.ts';
import type { JsonStore } from './json-store.ts';
import type { AppPaths } from './paths.ts';
import type { SettingsService } from './settings.ts';
import { clientStorage } from './stores.ts';

export interface HttpPartsDeps {
  readonly store: JsonStore;
  readonly desk: Desk;
  readonly accounts: Accounts;
  readonly settings: Pick<SettingsService, 'get'>;
  readonly lock: Pick<AppLock, 'isLocked'>;
  readonly pause: Pick<Pause, 'isPaused'>;
  readonly storageNow: () => VaultStateKind;
  readonly paths: Pick<AppPaths, 'runtime' | 'httpSocket'>;
  readonly appVersion: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The HTTP doors and the keys that open them. */
export interface HttpParts {
  readonly keys: ClientKeys;
  readonly endpoint: HttpEndpoint;
}

export function createHttpParts(deps: HttpPartsDeps): HttpParts {
  const { accounts, settings, lock, pause, paths, clock, log } = deps;
  const keys = createClientKeys({ storage: clientStorage(deps.store, log), clock, log, accounts });
  const processes = { platform: process.platform, userId: process.getuid?.() ?? null };
  const endpoint = createHttpEndpoint({
    desk: deps.desk,
    accounts,
    keys,
    clock,
    log,
    appVersion: deps.appVersion,
    storageState: deps.storageNow,
    closed: () => (pause.isPaused() ? 'paused' : lock.isLocked() ? 'locked' : null),
    asksKeyHolders: () => Object.values(settings.get().policies).includes('ask-always'),
    runtimeDirectory: paths.runtime,
    socketPath: paths.httpSocket,
    recogniseSocket: createCallerRecogniser(processes),
    recogniseTcp: createTcpCallerRecogniser(processes),
  });
  return { keys, endpoint };
}
