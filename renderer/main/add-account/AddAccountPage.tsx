import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import ArrowBack from '@mui/icons-material/ArrowBack';
import { type ReactNode, useState } from 'react';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import type { Place } from '../navigation.ts';
import { ImportForm } from './ImportForm.tsx';
import { LoginSteps } from './LoginSteps.tsx';

/** A new account: by logging in, or from a mytoken that exists already. */
export function AddAccountPage({
  mode,
  issuer,
  waitsUntilMs,
  go,
}: {
  readonly mode: 'login' | 'import';
  /** The provider that somebody waits for. */
  readonly issuer: string | null;
  readonly waitsUntilMs: number;
  readonly go: (place: Place) => void;
}): ReactNode {
  const { t } = useApp();
  const [way, setWay] = useState(mode);
  return (
    <Page
      title={t('add.title')}
      action={
        <Button startIcon={<ArrowBack />} onClick={() => go({ page: 'accounts' })}>
          {t('account.back')}
        </Button>
      }
    >
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        value={way}
        onChange={(_event, chosen: 'login' | 'import' | null) => {
          if (chosen !== null) setWay(chosen);
        }}
        aria-label={t('add.way')}
      >
        <ToggleButton value="login">{t('add.way.login')}</ToggleButton>
        <ToggleButton value="import">{t('add.way.import')}</ToggleButton>
      </ToggleButtonGroup>
      {way === 'login' ? (
        <LoginSteps wantedIssuer={issuer} waitsUntilMs={waitsUntilMs} go={go} />
      ) : (
        <ImportForm go={go} />
      )}
    </Page>
  );
}
