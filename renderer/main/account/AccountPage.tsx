import CallSplit from '@mui/icons-material/CallSplit';
import ArrowBack from '@mui/icons-material/ArrowBack';
import Button from '@mui/material/Button';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { Facts } from '../../components/Facts.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { StatusChip } from '../../components/StatusChip.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { capabilityWords, clauseWords, rotationWords } from '../../hooks/words.ts';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import type { Place } from '../navigation.ts';
import { AccountTrouble } from './AccountTrouble.tsx';
import { EditAccount } from './EditAccount.tsx';
import { RemoveAccount } from './RemoveAccount.tsx';
import { TokenPanel } from './TokenPanel.tsx';

export function AccountPage({
  account,
  go,
}: {
  readonly account: AccountView;
  readonly go: (place: Place) => void;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const { restrictions } = account;
  return (
    <Page
      title={account.displayName}
      action={
        <Button startIcon={<ArrowBack />} onClick={() => go({ page: 'accounts' })}>
          {t('account.back')}
        </Button>
      }
    >
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap', mt: -1.5 }}>
        <StatusChip status={account.status} />
      </Box>
      <AccountTrouble account={account} go={go} />
      {usableStatuses.has(account.status) && <TokenPanel account={account} />}
      {usableStatuses.has(account.status) && (
        <Box>
          <Button
            variant="outlined"
            startIcon={<CallSplit />}
            onClick={() => go({ page: 'compose', accountId: account.id })}
          >
            {t('compose.open')}
          </Button>
        </Box>
      )}
      <Section title={t('account.can.title')} hint={t('account.can.hint')}>
        <Box
          component="ul"
          sx={{ m: 0, pl: 2.5, display: 'flex', flexDirection: 'column', gap: 0.5, fontSize: '0.9rem' }}
        >
          {account.capabilities.map((capability) => (
            <li key={capability}>
              {capabilityWords(t, capability)}{' '}
              <Box component="code" sx={{ color: 'text.secondary', fontSize: '0.8rem' }}>
                {capability}
              </Box>
            </li>
          ))}
        </Box>
      </Section>
      <Section title={t('account.limits.title')}>
        {restrictions.length === 0 ? (
          <Box sx={{ fontSize: '0.9rem' }}>{t('restriction.none')}</Box>
        ) : (
          restrictions.map((clause, index) => (
            <Box key={JSON.stringify(clause)} sx={{ fontSize: '0.9rem' }}>
              {restrictions.length > 1 && (
                <strong>{t('restriction.alternative', { number: index + 1 })} </strong>
              )}
              <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
                {clauseWords(t, clause, formatLocale).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </Box>
            </Box>
          ))
        )}
        <Box sx={{ fontSize: '0.9rem' }}>{rotationWords(t, account.rotation, formatLocale)}</Box>
      </Section>
      <Section title={t('account.facts.title')}>
        <Facts
          items={[
            [t('account.facts.provider'), account.providerName ?? account.oidcIssuer],
            [t('account.facts.issuer'), account.oidcIssuer],
            [t('account.facts.server'), account.instanceUrl],
            [t('account.facts.token-name'), account.tokenName === '' ? '—' : account.tokenName],
            [
              t('account.facts.expires'),
              account.expiresAtMs === null ? t('account.facts.never') : <Moment atMs={account.expiresAtMs} />,
            ],
            [t('account.facts.created'), <Moment key="created" atMs={account.createdAtMs} />],
            [
              t('account.facts.used'),
              account.lastUsedAtMs === null ? (
                t('account.facts.unused')
              ) : (
                <Moment atMs={account.lastUsedAtMs} />
              ),
            ],
            [
              t('account.facts.kept'),
              t(account.storage === 'session' ? 'account.kept.session' : 'account.kept.vault'),
            ],
            [t('account.facts.mom-id'), <code key="mom">{account.momId}</code>],
          ]}
        />
      </Section>
      <EditAccount account={account} />
      <RemoveAccount account={account} onRemoved={() => go({ page: 'accounts' })} />
    </Page>
  );
}
