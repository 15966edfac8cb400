import Add from '@mui/icons-material/Add';
import Terminal from '@mui/icons-material/Terminal';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '../../components/EmptyState.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { ClientCard } from './ClientCard.tsx';
import { type ShownKey, KeyDialog } from './KeyDialog.tsx';
import { NewKeyDialog } from './NewKeyDialog.tsx';
import { PairingDialog } from './PairingDialog.tsx';

/** Client keys of programs that use the endpoint. */
export function KeysSection(): ReactNode {
  const { state, t } = useApp();
  const [creating, setCreating] = useState(false);
  const [shownKey, setShownKey] = useState<ShownKey | null>(null);
  const [pairing, setPairing] = useState(false);
  const { clients } = state;
  const buttons = (
    <>
      <Button variant="contained" startIcon={<Add />} onClick={() => setCreating(true)}>
        {t('programs.new')}
      </Button>
      <Button onClick={() => setPairing(true)}>{t('pairing.enter')}</Button>
    </>
  );
  return (
    <Section title={t('programs.keys')} hint={t('programs.keys-hint')}>
      {clients.length === 0 ? (
        <EmptyState
          icon={<Terminal />}
          title={t('programs.empty.title')}
          action={
            <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', justifyContent: 'center' }}>{buttons}</Box>
          }
        >
          {t('programs.empty.text')}
        </EmptyState>
      ) : (
        <>
          <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>{buttons}</Box>
          {clients.map((client) => (
            <ClientCard key={client.id} client={client} onKey={setShownKey} />
          ))}
        </>
      )}
      <NewKeyDialog open={creating} onClose={() => setCreating(false)} onKey={setShownKey} />
      {pairing && <PairingDialog onClose={() => setPairing(false)} />}
      <KeyDialog shown={shownKey} onClose={() => setShownKey(null)} />
    </Section>
  );
}
