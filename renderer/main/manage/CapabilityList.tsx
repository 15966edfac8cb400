import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { capabilityWords } from '../../hooks/words.ts';

/** Capabilities in words, with the names that servers use. */
export function CapabilityList({ capabilities }: { readonly capabilities: readonly string[] }): ReactNode {
  const { t } = useApp();
  return (
    <Box
      component="ul"
      sx={{ m: 0, pl: 2.5, display: 'flex', flexDirection: 'column', gap: 0.5, fontSize: '0.9rem' }}
    >
      {capabilities.map((capability) => (
        <li key={capability}>
          {capabilityWords(t, capability)}{' '}
          <Box component="code" sx={{ color: 'text.secondary', fontSize: '0.8rem' }}>
            {capability}
          </Box>
        </li>
      ))}
    </Box>
  );
}
