import ContentCopy from '@mui/icons-material/ContentCopy';
import VisibilityOffOutlined from '@mui/icons-material/VisibilityOffOutlined';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import { type ReactNode, useEffect, useState } from 'react';
import type { CallResult } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { ListField } from '../../components/ListField.tsx';
import { Moment } from '../../components/Moment.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { absoluteTime } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import { useCopy } from '../accounts/use-copy.ts';

type Revealed = CallResult<'tokens:reveal'>;

/** A token on the screen disappears by itself, and whenever the window loses the focus. */
const revealForMs = 60_000;

/** Access tokens of an account: choose what for, copy, or look at one. */
export function TokenPanel({ account }: { readonly account: AccountView }): ReactNode {
  const { t, call } = useApp();
  const [scope, setScope] = useState<readonly string[]>(account.defaultScopes);
  const [audience, setAudience] = useState<readonly string[]>(account.defaultAudience);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const copying = useCopy();
  const revealing = useTask();
  const wish = { accountId: account.id, scope: [...scope], audience: [...audience] };
  const unrestricted = account.restrictions.length === 0;

  useEffect(() => {
    if (revealed === null) return;
    const hide = (): void => setRevealed(null);
    const timer = setTimeout(hide, revealForMs);
    window.addEventListener('blur', hide);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('blur', hide);
    };
  }, [revealed]);

  const reveal = (): void => {
    void revealing.run(async () => setRevealed(await call('tokens:reveal', wish)));
  };

  return (
    <Section title={t('token.title')}>
      <Card sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
        {unrestricted && <Alert severity="info">{t('token.unrestricted')}</Alert>}
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          <ListField
            label={t('token.scopes')}
            helper={t('token.scopes-hint')}
            options={account.providerScopes}
            value={scope}
            onChange={setScope}
          />
          <ListField
            label={t('token.audience')}
            helper={t('token.audience-hint')}
            options={[]}
            value={audience}
            onChange={setAudience}
          />
        </Box>
        <ErrorNotice error={copying.error ?? revealing.error} />
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button
            variant="contained"
            startIcon={<ContentCopy />}
            disabled={copying.busy}
            onClick={() => copying.copy(wish)}
          >
            {t('token.copy')}
          </Button>
          {revealed === null ? (
            <Button startIcon={<VisibilityOutlined />} disabled={revealing.busy} onClick={reveal}>
              {t('token.reveal')}
            </Button>
          ) : (
            <Button startIcon={<VisibilityOffOutlined />} onClick={() => setRevealed(null)}>
              {t('token.hide')}
            </Button>
          )}
        </Box>
        {revealed !== null && <RevealedToken revealed={revealed} />}
      </Card>
    </Section>
  );
}

function RevealedToken({ revealed }: { readonly revealed: Revealed }): ReactNode {
  const { t, formatLocale } = useApp();
  const claims = Object.entries(revealed.claims ?? {});
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <SelectableText label={t('token.value')} value={revealed.accessToken} rows={4} />
      <Box sx={{ fontSize: '0.875rem' }}>
        {t('token.expires')} <Moment atMs={revealed.expiresAtMs} />
      </Box>
      {claims.length > 0 && (
        <>
          <Box sx={{ fontSize: '0.8rem', color: 'text.secondary' }}>{t('token.claims-note')}</Box>
          <Facts items={claims.map(([name, value]) => [name, claimText(name, value, formatLocale)])} />
        </>
      )}
    </Box>
  );
}

const timeClaims: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time']);

function claimText(name: string, value: unknown, locale: string): string {
  if (timeClaims.has(name) && typeof value === 'number') return absoluteTime(value * 1000, locale);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
