import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, clipboard, ipcMain, nativeTheme, powerMonitor, session, shell } from 'electron';
import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { AccountView } from '../../shared/model/account.ts';
import type { LockView } from '../../shared/model/lock.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import { readTokenFile, toView } from '../accounts/index.ts';
import { createClipboard, electronClipboard } from '../clipboard/index.ts';
import { bindIpc, createDispatcher } from '../ipc/index.ts';
import { runAutoLock } from '../lock/index.ts';
import { createNotifications, electronNotifications } from '../notifications/index.ts';
import { type Clock, type Logger } from '../ports/index.ts';
import { appScheme, createExternalOpener, hardenContents, hardenSession } from '../security/index.ts';
import { hasTrayHost, type TrayIcon } from '../tray/index.ts';
import { createApprovalWindow, createMainWindow, onWindowClose } from '../windows/index.ts';
import { createAppTray } from './app-tray.ts';
import { denyCurrent, runApprovalDesk } from './approval-desk.ts';
import { showBadge } from './badge.ts';
import type { StartRequest } from './command-line.ts';
import { createCopier } from './copy-token.ts';
import { createCore } from './core.ts';
import { createHandlers } from './handlers.ts';
import { openJsonStore } from './json-store.ts';
import { keyStores } from './key-stores.ts';
import { fileDialogs } from './file-dialogs.ts';
import { helpUrl } from './help-pages.ts';
import { knownInstances } from './known-instances.ts';
import { watchGrantUse } from './grant-digest.ts';
import { createLanguage } from './language.ts';
import { announceLostLogins } from './lost-logins.ts';
import { once } from './once.ts';
import { appPaths } from './paths.ts';
import { profileFolders } from './profile-folders.ts';
import { type DrawingModule, createQuestionDrawer } from './question-drawer.ts';
import { createSettings } from './settings.ts';
import { systemPower } from './system-power.ts';
import { createStateHub } from './state-hub.ts';
import { openTerminal } from './open-terminal.ts';
import { windowFrame } from './window-frames.ts';

export interface ComposeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly request: StartRequest;
  /** The folder of the running app: the checkout, or the package's archive. */
  readonly appRoot: string;
}

/** The running app, as the entry drives it. */
export interface DesktopApp {
  start(): Promise<void>;
  show(target?: NavigationTarget): void;
  stop(): Promise<void>;
}

/** From the first open door to the rehearsal of a question: whoever has just started something gets the machine first. */
const rehearseAfterMs = 1_500;

