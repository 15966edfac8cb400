import { createContext, type ReactNode, use, useCallback, useMemo, useSyncExternalStore } from 'react';
import { createTranslate, isMessageKey, type Translate } from '../../shared/i18n/catalogue.ts';
import { defaultSettings } from '../../shared/model/settings.ts';
import type { AppState, PlatformView } from '../../shared/model/state.ts';
import type { Call, Store } from '../api/index.ts';

interface AppContextValue {
  readonly state: AppState;
  readonly call: Call;
  readonly t: Translate;
  readonly formatLocale: string;
  readonly store: Store;
}

const AppContext = createContext<AppContextValue | null>(null);

/** Gives everything below the state, the calls and the texts. Shows `loading` until the first answer. */
export function AppProvider({
  store,
  loading,
  children,
}: {
  readonly store: Store;
  readonly loading: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const state = useSyncExternalStore(
    useCallback((listener: () => void) => store.subscribe(listener), [store]),
    () => store.getState(),
  );
  const locale = state?.platform.locale ?? 'en';
  const formatLocale = state?.platform.formatLocale ?? 'en';
  const t = useMemo(() => createTranslate(locale, formatLocale), [locale, formatLocale]);
  const value = useMemo(
    () => (state === null ? null : { state, call: store.call, t, formatLocale, store }),
    [state, store, t, formatLocale],
  );
  return value === null ? loading : <AppContext value={value}>{children}</AppContext>;
}

/** For a window that shows none of the app's state: texts, calls and nothing else. */
export function PlainAppProvider({
  platform,
  call,
  children,
}: {
  readonly platform: PlatformView;
  readonly call: Call;
  readonly children: ReactNode;
}): ReactNode {
  const { locale, formatLocale } = platform;
  const value = useMemo((): AppContextValue => {
    const state: AppState = { ...nothing, platform };
    const store: Store = {
      call,
      getState: () => state,
      subscribe: () => () => undefined,
      onNavigate: () => () => undefined,
      start: () => undefined,
    };
    return { state, call, t: createTranslate(locale, formatLocale), formatLocale, store };
  }, [platform, call, locale, formatLocale]);
  return <AppContext value={value}>{children}</AppContext>;
}

const nothing: Omit<AppState, 'platform'> = {
  version: 0,
  accounts: [],
  storage: { kind: 'closed', protection: 'none', backend: null, wrappedBy: null, copiedTo: null },
  endpoint: {
    state: 'off',
    addresses: [],
    discoveryFile: null,
    problem: null,
    socket: { state: 'off', path: null, problem: null },
  },
  clients: [],
  agent: {
    socket: { state: 'off', path: null, problem: null },
    waiting: 0,
    grants: [],
    blocked: [],
  },
  activity: { changes: 0, total: 0, damaged: 0, problem: null },
  lock: { locked: null, paused: null },
  handover: { bearerFiles: [], mytokenFiles: [], discoveryPath: null },
  inPlace: { places: [], environment: null },
  login: null,
  clipboard: { clearsAtMs: null, accountId: null, tokenExpiresAtMs: null, problem: null },
  settings: defaultSettings,
};

export function useApp(): AppContextValue {
  const value = use(AppContext);
  if (value === null) throw new Error('useApp outside of AppProvider');
  return value;
}

/** What happened and what to do next, in the user's language. */
export function errorTexts(t: Translate, code: string): { readonly text: string; readonly next: string } {
  const lookUp = (key: string): string => (isMessageKey(key) ? t(key) : '');
  const text = lookUp(`error.${code}.text`);
  return text === ''
    ? { text: t('error.app/internal.text'), next: t('error.app/internal.next') }
    : { text, next: lookUp(`error.${code}.next`) };
}
