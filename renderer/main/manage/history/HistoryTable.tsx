import Box from '@mui/material/Box';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import type { HistoryEventView } from '../../../../shared/ipc/contract.ts';
import { useApp } from '../../../hooks/app-context.tsx';
import { exactTime } from '../../../hooks/time-texts.ts';
import { eventWords } from './events.ts';

const columns = {
  xs: '1fr',
  md: 'minmax(150px, 1.1fr) minmax(150px, 1.4fr) minmax(110px, 0.9fr) minmax(120px, 1.2fr) minmax(120px, 1.4fr)',
};

/** A table of any length, of which only rows in sight exist. With `ownMomId` each row also names its mytoken. */
export function HistoryTable({
  events,
  utc,
  ownMomId,
}: {
  readonly events: readonly HistoryEventView[];
  readonly utc: boolean;
  readonly ownMomId: string | null;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 46,
    overscan: 12,
    initialRect: { width: 800, height: 600 },
  });
  const head = ['time', 'event', 'ip', 'agent', 'comment'] as const;
  return (
    <Box
      ref={scroller}
      // Nothing inside takes the focus, so keyboards scroll the table itself.
      tabIndex={0}
      role="region"
      aria-label={t('manage.history.table')}
      sx={{
        height: 'clamp(264px, 58vh, 900px)',
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        bgcolor: 'background.paper',
        fontSize: '0.85rem',
      }}
    >
      <Box role="table" aria-label={t('manage.history.table')} aria-rowcount={events.length + 1}>
        <Box role="rowgroup" sx={{ position: 'sticky', top: 0, zIndex: 1, bgcolor: 'background.paper' }}>
          <Box
            role="row"
            aria-rowindex={1}
            sx={{
              display: { xs: 'none', md: 'grid' },
              gridTemplateColumns: columns,
              gap: 1.5,
              px: 1.5,
              py: 1,
              borderBottom: 1,
              borderColor: 'divider',
              fontWeight: 600,
            }}
          >
            {head.map((column) => (
              <span key={column} role="columnheader">
                {t(`manage.history.column.${column}`)}
              </span>
            ))}
          </Box>
        </Box>
        <Box role="rowgroup" sx={{ position: 'relative' }} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const event = events[item.index];
            if (!event) return null;
            return (
              <Box
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                data-index={item.index}
                ref={virtual.measureElement}
                sx={{
                  position: 'absolute',
                  left: 0,
                  right: 0,
                  top: 0,
                  display: 'grid',
                  gridTemplateColumns: columns,
                  columnGap: 1.5,
                  px: 1.5,
                  py: 1,
                  borderBottom: 1,
                  borderColor: 'divider',
                  overflowWrap: 'anywhere',
                }}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Box role="cell" sx={{ fontVariantNumeric: 'tabular-nums' }}>
                  <time dateTime={new Date(event.atMs).toISOString()}>
                    {exactTime(event.atMs, formatLocale, utc)}
                  </time>
                </Box>
                <Box role="cell">
                  {eventWords(t, event.event)}
                  {ownMomId !== null && event.momId !== null && (
                    <Box sx={{ color: 'text.secondary' }}>
                      {event.momId === ownMomId
                        ? t('manage.history.this')
                        : t('manage.history.other', { id: event.momId.slice(0, 8) })}
                    </Box>
                  )}
                </Box>
                <Box role="cell">{event.ip}</Box>
                <Box role="cell" sx={{ color: 'text.secondary' }}>
                  {event.userAgent}
                </Box>
                <Box role="cell">{event.comment}</Box>
              </Box>
            );
          })}
        </Box>
      </Box>
    </Box>
  );
}
