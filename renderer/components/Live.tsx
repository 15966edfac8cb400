import Box from '@mui/material/Box';
import { visuallyHidden } from '@mui/utils';
import { createContext, type ReactNode, use, useCallback, useState } from 'react';

const LiveContext = createContext<(text: string) => void>(() => undefined);

/** One polite live region for the whole window; announcing the same text twice speaks twice. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [said, setSaid] = useState({ text: '', count: 0 });
  const say = useCallback((text: string) => setSaid((before) => ({ text, count: before.count + 1 })), []);
  return (
    <LiveContext value={say}>
      {children}
      <Box role="status" aria-live="polite" sx={visuallyHidden}>
        <span key={said.count}>{said.text}</span>
      </Box>
    </LiveContext>
  );
}

export function useAnnounce(): (text: string) => void {
  return use(LiveContext);
}
