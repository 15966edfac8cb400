import { randomBytes } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import {
  type Accounts,
  createAccounts,
  createImports,
  createLogins,
  createRemoval,
  type Imports,
  linuxProcesses,
  type Logins,
  type OpenInBrowser,
  readTokenFile,
  type RemovalMode,
} from '../accounts/index.ts';
import { type ActivityLog, createActivity } from '../activity/index.ts';
import {
  type ClientKeys,
  createCallerRecogniser,
  createClientKeys,
  createHttpEndpoint,
  createTcpCallerRecogniser,
  type HttpEndpoint,
} from '../agent/index.ts';
import {
  createInspector,
  createManager,
  createNotices,
  createServerSettings,
  type Inspector,
  type Manager,
  type Notices,
  operationCheck,
  type ServerSettings,
} from '../manage/index.ts';
import { refusals } from '../approvals/index.ts';
import { type AppLock, createAppLock, createPause, type Pause } from '../lock/index.ts';
import { createHttp, createMytokenClient, type Http, type MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { createProfiles, type Profiles } from '../profiles/index.ts';
import {
  createMintedTokens,
  createMinter,
  createTokenBroker,
  fileJournal,
  type MintedTokens,
  type Minter,
  type TokenBroker,
} from '../tokens/index.ts';
import { createVault, type KeyBackend, type Vault, type VaultStateKind } from '../vault/index.ts';
import { recordLocks } from './activity-sources.ts';
import { type AgentParts, createAgentParts } from './agent-parts.ts';
import { createHandover, type Handover } from './handover-parts.ts';
import { createInPlace, type InPlace } from './in-place-parts.ts';
import { loadCaFiles } from './ca-files.ts';
import type { JsonStore } from './json-store.ts';
import type { AppPaths } from './paths.ts';
import type { SettingsService } from './settings.ts';
import { createStoreDoor } from './store-door.ts';
import { accountStorage, clientStorage, permissionStorage, profileStorage } from './stores.ts';
import { visibleFiles } from './visible-files.ts';
import { forgetAnswersOnChange } from './answer-watch.ts';

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
  readonly openAddAccount: (oidcIssuer: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
  readonly socketThreadUrl: URL;
  /** Makes the desktop ask for the password of a locked keyring; returns soon in any case. */
  readonly requestUnlock: () => Promise<void>;
}

/** Everything that works without a window: the trust core, wired. */
export interface Core {
  readonly vault: Vault;
  readonly accounts: Accounts;
  readonly client: MytokenClient;
  readonly broker: TokenBroker;
  readonly logins: Logins;
  readonly imports: Imports;
  readonly keys: ClientKeys;
  readonly minter: Minter;
  readonly minted: MintedTokens;
  readonly profiles: Profiles;
  readonly manager: Manager;
  readonly inspector: Inspector;
  readonly serverSettings: ServerSettings;
  readonly notices: Notices;
  readonly endpoint: HttpEndpoint;
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

const appName = 'Mytoken Desktop';
/** How long a program that asks right after the start waits for the keyring. */
const firstLookMs = 10_000;

export function createCore(deps: CoreDeps): Core {
  const { clock, log, settings, paths } = deps;
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

  const http: Http = createHttp({
    extraCa: () => loadCaFiles(settings.get().extraCaFiles, log),
    proxyFromEnvironment: true,
    clock,
    userAgent: `mytoken-desktop/${deps.appVersion}`,
  });
  const client = createMytokenClient({ http, clock, log, appName, appVersion: deps.appVersion });
  const vault = createVault({
    directory: paths.vault,
    backends: deps.backends,
    clock,
    log,
    random: randomBytes,
  });
  const accounts = createAccounts({
    storage: accountStorage(deps.stores.accounts, clock, log),
    vault,
    clock,
    log,
  });
  const broker = createTokenBroker({
    accounts,
    client,
    journal: fileJournal(paths.journal),
    clock,
    log,
    beforeUse: (accountId) => handover.mytokenFiles.beforeUse(accountId),
    refuseClosed,
  });
  const logins = createLogins({
    client,
    accounts,
    openInBrowser: deps.openInBrowser,
    clock,
    log,
    hostName: hostname(),
  });
  const imports = createImports({
    client,
    accounts,
    readFile: readTokenFile,
    environment: () => process.env,
    processes: process.platform === 'linux' ? linuxProcesses() : null,
    userId: process.getuid?.() ?? null,
    clock,
    log,
  });
  // The door stands before the keyring has been asked: whoever comes in that moment waits instead of being sent away.
  let firstLook: Promise<void> | null = new Promise((resolve) => {
    const enough = (): void => {
      firstLook = null;
      cancel();
      forget();
      resolve();
    };
    const forget = vault.onState(enough);
    const cancel = clock.after(firstLookMs, enough);
  });
  const patientBroker: Pick<TokenBroker, 'accessToken'> = {
    accessToken: (wish) =>
      firstLook === null ? broker.accessToken(wish) : firstLook.then(() => broker.accessToken(wish)),
  };
  const storage = async (): Promise<VaultStateKind> => {
    await firstLook;
    return vault.state().kind;
  };
  const keys = createClientKeys({ storage: clientStorage(deps.stores.clients, log), clock, log, accounts });
  const minter = createMinter({ accounts, broker, client, clock, log, refuseClosed });
  const minted = createMintedTokens(clock);
  const profiles = createProfiles({
    storage: profileStorage(deps.stores.profiles),
    readFile: async (path) => (await readTokenFile(path)).text,
    listFiles: visibleFiles,
    log,
  });
  const manager = createManager({ accounts, broker, client, minted, clock, log });
  const inspector = createInspector({ accounts, client, readFile: readTokenFile, clock });
  const serverSettings = createServerSettings({
    accounts,
    broker,
    client,
    requireOperation: operationCheck(accounts),
    openInBrowser: deps.openInBrowser,
    clock,
    log,
  });
  const requireOperation = operationCheck(accounts);
  const notices = createNotices({ accounts, broker, client, requireOperation, log });
  const agent = createAgentParts({
    accounts,
    activity,
    broker: patientBroker,
    minter,
    imports,
    openAddAccount: deps.openAddAccount,
    client,
    profiles,
    settings,
    storage,
    storageNow: () => vault.state().kind,
    lock,
    pause,
    permissions: permissionStorage(deps.stores.permissions, log),
    socketPath: paths.agentSocket,
    socketThreadUrl: deps.socketThreadUrl,
    clock,
    log,
    appVersion: deps.appVersion,
  });
  const processes = { platform: process.platform, userId: process.getuid?.() ?? null };
  const endpoint = createHttpEndpoint({
    desk: agent.desk,
    accounts,
    keys,
    clock,
    log,
    appVersion: deps.appVersion,
    storageState: () => vault.state().kind,
    closed: () => (pause.isPaused() ? 'paused' : lock.isLocked() ? 'locked' : null),
    asksKeyHolders: () => Object.values(settings.get().policies).includes('ask-always'),
    runtimeDirectory: paths.runtime,
    socketPath: paths.httpSocket,
    recogniseSocket: createCallerRecogniser(processes),
    recogniseTcp: createTcpCallerRecogniser(processes),
  });
  const handover = createHandover({
    store: deps.stores.handover,
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
      minted.forgetAll();
      inspector.forget();
      serverSettings.forgetAll();
      notices.forgetAll();
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
    appVersion: deps.appVersion,
    clock,
    log,
  });
  const removeAccount = createRemoval({
    accounts,
    client,
    withMytoken: (accountId, task) => broker.withMytoken(accountId, task),
    log,
  });

  const watchAnswers = forgetAnswersOnChange(
    { lock, pause, settings, grants: agent.grants, approvals: agent.approvals, accounts, broker, vault },
    () => agent.socket.forgetAnswers(),
  );
  const forgetRemoved = accounts.onChange(({ removed }) => {
    for (const accountId of removed) agent.approvals.forgetAccount(accountId);
    const { policies } = settings.get();
    if (removed.some((accountId) => accountId in policies)) {
      const kept = Object.entries(policies).filter(([accountId]) => !removed.includes(accountId));
      settings.update({ policies: Object.fromEntries(kept) });
    }
  });
  /** A login that renewed an account makes tokens of its former mytoken worthless. */
  const forgetRenewed = logins.onChange((login) => {
    if (login?.state === 'done' && login.renewsAccountId !== null) broker.forget(login.renewsAccountId);
  });
  const followSettings = settings.onChange((now, before) => {
    if (now.activityDays < before.activityDays) activity.prune();
    if (now.extraCaFiles !== before.extraCaFiles) http.reconfigure();
    if (now.endpoint !== before.endpoint) void endpoint.apply(now.endpoint);
    if (now.httpSocket !== before.httpSocket) void endpoint.applySocket(now.httpSocket);
    if (now.socket.enabled !== before.socket.enabled) void agent.socket.apply(now.socket.enabled);
  });
  /** Whenever the vault opens, look into requests that a crash interrupted. */
  const settleWhenOpen = vault.onState((state) => {
    if (state.kind === 'ok') void broker.settle();
    agent.approvals.gateMoved();
    if (state.kind === 'locked' || state.kind === 'closed') {
      agent.grants.clear();
      minted.forgetAll();
      inspector.forget();
      serverSettings.forgetAll();
      notices.forgetAll();
    }
  });

  return {
    vault,
    accounts,
    client,
    broker,
    logins,
    imports,
    keys,
    minter,
    minted,
    profiles,
    manager,
    inspector,
    serverSettings,
    notices,
    endpoint,
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
      if (vault.state().kind === 'locked') door.tryOpening();
    },
    async stop() {
      door.stop();
      pause.end();
      watchAnswers();
      forgetRenewed();
      forgetRemoved();
      followSettings();
      settleWhenOpen();
      imports.stop();
      serverSettings.forgetAll();
      minted.forgetAll();
      inspector.forget();
      notices.forgetAll();
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
