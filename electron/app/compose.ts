import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, clipboard, ipcMain, nativeTheme, powerMonitor, shell } from 'electron';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import { readTokenFile } from '../accounts/index.ts';
import { createClipboard, electronClipboard } from '../clipboard/index.ts';
import { bindIpc, createDispatcher } from '../ipc/index.ts';
import { runAutoLock } from '../lock/index.ts';
import { createNotifications, electronNotifications } from '../notifications/index.ts';
import { type Clock, type Logger } from '../ports/index.ts';
import { appScheme, createExternalOpener, hardenContents } from '../security/index.ts';
import { hasTrayHost, type TrayIcon } from '../tray/index.ts';
import { createAppState } from './app-state.ts';
import { createAppTray } from './app-tray.ts';
import { createAppWindows } from './app-windows.ts';
import type { StartRequest } from './command-line.ts';
import { createCopier } from './copy-token.ts';
import { createCore } from './core.ts';
import { createHandlers } from './handlers.ts';
import { openJsonStore } from './json-store.ts';
import { keyStores } from './key-stores.ts';
import { fileDialogs } from './file-dialogs.ts';
import { followCore } from './follow-core.ts';
import { helpUrl } from './help-pages.ts';
import { createLanguage } from './language.ts';
import { once } from './once.ts';
import { appPaths } from './paths.ts';
import { profileFolders } from './profile-folders.ts';
import { createSettings } from './settings.ts';
import { systemPower } from './system-power.ts';
import { openTerminal } from './open-terminal.ts';

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
    openAddAccount: (issuer, waitsUntilMs) => windows.show({ page: 'add-account', issuer, waitsUntilMs }),
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

  const language = createLanguage(settings);
  let trayHost = true;
  let tray: TrayIcon | null = null;
  let stopAutoLock: () => void = () => undefined;

  const systemClipboard = createClipboard(electronClipboard(clipboard, process.platform), clock, log);
  const {
    accounts: views,
    platform,
    hub,
  } = createAppState({
    core,
    settings,
    clipboard: systemClipboard,
    language,
    trayShown: () => trayHost,
    prefillInstance: request.prefillInstance,
    clock,
  });
  const windows = createAppWindows({
    core,
    language,
    platform,
    places: store('windows'),
    trayShown: () => trayHost,
    onVisible: (visible) => hub.setWatched(visible),
    prepare: () => prepareWindows(),
    appRoot,
    clock,
    log,
  });
  const notifications = createNotifications({
    port: electronNotifications(log),
    t: () => language.t(),
    settings: () => settings.get().notifications,
    navigate: (target) => windows.show(target),
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
      ...fileDialogs(
        () => windows.main.native(),
        () => language.t(),
      ),
      clearClipboard: () => systemClipboard.clearNow(),
      async openHelp(link, accountId) {
        const documentation = accountId === undefined ? null : await documentationOf(accountId);
        await external.open(helpUrl(link, documentation));
      },
      windowReady: () => windows.main.ready(),
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
      showApproval: () => windows.approval.focus(),
      approvalPainted: (approvalId) => windows.approval.painted(approvalId),
    }),
    (role) => `${appScheme}://${role}`,
    log,
    () => core.lock.isLocked(),
  );

  /** Walls and wiring that must stand before the first window does, whoever asks for it first. */
  const prepareWindows = once(() => {
    nativeTheme.themeSource = settings.get().theme;
    hardenContents(app, log);
    bindIpc(ipcMain, dispatcher, (contents) =>
      windows.approval.isMine(contents) ? 'approval' : windows.main.roleOf(contents),
    );
    followCore({
      core,
      settings,
      hub,
      windows,
      trayChanged: () => tray?.changed(),
      clipboard: systemClipboard,
      notifications,
      language,
      clock,
    });
    powerMonitor.on('resume', () => core.resumed());
    powerMonitor.on('unlock-screen', () => core.resumed());
    stopAutoLock = runAutoLock({
      lock: core.lock,
      power: systemPower(powerMonitor),
      rules: () => settings.get().lock,
      clock,
    });
  });

  return {
    show: (target) => windows.show(target),
    async start() {
      app.on('before-quit', () => {
        windows.quitting();
        core.agent.approvals.stop(); // or the next question would open its window while we go
      });
      const hidden = request.hidden || (settings.get().startHidden && !request.show);
      if (!hidden) windows.show();
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
        show: (target) => windows.show(target),
        review: () => windows.approval.focus(),
        appRoot,
        clock,
        log,
      });
      hub.changed('platform');
      log.info('app.started', { version: app.getVersion(), electron: process.versions.electron, tray: host });
    },
    async stop() {
      stopAutoLock();
      windows.destroy();
      tray?.stop();
      hub.stop();
      await systemClipboard.clearNow();
      await core.stop();
    },
  };
}
