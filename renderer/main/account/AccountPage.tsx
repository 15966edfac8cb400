import ArrowBack from '@mui/icons-material/ArrowBack';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { Page } from '../../components/Page.tsx';
import { StatusChip } from '../../components/StatusChip.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { type AccountTabId, accountTabs } from '../manage/account-tabs.ts';
import { KeptProvider } from '../manage/kept.tsx';
import type { Place } from '../navigation.ts';
import { AccountTrouble } from './AccountTrouble.tsx';

/** An account: how it is, and a tab for each thing that can be seen or done with it. */
export function AccountPage({
  account,
  tab = 'overview',
  go,
}: {
  readonly account: AccountView;
  readonly tab?: AccountTabId | undefined;
  readonly go: (place: Place) => void;
}): ReactNode {
  const { t } = useApp();
  const { Body, roomy } = accountTabs.find(({ id }) => id === tab) ?? accountTabs[0];
  return (
    <Page
      title={account.displayName}
      roomy={roomy}
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
      <Tabs
        value={tab}
        onChange={(_event, next: AccountTabId) => go({ page: 'account', accountId: account.id, tab: next })}
        aria-label={t('manage.tabs')}
        sx={{ borderBottom: 1, borderColor: 'divider' }}
      >
        {accountTabs.map(({ id, label }) => (
          <Tab
            key={id}
            value={id}
            id={`account-tab-${id}`}
            aria-controls={`account-${id}`}
            label={t(label)}
          />
        ))}
      </Tabs>
      {/* What was asked of the server about one mytoken says nothing about the one that replaced it. */}
      <KeptProvider key={account.momId}>
        <Box
          role="tabpanel"
          id={`account-${tab}`}
          aria-labelledby={`account-tab-${tab}`}
          sx={{ display: 'flex', flexDirection: 'column', gap: 2.5, minWidth: 0 }}
        >
          <Body account={account} go={go} />
        </Box>
      </KeptProvider>
    </Page>
  );
}
