import { homedir } from 'node:os';
import { createRemoval, type OpenInBrowser, readTokenFile, type RemovalMode } from '../accounts/index.ts';
import { type ActivityLog, createActivity } from '../activity/index.ts';
import { refusals } from '../approvals/index.ts';
import { type AppLock, createAppLock, createPause, type Pause } from '../lock/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { createProfiles, type Profiles } from '../profiles/index.ts';
import { createTokenBroker, fileJournal, type TokenBroker } from '../tokens/index.ts';
import type { KeyBackend } from '../vault/index.ts';
import { type AccountParts, createAccountParts } from './account-parts.ts';
import { recordLocks } from './activity-sources.ts';
import { type AgentParts, createAgentParts } from './agent-parts.ts';
import { createFirstLook } from './first-look.ts';
import { followChanges } from './follow-changes.ts';
import { createHandover, type Handover } from './handover-parts.ts';
import { createHttpParts, type HttpParts } from './http-parts.ts';
import { createInPlace, type InPlace } from './in-place-parts.ts';
import type { JsonStore } from './json-store.ts';
import { createMytokenParts, type MytokenParts } from './mytoken-parts.ts';
import type { AppPaths } from './paths.ts';
import type { SettingsService } from './settings.ts';
import { createStoreDoor } from './store-door.ts';
import { permissionStorage, profileStorage } from './stores.ts';
import { visibleFiles } from './visible-files.ts';

