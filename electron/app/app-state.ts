import { app, nativeTheme } from 'electron';
import type { AccountView } from '../../shared/model/account.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import { toView } from '../accounts/index.ts';
import type { Clipboard } from '../clipboard/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Core } from './core.ts';
import { knownInstances } from './known-instances.ts';
import type { Language } from './language.ts';
import type { SettingsService } from './settings.ts';
import { createStateHub, type StateHub } from './state-hub.ts';

export interface AppStateDeps {
  readonly core: Core;
  readonly settings: Pick<SettingsService, 'get'>;
  readonly clipboard: Pick<Clipboard, 'view'>;
  readonly language: Language;
  readonly trayShown: () => boolean;
  readonly prefillInstance: string | null;
  readonly clock: Clock;
}

/** What windows and tray show. */
export interface AppState {
  readonly accounts: () => readonly AccountView[];
  readonly platform: () => PlatformView;
  readonly hub: StateHub;
}

export function createAppState(deps: AppStateDeps): AppState {
  const { core, settings, language, clock } = deps;
  const accounts = (): readonly AccountView[] => {
    const context = { vaultState: core.vault.state(), nowMs: clock.nowMs() };
    return core.accounts.all().map((record) => {
      return toView(record, { ...context, isDefault: record.id === core.accounts.defaultAccountId() });
    });
  };
  const platform = (): PlatformView => ({
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    tray: deps.trayShown() ? 'shown' : 'no-host',
    version: app.getVersion(),
    electron: process.versions.electron,
    locale: language.locale(),
    formatLocale: language.formatLocale(),
    darkMode: nativeTheme.shouldUseDarkColors,
    knownInstances,
    prefillInstance: deps.prefillInstance,
    warnings: [],
  });
  const hub = createStateHub(
    {
      accounts,
      storage: () => core.vault.state(),
      endpoint: () => core.endpoint.state(),
      clients: () => core.keys.list(),
      login: () => core.logins.view(),
      clipboard: () => deps.clipboard.view(),
      settings: () => settings.get(),
      platform,
      agent: () => core.agent.view(),
      activity: () => core.activity.state(),
      lock: () => ({ locked: core.lock.state(), paused: core.pause.state() }),
      handover: () => core.handover.view(),
      inPlace: () => core.inPlace.view(),
    },
    clock,
  );
  return { accounts, platform, hub };
}
