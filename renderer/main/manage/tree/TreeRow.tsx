import ChevronRight from '@mui/icons-material/ChevronRight';
import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import type { ReactNode } from 'react';
import { useApp } from '../../../hooks/app-context.tsx';
import { absoluteTime } from '../../../hooks/time-texts.ts';
import type { ForestNode } from './forest.ts';

const oneLine = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;

/** One mytoken in a tree. What is expired is grey and says so. */
export function TreeRow({
  node,
  topPx,
  heightPx,
  isOwn,
  isExpired,
  open,
  below,
  inTabOrder,
  onToggle,
  onOpen,
  onFocus,
}: {
  readonly node: ForestNode;
  readonly topPx: number;
  readonly heightPx: number;
  readonly isOwn: boolean;
  readonly isExpired: boolean;
  /** Null for a mytoken from which none were made. */
  readonly open: boolean | null;
  /** How many were made from it and from those. */
  readonly below: number;
  readonly inTabOrder: boolean;
  readonly onToggle: () => void;
  readonly onOpen: () => void;
  readonly onFocus: () => void;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const { expiresAtMs } = node;
  const until =
    expiresAtMs === null
      ? t('manage.tree.never')
      : t(isExpired ? 'manage.tree.expired' : 'manage.tree.until', {
          time: absoluteTime(expiresAtMs, formatLocale),
        });
  return (
    <Box
      role="treeitem"
      aria-level={node.depth + 1}
      aria-posinset={node.position}
      aria-setsize={node.siblings}
      aria-expanded={open ?? undefined}
      aria-selected={inTabOrder}
      tabIndex={inTabOrder ? 0 : -1}
      onFocus={onFocus}
      onClick={onOpen}
      sx={{
        position: 'absolute',
        left: 0,
        right: 0,
        top: 0,
        display: 'flex',
        alignItems: 'center',
        gap: 1,
        pr: 1.5,
        fontSize: '0.9rem',
        cursor: 'pointer',
        color: isExpired ? 'text.secondary' : 'text.primary',
        '&:hover': { bgcolor: 'action.hover' },
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
      }}
      style={{
        height: heightPx,
        transform: `translateY(${topPx}px)`,
        // Deep ones stay readable: at some depth the number says it instead of the indent.
        paddingLeft: 6 + Math.min(node.depth, 8) * 18,
      }}
    >
      <Box
        component="span"
        aria-hidden
        onClick={(event) => {
          if (open === null) return;
          event.stopPropagation();
          onToggle();
        }}
        sx={{ width: 24, height: 24, flex: 'none' }}
      >
        {open === null ? null : open ? <ExpandMore /> : <ChevronRight />}
      </Box>
      <Box sx={{ minWidth: 0, flex: 1, lineHeight: 1.35 }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <Box component="span" sx={oneLine}>
            {node.name === '' ? <em>{t('manage.no-name')}</em> : node.name}
          </Box>
          {isOwn && (
            <Chip
              size="small"
              color="primary"
              variant="outlined"
              label={t('manage.tree.own')}
              sx={{ height: 20 }}
            />
          )}
        </Box>
        <Box sx={{ ...oneLine, color: 'text.secondary', fontSize: '0.8rem' }}>
          {until}
          {below > 0 && ` · ${t('manage.tree.below', { count: below })}`}
        </Box>
      </Box>
    </Box>
  );
}
