import Add from '@mui/icons-material/Add';
import KeyOutlined from '@mui/icons-material/KeyOutlined';
import Search from '@mui/icons-material/Search';
import TroubleshootOutlined from '@mui/icons-material/TroubleshootOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { hostOf } from '../../hooks/words.ts';
import type { Place } from '../navigation.ts';
import { AccountRow } from './AccountRow.tsx';
import { useCopy } from './use-copy.ts';

const rowHeightPx = 92;

export function AccountsPage({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { state, t } = useApp();
  const { accounts } = state;
  return (
    <Page
      wide
      title={t('accounts.title')}
      action={
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button startIcon={<TroubleshootOutlined />} onClick={() => go({ page: 'inspect' })}>
            {t('inspect.open')}
          </Button>
          <Button
            variant="contained"
            startIcon={<Add />}
            onClick={() => go({ page: 'add-account', mode: 'login' })}
          >
            {t('accounts.add')}
          </Button>
        </Box>
      }
    >
      {accounts.length === 0 ? (
        <EmptyState
          icon={<KeyOutlined />}
          title={t('accounts.empty.title')}
          action={
            <Button onClick={() => go({ page: 'add-account', mode: 'import' })}>
              {t('accounts.empty.import')}
            </Button>
          }
        >
          {t('accounts.empty.text')}
        </EmptyState>
      ) : (
        <AccountList accounts={accounts} go={go} />
      )}
    </Page>
  );
}

function AccountList({
  accounts,
  go,
}: {
  readonly accounts: readonly AccountView[];
  readonly go: (place: Place) => void;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const [filter, setFilter] = useState('');
  const { copy, error, clear, busy } = useCopy();
  const arranging = useTask();
  const scroller = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<string | null>(null);

  const shown = useMemo(() => accounts.filter((account) => matches(account, filter)), [accounts, filter]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: 8,
    initialRect: { width: 800, height: 900 },
  });

  const move = (accountId: string, to: number): void => {
    const ids = accounts.map(({ id }) => id).filter((id) => id !== accountId);
    ids.splice(Math.max(0, Math.min(ids.length, to)), 0, accountId);
    void arranging.run(() => call('accounts:reorder', { accountIds: ids }));
    announce(t('accounts.moved', { position: ids.indexOf(accountId) + 1, count: ids.length }));
  };

  return (
    <>
      {accounts.length > 5 && (
        <TextField
          type="search"
          label={t('accounts.filter')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          slotProps={{
            input: {
              startAdornment: (
                <InputAdornment position="start">
                  <Search fontSize="small" />
                </InputAdornment>
              ),
            },
          }}
        />
      )}
      <ErrorNotice error={error ?? arranging.error} onRetry={clear} />
      {shown.length === 0 ? (
        <Box sx={{ textAlign: 'center', p: 4 }}>
          <Typography color="textSecondary">{t('accounts.no-match', { filter })}</Typography>
          <Button onClick={() => setFilter('')}>{t('accounts.clear-filter')}</Button>
        </Box>
      ) : (
        <Box ref={scroller} sx={{ flex: 1, minHeight: 0, overflow: 'auto', mx: -1, px: 1 }}>
          <Box
            role="list"
            aria-label={t('accounts.title')}
            sx={{ position: 'relative' }}
            style={{ height: rows.getTotalSize() }}
          >
            {rows.getVirtualItems().map((item) => {
              const account = shown[item.index];
              if (!account) return null;
              const position = accounts.indexOf(account);
              return (
                <Box
                  key={item.key}
                  role="listitem"
                  data-index={item.index}
                  ref={rows.measureElement}
                  aria-setsize={shown.length}
                  aria-posinset={item.index + 1}
                  sx={{ position: 'absolute', left: 0, right: 0, top: 0, pb: 1 }}
                  style={{ transform: `translateY(${item.start}px)` }}
                  onDragOver={(event) => {
                    if (dragged !== null && filter === '') event.preventDefault();
                  }}
                  onDrop={() => {
                    if (dragged !== null && dragged !== account.id) move(dragged, position);
                    setDragged(null);
                  }}
                >
                  <AccountRow
                    account={account}
                    busy={busy}
                    onCopy={() => copy({ accountId: account.id })}
                    onOpen={() => go({ page: 'account', accountId: account.id })}
                    onMove={filter === '' ? (by) => move(account.id, position + by) : null}
                    isFirst={position === 0}
                    isLast={position === accounts.length - 1}
                    onDragStart={() => setDragged(account.id)}
                    onDragEnd={() => setDragged(null)}
                    go={go}
                    attempt={(work) => void arranging.run(work)}
                  />
                </Box>
              );
            })}
          </Box>
        </Box>
      )}
    </>
  );
}

function matches(account: AccountView, filter: string): boolean {
  const wanted = filter.trim().toLocaleLowerCase();
  if (wanted === '') return true;
  return [
    account.displayName,
    account.shortname,
    account.providerName ?? '',
    hostOf(account.oidcIssuer),
  ].some((text) => text.toLocaleLowerCase().includes(wanted));
}