export interface CoreDeps {
  readonly paths: AppPaths;
  readonly settings: SettingsService;
  readonly stores: {
    readonly accounts: JsonStore;
    readonly clients: JsonStore;
    readonly profiles: JsonStore;
    readonly handover: JsonStore;
    readonly permissions: JsonStore;
  };
  readonly backends: readonly KeyBackend[];
  readonly openInBrowser: OpenInBrowser;
  /** Brings the page for a new account of this provider onto the screen. */
  readonly openAddAccount: (oidcIssuer: string, waitsUntilMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
  readonly socketThreadUrl: URL;
  /** Makes the desktop ask for the password of a locked keyring; returns soon in any case. */
  readonly requestUnlock: () => Promise<void>;
}

/** Everything that works without a window: the trust core, wired. */
export interface Core extends Omit<AccountParts, 'http'>, Omit<MytokenParts, 'forgetRead'>, HttpParts {
  readonly broker: TokenBroker;
  readonly profiles: Profiles;
  readonly activity: ActivityLog;
  readonly agent: AgentParts;
  readonly handover: Handover;
  readonly lock: AppLock;
  readonly pause: Pause;
  readonly inPlace: InPlace;
  readonly removeAccount: (accountId: string, mode: RemovalMode) => Promise<void>;
  /** Lets local programs in, then opens the vault in the background; resolves when the endpoint stands. */
  start(): Promise<void>;
  /** Somebody asks for the store: lets the desktop ask for the keyring's password, then looks again for a while. */
  retryStorage(): Promise<void>;
  /** After sleep, or when the keyring may have been unlocked. */
  resumed(): void;
  stop(): Promise<void>;
}

export function createCore(deps: CoreDeps): Core {
  const { settings, stores, paths, openInBrowser, appVersion, clock, log } = deps;
  const lock = createAppLock({ shut: () => door.shut(), open: () => door.open(), clock, log });
  const pause = createPause(clock);
  const refuseClosed = (): void => {
    if (lock.isLocked()) throw refusals.locked();
  };

  const activity = createActivity({
    path: paths.activity,
    home: homedir(),
    keepDays: () => settings.get().activityDays,
    clock,
    log,
  });
  recordLocks(activity, lock);

  const { http, ...accountParts } = createAccountParts({
    store: stores.accounts,
    backends: deps.backends,
    openInBrowser,
    settings,
    paths,
    appVersion,
    clock,
    log,
  });
  const { client, vault, accounts, logins, imports } = accountParts;
  const storageNow = () => vault.state().kind;
  const broker = createTokenBroker({
    accounts,
    client,
    journal: fileJournal(paths.journal),
    clock,
    log,
    beforeUse: (accountId) => handover.mytokenFiles.beforeUse(accountId),
    refuseClosed,
  });
  const firstLook = createFirstLook({ vault, broker, clock });
  const { forgetRead, ...mytokenParts } = createMytokenParts({
    accounts,
    broker,
    client,
    openInBrowser,
    refuseClosed,
    clock,
    log,
  });
  const profiles = createProfiles({
    storage: profileStorage(stores.profiles),
    readFile: async (path) => (await readTokenFile(path)).text,
    listFiles: visibleFiles,
    log,
  });
  const agent = createAgentParts({
    accounts,
    activity,
    broker: firstLook.broker,
    minter: mytokenParts.minter,
    imports,
    openAddAccount: deps.openAddAccount,
    client,
    profiles,
    settings,
    storage: () => firstLook.storage(),
    storageNow,
    lock,
    pause,
    permissions: permissionStorage(stores.permissions, log),
    socketPath: paths.agentSocket,
    socketThreadUrl: deps.socketThreadUrl,
    clock,
    log,
    appVersion,
  });
  const { keys, endpoint } = createHttpParts({
    store: stores.clients,
    desk: agent.desk,
    accounts,
    settings,
    lock,
    pause,
    storageNow,
    paths,
    appVersion,
    clock,
    log,
  });
  const handover = createHandover({
    store: stores.handover,
    accounts,
    activity,
    broker,
    client,
    vault,
    settings,
    lock,
    pause,
    agentSocket: agent.socket,
    paths,
    clock,
    log,
  });
  const door = createStoreDoor({
    vault,
    settled: (signal) => broker.settled(signal),
    forget() {
      broker.forget();
      forgetRead();
      agent.grants.clear();
    },
    isLocked: () => lock.isLocked(),
    requestUnlock: deps.requestUnlock,
    clock,
  });
  const inPlace = createInPlace({
    settings,
    socket: agent.socket,
    socketPath: paths.agentSocket,
    endpoint,
    keys,
    appVersion,
    clock,
    log,
  });
  const removeAccount = createRemoval({
    accounts,
    client,
    withMytoken: (accountId, task) => broker.withMytoken(accountId, task),
    log,
  });
  const stopFollowing = followChanges({
    ...{ accounts, logins, settings, vault, broker, agent, endpoint, activity, http, lock, pause },
    forgetRead,
  });

  return {
    ...accountParts,
    ...mytokenParts,
    broker,
    keys,
    endpoint,
    profiles,
    activity,
    agent,
    handover,
    lock,
    pause,
    inPlace,
    removeAccount,
    async start() {
      // Nobody gets a token before the vault has been looked at, so the journal may be read meanwhile.
      await Promise.all([
        broker.start(),
        endpoint.apply(settings.get().endpoint),
        endpoint.applySocket(settings.get().httpSocket),
        agent.socket.apply(settings.get().socket.enabled),
        handover.start(),
      ]);
      // Asking the keyring holds up the whole process for a moment: first let the answer “I am here” out.
      clock.after(0, () => {
        door.tryOpening();
        void activity.start();
      });
    },
    retryStorage: () => door.retry(),
    resumed() {
      http.reconfigure(); // connections from before the sleep are dead
      broker.resumed();
      logins.resumed();
      handover.bearerFiles.resumed();
      pause.resumed();
      if (storageNow() === 'locked') door.tryOpening();
    },
    async stop() {
      door.stop();
      pause.end();
      stopFollowing();
      imports.stop();
      forgetRead();
      agent.approvals.stop();
      await inPlace.stop(); // nobody is led to a door that closes
      await Promise.allSettled([endpoint.stop(), agent.socket.stop(), logins.stop()]);
      await handover.stop();
      await broker.stop();
      accounts.flush();
      keys.flush();
      await vault.close();
      await http.stop();
      await activity.stop();
    },
  };
}
