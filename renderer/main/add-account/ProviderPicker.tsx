import Box from '@mui/material/Box';
import Radio from '@mui/material/Radio';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import type { ProviderView } from '../../../shared/ipc/contract.ts';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { hostOf } from '../../hooks/words.ts';

const rowPx = 56;

/** Choosing among a few providers or hundreds: a radio group, filtered as one types. */
export function ProviderPicker({
  providers,
  value,
  onChange,
}: {
  readonly providers: readonly ProviderView[];
  readonly value: ProviderView | null;
  readonly onChange: (provider: ProviderView) => void;
}): ReactNode {
  const { t } = useApp();
  const group = useId();
  const [filter, setFilter] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const wanted = filter.trim().toLocaleLowerCase();
    return providers.filter((provider) =>
      `${provider.name ?? ''} ${provider.issuer}`.toLocaleLowerCase().includes(wanted),
    );
  }, [providers, filter]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
    initialRect: { width: 600, height: 300 },
  });

  return (
    <Section title={t('add.provider.title')} hint={t('add.provider.hint')}>
      {providers.length > 6 && (
        <TextField
          type="search"
          label={t('add.provider.search')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          helperText={t('add.provider.matches', { count: shown.length })}
        />
      )}
      <Box
        ref={scroller}
        role="radiogroup"
        aria-label={t('add.provider.title')}
        sx={{
          maxHeight: 280,
          overflow: 'auto',
          border: 1,
          borderColor: 'divider',
          borderRadius: 2,
          bgcolor: 'background.paper',
        }}
      >
        <Box sx={{ position: 'relative' }} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const provider = shown[item.index];
            if (!provider) return null;
            return (
              <Box
                component="label"
                key={provider.issuer}
                sx={{
                  position: 'absolute',
                  left: 0,
                  right: 0,
                  top: 0,
                  height: rowPx,
                  display: 'flex',
                  alignItems: 'center',
                  px: 1,
                  cursor: 'pointer',
                  '&:hover': { bgcolor: 'action.hover' },
                }}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Radio
                  name={group}
                  checked={value?.issuer === provider.issuer}
                  onChange={() => onChange(provider)}
                  slotProps={{ input: { 'aria-label': provider.name ?? provider.issuer } }}
                />
                <Box sx={{ minWidth: 0 }}>
                  <Typography noWrap sx={{ fontWeight: 600 }}>
                    {provider.name ?? hostOf(provider.issuer)}
                  </Typography>
                  <Typography noWrap variant="body2" color="textSecondary">
                    {provider.issuer}
                  </Typography>
                </Box>
              </Box>
            );
          })}
        </Box>
      </Box>
    </Section>
  );
}
