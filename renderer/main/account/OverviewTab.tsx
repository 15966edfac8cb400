import CallSplit from '@mui/icons-material/CallSplit';
import QrCode2 from '@mui/icons-material/QrCode2';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import { Facts } from '../../components/Facts.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import { CapabilityList } from '../manage/CapabilityList.tsx';
import { Limits } from '../manage/Limits.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { TransferDialog } from '../manage/TransferDialog.tsx';
import { EditAccount } from './EditAccount.tsx';
import { RemoveAccount } from './RemoveAccount.tsx';
import { TokenPanel } from './TokenPanel.tsx';

/** What an account is for every day: access tokens, further mytokens, names and defaults. */
export function OverviewTab({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const [handingOver, setHandingOver] = useState(false);
  return (
    <>
      {usableStatuses.has(account.status) && (
        <>
          <TokenPanel account={account} />
          <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
            <Button
              variant="outlined"
              startIcon={<CallSplit />}
              onClick={() => go({ page: 'compose', accountId: account.id })}
            >
              {t('compose.open')}
            </Button>
            <Button variant="outlined" startIcon={<QrCode2 />} onClick={() => setHandingOver(true)}>
              {t('manage.transfer.open')}
            </Button>
            {handingOver && <TransferDialog account={account} onClose={() => setHandingOver(false)} />}
          </Box>
        </>
      )}
      <Section title={t('account.can.title')} hint={t('account.can.hint')}>
        <CapabilityList capabilities={account.capabilities} />
      </Section>
      <Section title={t('account.limits.title')}>
        <Limits restrictions={account.restrictions} rotation={account.rotation} />
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
    </>
  );
}
