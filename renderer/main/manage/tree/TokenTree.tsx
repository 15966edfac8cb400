import Box from '@mui/material/Box';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNow } from '../../../hooks/use-now.ts';
import { type Forest, hasChildren } from './forest.ts';
import { TreeRow } from './TreeRow.tsx';
import { useTypeAhead } from './use-type-ahead.ts';

const rowPx = 52;

/**
 * A tree of any size by the ARIA pattern (WAI-ARIA Authoring Practices, "Tree View"): one row is in the tab order, arrow keys move, Home, End
 * and letters jump. Only rows in sight exist, and the one that has the focus.
 */
export function TokenTree({
  label,
  forest,
  rows,
  closed,
  searching,
  ownMomId,
  onClosed,
  onOpen,
}: {
  readonly label: string;
  readonly forest: Forest;
  readonly rows: readonly number[];
  readonly closed: ReadonlySet<string>;
  readonly searching: boolean;
  readonly ownMomId: string;
  readonly onClosed: (closed: ReadonlySet<string>) => void;
  readonly onOpen: (momId: string) => void;
}): ReactNode {
  const nowMs = useNow(false);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(ownMomId);
  /** The focus follows the keyboard, but must not be taken from the search field. */
  const moveFocus = useRef(false);
  const rowOf = useMemo(() => new Map(rows.map((index, row) => [forest[index]?.momId, row])), [forest, rows]);
  const activeRow = rowOf.get(active) ?? 0;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
    initialRect: { width: 800, height: 600 },
    rangeExtractor: useCallback(
      (range: Range) => {
        const seen = defaultRangeExtractor(range);
        return seen.includes(activeRow) ? seen : [...seen, activeRow].sort((a, b) => a - b);
      },
      [activeRow],
    ),
  });

  const goTo = (row: number): void => {
    const index = rows[Math.max(0, Math.min(rows.length - 1, row))];
    const node = index === undefined ? undefined : forest[index];
    if (!node || node.momId === forest[rows[activeRow] ?? -1]?.momId) return;
    moveFocus.current = true;
    setActive(node.momId);
  };
  useEffect(() => {
    if (!moveFocus.current) return;
    moveFocus.current = false;
    // It exists wherever it is (see rangeExtractor), so that taking the focus also brings it into sight.
    scroller.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
  }, [activeRow, active]);

  const toggle = (momId: string, close: boolean): void => {
    if (searching) return;
    const next = new Set(closed);
    if (close) next.add(momId);
    else next.delete(momId);
    onClosed(next);
  };
  const typeAhead = useTypeAhead((typed) => {
    for (let step = typed.length > 1 ? 0 : 1; step <= rows.length; step += 1) {
      const row = (activeRow + step) % rows.length;
      if (forest[rows[row] ?? -1]?.name.toLowerCase().startsWith(typed) === true) {
        goTo(row);
        return;
      }
    }
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = rows[activeRow];
    const node = index === undefined ? undefined : forest[index];
    if (index === undefined || !node) return;
    const parentIsOpen = hasChildren(node, index) && (searching || !closed.has(node.momId));
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 1);
    switch (event.key) {
      case 'ArrowDown':
        goTo(activeRow + 1);
        break;
      case 'ArrowUp':
        goTo(activeRow - 1);
        break;
      case 'PageDown':
        goTo(activeRow + page);
        break;
      case 'PageUp':
        goTo(activeRow - page);
        break;
      case 'Home':
        goTo(0);
        break;
      case 'End':
        goTo(rows.length - 1);
        break;
      case 'ArrowRight':
        if (parentIsOpen) goTo(activeRow + 1);
        else if (hasChildren(node, index)) toggle(node.momId, false);
        break;
      case 'ArrowLeft':
        if (parentIsOpen && !searching) toggle(node.momId, true);
        else goTo(rowOf.get(forest[node.parent]?.momId) ?? activeRow);
        break;
      case '*':
        onClosed(withoutSiblings(forest, node.parent, closed));
        break;
      case 'Enter':
      case ' ':
        onOpen(node.momId);
        break;
      default:
        if (event.key.length !== 1) return;
        typeAhead(event.key);
    }
    event.preventDefault();
  };

  return (
    <Box
      ref={scroller}
      sx={{
        height: 'clamp(264px, 58vh, 900px)',
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        bgcolor: 'background.paper',
      }}
    >
      <Box
        role="tree"
        aria-label={label}
        onKeyDown={onKeyDown}
        sx={{ position: 'relative', minWidth: 260 }}
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((item) => {
          const index = rows[item.index];
          const node = index === undefined ? undefined : forest[index];
          if (index === undefined || !node) return null;
          const isParent = hasChildren(node, index);
          return (
            <TreeRow
              key={node.momId}
              node={node}
              topPx={item.start}
              heightPx={rowPx}
              isOwn={node.momId === ownMomId}
              isExpired={node.expiresAtMs !== null && node.expiresAtMs <= nowMs}
              open={isParent ? searching || !closed.has(node.momId) : null}
              below={node.end - index - 1}
              inTabOrder={item.index === activeRow}
              onToggle={() => toggle(node.momId, !closed.has(node.momId))}
              onOpen={() => {
                setActive(node.momId);
                onOpen(node.momId);
              }}
              onFocus={() => setActive(node.momId)}
            />
          );
        })}
      </Box>
    </Box>
  );
}

function withoutSiblings(forest: Forest, parent: number, closed: ReadonlySet<string>): ReadonlySet<string> {
  const next = new Set(closed);
  for (const node of forest) if (node.parent === parent) next.delete(node.momId);
  return next;
}
