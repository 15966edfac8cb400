import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import type { ActivityRecord } from '../../../shared/model/activity.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { clockTime, dayName, dayOf, whatHappened, why } from './record-words.ts';

type Line =
  | { readonly kind: 'day'; readonly key: string; readonly atMs: number }
  | {
      readonly kind: 'record';
      readonly key: string;
      readonly record: ActivityRecord;
      readonly index: number;
    };

const linesPerPage = 8;
const loadBeforeEnd = 30;

/** Entries by day. One stop for the tabulator; arrows move the choice. Only what is on the screen is in the document. */
export function ActivityList({
  records,
  total,
  chosenId,
  onChoose,
  onOpen,
  onEnd,
  onTop,
}: {
  readonly records: readonly ActivityRecord[];
  readonly total: number;
  readonly chosenId: string | null;
  readonly onChoose: (id: string) => void;
  /** Enter or a click: wants the details, where they are not beside the list. */
  readonly onOpen: (id: string) => void;
  readonly onEnd: () => void;
  readonly onTop: (isAtTop: boolean) => void;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const nowMs = useNow(false);
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const lines = useMemo(() => linesOf(records), [records]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'day' ? 44 : 62),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 10,
    initialRect: { width: 800, height: 900 },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lines.length > 0 && lastShown >= lines.length - loadBeforeEnd) onEnd();
  }, [lastShown, lines.length, onEnd]);

  const chosenIndex = records.findIndex(({ id }) => id === chosenId);
  const move = (to: number): void => {
    const record = records[Math.max(0, Math.min(records.length - 1, to))];
    if (record === undefined) return;
    onChoose(record.id);
    const line = lines.findIndex(({ key }) => key === record.id);
    virtual.scrollToIndex(line === 1 ? 0 : line);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: chosenIndex + 1,
      ArrowUp: chosenIndex - 1,
      PageDown: chosenIndex + linesPerPage,
      PageUp: chosenIndex - linesPerPage,
      Home: 0,
      End: records.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && chosenId !== null) onOpen(chosenId);
    else return;
    event.preventDefault();
  };

  const isChosenShown = items.some(({ index }) => lines[index]?.key === chosenId);
  return (
    <Box
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={t('activity.list')}
      aria-activedescendant={isChosenShown && chosenId !== null ? `${prefix}${chosenId}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => onTop(event.currentTarget.scrollTop < 8)}
      sx={{
        flex: 1,
        minHeight: 120,
        minWidth: 0,
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        bgcolor: 'background.paper',
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
      }}
    >
      <Box role="presentation" sx={{ position: 'relative' }} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          const place = {
            'data-index': item.index,
            ref: virtual.measureElement,
            style: { transform: `translateY(${item.start}px)` },
          };
          const at = { position: 'absolute', left: 0, right: 0, top: 0 } as const;
          if (line.kind === 'day') {
            return (
              <Box
                key={item.key}
                {...place}
                role="presentation"
                aria-hidden
                sx={{ ...at, px: 2, pt: 2, pb: 0.5 }}
              >
                <Typography variant="body2" component="div" color="textSecondary" sx={{ fontWeight: 600 }}>
                  {dayName(line.atMs, nowMs, formatLocale, t)}
                </Typography>
              </Box>
            );
          }
          const { record } = line;
          const isChosen = record.id === chosenId;
          return (
            <Box
              key={item.key}
              {...place}
              id={`${prefix}${record.id}`}
              role="option"
              aria-selected={isChosen}
              aria-setsize={total}
              aria-posinset={line.index + 1}
              onClick={() => onOpen(record.id)}
              sx={{
                ...at,
                px: 2,
                py: 1,
                cursor: 'pointer',
                bgcolor: isChosen ? 'action.selected' : 'transparent',
                '&:hover': { bgcolor: isChosen ? 'action.selected' : 'action.hover' },
              }}
            >
              <Typography variant="body2" component="div" sx={{ overflowWrap: 'anywhere', fontWeight: 500 }}>
                {whatHappened(record, t)}
              </Typography>
              <Typography
                variant="caption"
                component="div"
                color={record.outcome === 'allowed' ? 'textSecondary' : 'error'}
                sx={{ overflowWrap: 'anywhere' }}
              >
                {aside(record)}
              </Typography>
            </Box>
          );
        })}
      </Box>
    </Box>
  );

  function aside(record: ActivityRecord): string {
    const parts = [clockTime(record.lastAtMs ?? record.atMs, formatLocale), why(record, t)];
    if (record.count !== undefined && record.count > 1)
      parts.push(t('activity.times', { count: record.count }));
    if (record.mytoken?.revokedAtMs != null) parts.push(t('activity.fact.revoked'));
    return parts.join(' · ');
  }
}

function linesOf(records: readonly ActivityRecord[]): readonly Line[] {
  const lines: Line[] = [];
  let day = '';
  for (const [index, record] of records.entries()) {
    const own = dayOf(record.atMs);
    if (own !== day) lines.push({ kind: 'day', key: `day ${own}`, atMs: record.atMs });
    day = own;
    lines.push({ kind: 'record', key: record.id, record, index });
  }
  return lines;
}
