import { join } from 'node:path';
import { type Core, createCore } from '../../electron/app/core.ts';
import type { JsonStore } from '../../electron/app/json-store.ts';
import { appPaths } from '../../electron/app/paths.ts';
import { createSettings, type SettingsService } from '../../electron/app/settings.ts';
import { type Clock, type Logger, silentLogger, systemClock } from '../../electron/ports/index.ts';
import type { KeyBackend } from '../../electron/vault/index.ts';
import { socketThreadUrl } from './socket-thread.ts';

/** JSON documents in memory that outlive a core, as the files on disk would. */
export class MemoryDocuments {
  readonly all = new Map<string, unknown>();

  store(name: string): JsonStore {
    return {
      load: () => this.all.get(name),
      save: (document) => {
        this.all.set(name, JSON.parse(JSON.stringify(document)));
      },
      setAside: () => null,
    };
  }
}

/** The whole main process without Electron, with real files below `directory` and real doors. */
export function makeCore(options: {
  readonly directory: string;
  readonly documents: Pick<MemoryDocuments, 'store'>;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly backends: readonly KeyBackend[];
  readonly openAddAccount?: (oidcIssuer: string, waitsUntilMs: number) => void;
  readonly requestUnlock?: () => Promise<void>;
}): { readonly core: Core; readonly settings: SettingsService } {
  const { directory, documents, backends, log = silentLogger } = options;
  const store = (name: string): JsonStore => documents.store(name);
  const settings = createSettings(store('settings'), log);
  const core = createCore({
    requestUnlock: options.requestUnlock ?? (() => Promise.resolve()),
    paths: appPaths({
      platform: 'linux',
      userData: directory,
      environment: { MYTOKEN_DESKTOP_RUNTIME_DIR: join(directory, 'run') },
    }),
    settings,
    stores: {
      accounts: store('accounts'),
      clients: store('clients'),
      profiles: store('profiles'),
      handover: store('handover'),
      permissions: store('permissions'),
    },
    backends,
    openInBrowser: () => Promise.resolve(),
    openAddAccount: options.openAddAccount ?? (() => undefined),
    clock: options.clock ?? systemClock(),
    log,
    appVersion: '0',
    socketThreadUrl,
  });
  return { core, settings };
}
