import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';

/** What programs asked for is on a page of its own. */
export function ActivityLink({ onOpen }: { readonly onOpen: () => void }): ReactNode {
  const { t } = useApp();
  return (
    <Section title={t('activity.title')} hint={t('activity.link')}>
      <Box>
        <Button variant="outlined" onClick={onOpen}>
          {t('activity.open')}
        </Button>
      </Box>
    </Section>
  );
}
