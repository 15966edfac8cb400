import AccountCircleOutlined from '@mui/icons-material/AccountCircleOutlined';
import History from '@mui/icons-material/History';
import SettingsOutlined from '@mui/icons-material/SettingsOutlined';
import Terminal from '@mui/icons-material/Terminal';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import { type ReactElement, type ReactNode, useCallback, useEffect, useState } from 'react';
import type { MessageKey } from '../../shared/i18n/catalogue.ts';
import { useApp } from '../hooks/app-context.tsx';
import { AccountPage } from './account/AccountPage.tsx';
import { AccountsPage } from './accounts/AccountsPage.tsx';
import { ActivityPage } from './activity/ActivityPage.tsx';
import { AddAccountPage } from './add-account/AddAccountPage.tsx';
import { ComposePage } from './compose/ComposePage.tsx';
import { CopyBar } from './CopyBar.tsx';
import { LockedPage } from './lock/LockedPage.tsx';
import { PausedNotice } from './lock/PausedNotice.tsx';
import { InspectPage } from './inspect/InspectPage.tsx';
import { type Place, placeOf } from './navigation.ts';
import { NoTrayBanner } from './NoTrayBanner.tsx';
import { OnboardingPage } from './onboarding/OnboardingPage.tsx';
import { ProgramsPage } from './programs/ProgramsPage.tsx';
import { SettingsPage } from './settings/SettingsPage.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { StorageTrouble } from './storage/StorageTrouble.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const rail: readonly {
  readonly page: 'accounts' | 'programs' | 'activity' | 'settings';
  readonly label: MessageKey;
  readonly icon: ReactElement;
}[] = [
  { page: 'accounts', label: 'nav.accounts', icon: <AccountCircleOutlined /> },
  { page: 'programs', label: 'nav.programs', icon: <Terminal /> },
  { page: 'activity', label: 'nav.activity', icon: <History /> },
  { page: 'settings', label: 'nav.settings', icon: <SettingsOutlined /> },
];

/** Navigation around the page. Storage trouble and the first start take the whole window. */
export function Shell(): ReactNode {
  const { state, t, store, call } = useApp();
  const [place, setPlace] = useState<Place>({ page: 'accounts' });
  const [sheet, setSheet] = useState(false);
  useEffect(() => store.onNavigate((target) => setPlace(placeOf(target))), [store]);
  const lock = useCallback(() => void call('lock:lock', null), [call]);
  useShortcuts({ go: setPlace, showSheet: () => setSheet(true), lock });

  const { locked } = state.lock;
  if (locked !== null) return <LockedPage locked={locked} />;

  const { kind } = state.storage;
  const trouble =
    kind === 'locked' || kind === 'backend-changed' || kind === 'damaged' || kind === 'unavailable';
  const firstStart = !state.settings.onboardingDone && state.accounts.length === 0;
  // Settings stay reachable: a certificate or another theme may be what is missing.
  if (trouble && !(firstStart && kind === 'unavailable') && place.page !== 'settings')
    return <StorageTrouble onSettings={() => setPlace({ page: 'settings' })} />;
  if (!state.settings.onboardingDone && place.page === 'accounts') return <OnboardingPage go={setPlace} />;

  const active = rail.find(({ page }) => page === place.page)?.page ?? 'accounts';
  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Button
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#main h1')?.focus();
        }}
        sx={{ position: 'absolute', left: 8, top: -60, zIndex: 2000, '&:focus': { top: 8 } }}
        variant="contained"
      >
        {t('nav.skip')}
      </Button>
      <NoTrayBanner />
      <PausedNotice />
      <Box
        sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: { xs: 'column-reverse', sm: 'row' } }}
      >
        <Box
          component="nav"
          aria-label={t('nav.label')}
          sx={{
            flex: 'none',
            display: 'flex',
            flexDirection: { xs: 'row', sm: 'column' },
            justifyContent: { xs: 'space-around', sm: 'flex-start' },
            gap: 0.5,
            p: 1,
            width: { sm: 136 },
            bgcolor: 'background.paper',
            borderRight: { sm: 1 },
            borderTop: { xs: 1, sm: 0 },
            borderColor: { xs: 'divider', sm: 'divider' },
          }}
        >
          {rail.map(({ page, label, icon }) => (
            <ButtonBase
              key={page}
              onClick={() => setPlace({ page })}
              aria-current={active === page ? 'page' : undefined}
              sx={{
                flexDirection: 'column',
                gap: 0.5,
                px: { xs: 0.25, sm: 1 },
                py: 1.25,
                minWidth: { xs: 48, sm: 80 },
                borderRadius: 2,
                fontSize: { xs: '0.7rem', sm: '0.78rem' },
                fontWeight: 600,
                overflowWrap: 'anywhere',
                hyphens: 'auto',
                color: active === page ? 'primary.main' : 'text.secondary',
                bgcolor: active === page ? 'action.selected' : 'transparent',
                '&:hover': { bgcolor: 'action.hover' },
                '&.Mui-focusVisible': { outline: '2px solid', outlineOffset: -2 },
              }}
            >
              {icon}
              {t(label)}
            </ButtonBase>
          ))}
        </Box>
        <Box sx={{ flex: 1, minWidth: 0, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
          <PageAt place={place} go={setPlace} />
          <CopyBar />
        </Box>
      </Box>
      <ShortcutSheet open={sheet} onClose={() => setSheet(false)} />
    </Box>
  );
}

function PageAt({ place, go }: { readonly place: Place; readonly go: (place: Place) => void }): ReactNode {
  const { state } = useApp();
  switch (place.page) {
    case 'accounts':
      return <AccountsPage go={go} />;
    case 'account': {
      const account = state.accounts.find(({ id }) => id === place.accountId);
      return account ? (
        <AccountPage key={account.id} account={account} tab={place.tab} go={go} />
      ) : (
        <AccountsPage go={go} />
      );
    }
    case 'compose': {
      const account = state.accounts.find(({ id }) => id === place.accountId);
      return account ? <ComposePage key={account.id} account={account} go={go} /> : <AccountsPage go={go} />;
    }
    case 'add-account':
      return (
        <AddAccountPage
          key={`${place.mode} ${place.issuer ?? ''}`}
          mode={place.mode}
          issuer={place.issuer ?? null}
          waitsUntilMs={place.waitsUntilMs ?? Infinity}
          go={go}
        />
      );
    case 'inspect':
      return <InspectPage go={go} />;
    case 'programs':
      return <ProgramsPage go={go} />;
    case 'activity':
      return <ActivityPage filter={place.filter} />;
    case 'settings':
      return <SettingsPage />;
  }
}
