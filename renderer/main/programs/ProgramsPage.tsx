import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import type { Place } from '../navigation.ts';
import { TerminalTab } from '../terminal/TerminalTab.tsx';
import { ActivityLink } from './ActivityLink.tsx';
import { BlockedSection } from './BlockedSection.tsx';
import { EndpointSection } from './EndpointSection.tsx';
import { HttpSocketSection } from './HttpSocketSection.tsx';
import { GrantSection } from './GrantSection.tsx';
import { KeysSection } from './KeysSection.tsx';
import { PolicySection } from './PolicySection.tsx';
import { SocketSection } from './SocketSection.tsx';
import { WaitingNotice } from './WaitingNotice.tsx';

const tabs = ['doors', 'permissions', 'terminal'] as const;
type ProgramsTab = (typeof tabs)[number];

/** Local programs: the doors they ask at, and what was decided about them. One file per section. */
export function ProgramsPage({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { t } = useApp();
  const [tab, setTab] = useState<ProgramsTab>('doors');
  return (
    <Page title={t('programs.title')}>
      <Typography color="textSecondary">{t('programs.text')}</Typography>
      <WaitingNotice />
      <Tabs
        value={tab}
        onChange={(_event, next: ProgramsTab) => setTab(next)}
        aria-label={t('programs.title')}
        sx={{ borderBottom: 1, borderColor: 'divider' }}
      >
        {tabs.map((name) => (
          <Tab
            key={name}
            value={name}
            id={`programs-tab-${name}`}
            aria-controls={`programs-${name}`}
            label={t(`programs.tab.${name}`)}
          />
        ))}
      </Tabs>
      <Box
        role="tabpanel"
        id={`programs-${tab}`}
        aria-labelledby={`programs-tab-${tab}`}
        sx={{ display: 'flex', flexDirection: 'column', gap: 3.5 }}
      >
        {tab === 'doors' && (
          <>
            <EndpointSection />
            <HttpSocketSection />
            <KeysSection />
            <SocketSection />
          </>
        )}
        {tab === 'permissions' && (
          <>
            <PolicySection />
            <GrantSection />
            <BlockedSection />
            <ActivityLink onOpen={() => go({ page: 'activity' })} />
          </>
        )}
        {tab === 'terminal' && <TerminalTab />}
      </Box>
    </Page>
  );
}