/** Makes every object and wires them by hand. Call once Electron is ready. */
export function compose({ clock, log, request, appRoot }: ComposeDeps): DesktopApp {
  const userData = app.getPath('userData');
  const paths = appPaths({
    platform: process.platform,
    userData,
    environment: process.env,
    userId: process.getuid?.(),
  });
  const store = (name: string) => openJsonStore({ directory: userData, name, clock, log });
  const settings = createSettings(store('settings'), log);
  const windowStore = store('windows');

  const external = createExternalOpener((url) => shell.openExternal(url), {
    knownOrigins: () => knownOrigins(),
  });
  const core = createCore({
    paths,
    settings,
    stores: {
      accounts: store('accounts'),
      clients: store('clients'),
      profiles: store('profiles'),
      handover: store('handover'),
      permissions: store('permissions'),
    },
    ...keyStores(clock),
    openInBrowser: (url) => external.open(url),
    openAddAccount: (issuer) => show({ page: 'add-account', issuer }),
    clock,
    log,
    appVersion: app.getVersion(),
    socketThreadUrl: pathToFileURL(join(appRoot, 'out', 'main', 'socket-thread.js')),
  });
  const { accounts, broker, endpoint, keys, logins, vault } = core;

  function knownOrigins(): string[] {
    const urls = [...accounts.all().map((account) => account.instanceUrl), ...settings.get().instances];
    const login = logins.view();
    if (login) urls.push(login.instanceUrl);
    if (request.prefillInstance !== null) urls.push(request.prefillInstance);
    return urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin);
  }

  // --- language -----------------------------------------------------------------------------------------------------------
  const language = createLanguage(settings);
  const t = (): Translate => language.t();

  // --- what windows and tray show -----------------------------------------------------------------------------------------
  let trayHost = true;
  let tray: TrayIcon | null = null;
  const views = (): readonly AccountView[] => {
    const context = { vaultState: vault.state(), nowMs: clock.nowMs() };
    return accounts.all().map((record) => {
      return toView(record, { ...context, isDefault: record.id === accounts.defaultAccountId() });
    });
  };
  const systemClipboard = createClipboard(electronClipboard(clipboard, process.platform), clock, log);
  const platform = (): PlatformView => ({
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    tray: trayHost ? 'shown' : 'no-host',
    version: app.getVersion(),
    electron: process.versions.electron,
    locale: language.locale(),
    formatLocale: language.formatLocale(),
    darkMode: nativeTheme.shouldUseDarkColors,
    knownInstances,
    prefillInstance: request.prefillInstance,
    warnings: [],
  });
  const lockView = (): LockView => ({ locked: core.lock.state(), paused: core.pause.state() });
  const hub = createStateHub(
    {
      accounts: views,
      storage: () => vault.state(),
      endpoint: () => endpoint.state(),
      clients: () => keys.list(),
      login: () => logins.view(),
      clipboard: () => systemClipboard.view(),
      settings: () => settings.get(),
      platform,
      agent: () => core.agent.view(),
      activity: () => core.activity.state(),
      lock: lockView,
      handover: () => core.handover.view(),
      inPlace: () => core.inPlace.view(),
    },
    clock,
  );

  let stopAutoLock: () => void = () => undefined;

  // --- window -------------------------------------------------------------------------------------------------------------
  let quitting = false;
  const drawingUrl = pathToFileURL(join(appRoot, 'out', 'main', 'approval-drawing.js'));
  const drawer = createQuestionDrawer({
    load: async () => (await import(drawingUrl.href)) as DrawingModule,
    question: () => ({ approval: core.agent.approvals.current(), platform: platform() }),
    log,
  });
  const approvalWindow = createApprovalWindow({
    ...windowFrame('approval', appRoot, log, () => drawer.draw()),
    title: () => t()('approval.window'),
    clock,
    platform,
    onShown: (approvalId) => core.agent.approvals.shown(approvalId),
    onClosed: () => denyCurrent(core.agent.approvals),
  });
  /** Programs can ask for something. */
  const anyDoorOpen = (): boolean =>
    [endpoint.state(), endpoint.state().socket, core.agent.socket.state()].some(
      ({ state }) => state === 'listening',
    );
  const rehearseSoon = once(() => {
    clock.after(rehearseAfterMs, () => {
      if (!quitting) void drawer.rehearse();
    });
  });
  const window = createMainWindow({
    ...windowFrame('main', appRoot, log),
    title: () => t()('app.name'),
    places: windowStore,
    clock,
    mayClose() {
      const decision = onWindowClose({
        quitting,
        trayShown: trayHost,
        endpointListening: anyDoorOpen(),
      });
      if (decision === 'minimise') window.native()?.minimize();
      else if (decision === 'quit') app.quit();
      return decision !== 'minimise';
    },
    onVisible: (visible) => hub.setWatched(visible),
  });
  const show = (target?: NavigationTarget): void => {
    prepareWindows();
    window.show(target);
  };

  // --- actions ------------------------------------------------------------------------------------------------------------
  const notifications = createNotifications({
    port: electronNotifications(log),
    t,
    settings: () => settings.get().notifications,
    navigate: show,
  });
  const copier = createCopier({
    activity: core.activity,
    accounts,
    broker,
    clipboard: systemClipboard,
    notifications,
    logins,
    settings,
  });

  const documentationOf = async (accountId: string): Promise<string | null> =>
    (await core.client.discover(accounts.require(accountId).instanceUrl)).documentation;

  const dispatcher = createDispatcher(
    createHandlers({
      hub,
      accounts,
      logins,
      imports: core.imports,
      client: core.client,
      broker,
      keys,
      settings,
      vault,
      retryStorage: () => core.retryStorage(),
      removeAccount: core.removeAccount,
      copyAccessToken: (wish) => copier.accessToken(wish, 'window'),
      copyLoginLink: (flowId) => copier.loginLink(flowId),
      minter: core.minter,
      minted: core.minted,
      profiles: core.profiles,
      manager: core.manager,
      inspector: core.inspector,
      serverSettings: core.serverSettings,
      readSmallFile: readTokenFile,
      notices: core.notices,
      copyMinted: (accountId, secret) => copier.minted(accountId, secret),
      profileFolders: () => profileFolders(process.platform),
      ...fileDialogs(() => window.native(), t),
      clearClipboard: () => systemClipboard.clearNow(),
      async openHelp(link, accountId) {
        const documentation = accountId === undefined ? null : await documentationOf(accountId);
        await external.open(helpUrl(link, documentation));
      },
      windowReady: () => window.ready(),
      agent: core.agent,
      activity: core.activity,
      clock,
      pairing: endpoint.pairing,
      lock: core.lock,
      pause: core.pause,
      handover: core.handover,
      endpoint,
      inPlace: core.inPlace,
      copyText: (text) => systemClipboard.copyText(text),
      openTerminal: openTerminal(paths.runtime),
      platform,
      showApproval: () => approvalWindow.focus(),
      approvalPainted: (approvalId) => approvalWindow.painted(approvalId),
    }),
    (role) => `${appScheme}://${role}`,
    log,
    () => core.lock.isLocked(),
  );

  /** Each source of change tells window and tray. */
  const wireChanges = (): void => {
    const trayToo = (): void => tray?.changed();
    const doorMoved = (): void => {
      if (anyDoorOpen()) rehearseSoon();
    };
    accounts.onChange(() => {
      hub.changed('accounts');
      trayToo();
    });
    vault.onState(() => {
      hub.changed('storage');
      hub.changed('accounts');
      trayToo();
    });
    endpoint.onState(() => {
      hub.changed('endpoint');
      trayToo();
      doorMoved();
    });
    keys.onChange(() => hub.changed('clients'));
    const agentChanged = (): void => hub.changed('agent');
    core.agent.socket.onState(() => {
      agentChanged();
      doorMoved();
    });
    const lockChanged = (): void => {
      hub.changed('lock');
      trayToo();
    };
    core.lock.onChange(lockChanged);
    core.lock.onChange(() => {
      // What is in the clipboard can be used by whoever sits down next.
      if (core.lock.isLocked()) void systemClipboard.clearNow();
    });
    core.pause.onChange(lockChanged);
    core.activity.onChange(() => {
      hub.changed('activity');
      agentChanged(); // a remembered answer may have been used once more
    });
    runApprovalDesk({
      approvals: core.agent.approvals,
      window: approvalWindow,
      notifications,
      clock,
      badge: (count) => showBadge(count, window.native(), t()('agent.waiting', { count })),
      changed() {
        agentChanged();
        trayToo();
      },
    });
    watchGrantUse({
      activity: core.activity,
      clock,
      used(use) {
        notifications.grantUsed(use);
        approvalWindow.warm(); // such an answer runs out, and a question comes
      },
    });
    core.handover.onChange(() => hub.changed('handover'));
    core.inPlace.onChange(() => hub.changed('inPlace'));
    logins.onChange(() => hub.changed('login'));
    systemClipboard.onChange(() => hub.changed('clipboard'));
    settings.onChange((now) => {
      nativeTheme.themeSource = now.theme;
      hub.changed('settings');
      hub.changed('platform');
      trayToo();
    });
    nativeTheme.on('updated', () => hub.changed('platform'));
    hub.onPatch((patch) => window.send('state:changed', patch));
    powerMonitor.on('resume', () => core.resumed());
    powerMonitor.on('unlock-screen', () => core.resumed());
    stopAutoLock = runAutoLock({
      lock: core.lock,
      power: systemPower(powerMonitor),
      rules: () => settings.get().lock,
      clock,
    });
    announceLostLogins(accounts, notifications);
    doorMoved();
  };

  /** Walls and wiring that must stand before the first window does, whoever asks for it first. */
  const prepareWindows = once(() => {
    nativeTheme.themeSource = settings.get().theme;
    hardenContents(app, log);
    hardenSession(session.defaultSession);
    bindIpc(ipcMain, dispatcher, (contents) =>
      approvalWindow.isMine(contents) ? 'approval' : window.roleOf(contents),
    );
    wireChanges();
  });

  return {
    show,
    async start() {
      app.on('before-quit', () => {
        quitting = true; // or the window would refuse to close and with it the app to quit
        core.agent.approvals.stop(); // or the next question would open its window while we go
      });
      const hidden = request.hidden || (settings.get().startHidden && !request.show);
      if (!hidden) show();
      await core.start();
      prepareWindows(); // started hidden, nobody looks yet: local programs come first
      // Starting another program costs a moment: not before the endpoint stands.
      const host = await hasTrayHost(process.platform);
      trayHost = host;
      tray = createAppTray({
        core,
        accounts: views,
        copier,
        notifications,
        language,
        show,
        review: () => approvalWindow.focus(),
        appRoot,
        clock,
        log,
      });
      hub.changed('platform');
      log.info('app.started', { version: app.getVersion(), electron: process.versions.electron, tray: host });
    },
    async stop() {
      quitting = true;
      stopAutoLock();
      approvalWindow.destroy();
      window.destroy();
      tray?.stop();
      hub.stop();
      await systemClipboard.clearNow();
      await core.stop();
    },
  };
}
