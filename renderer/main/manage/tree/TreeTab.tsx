import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { TreeNodeView } from '../../../../shared/ipc/contract.ts';
import { missingCapability } from '../../../../shared/model/operations.ts';
import { useApp } from '../../../hooks/app-context.tsx';
import { ActionError, CapabilityGate } from '../CapabilityGate.tsx';
import { useKept } from '../kept.tsx';
import type { HistorySubject } from '../history/subject.ts';
import type { AccountTabProps } from '../tab-props.ts';
import { useServerView } from '../use-server-view.ts';
import { UseNotice } from '../UseNotice.tsx';
import {
  allClosed,
  buildForest,
  initiallyClosed,
  search,
  type TreeOrder,
  treeOrders,
  visibleRows,
} from './forest.ts';
import { NodeDialog } from './NodeDialog.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { childrenOf, isWithin, type RevocationTarget } from './revocation.ts';
import { TokenTree } from './TokenTree.tsx';

type Scope = 'derived' | 'all';

/** The mytokens made from the account's, or all of the user's, as trees. */
export function TreeTab({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const mayListAll = missingCapability(account.capabilities, 'list-mytokens') === null;
  const [scope, setScope] = useKept<Scope>('tree-scope', mayListAll ? 'all' : 'derived');
  return (
    <>
      <TextField
        select
        label={t('manage.tree.scope')}
        value={scope}
        onChange={(event) => setScope(event.target.value === 'all' ? 'all' : 'derived')}
        sx={{ maxWidth: 420 }}
      >
        <MenuItem value="derived">{t('manage.tree.scope.derived')}</MenuItem>
        <MenuItem value="all">{t('manage.tree.scope.all')}</MenuItem>
      </TextField>
      <CapabilityGate
        account={account}
        operation={scope === 'all' ? 'list-mytokens' : 'subtokens'}
        onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'mytokens' })}
      >
        <Trees key={scope} scope={scope} account={account} go={go} />
      </CapabilityGate>
    </>
  );
}

function Trees({ account, go, scope }: AccountTabProps & { readonly scope: Scope }): ReactNode {
  const { call } = useApp();
  const ask = useCallback(
    () => call('manage:tree', { accountId: account.id, scope }),
    [call, account.id, scope],
  );
  const {
    value: nodes,
    load,
    loadAfterChange,
    busy,
    error,
    waits,
  } = useServerView<readonly TreeNodeView[]>(`tree-${scope}`, account, ask);
  return (
    <>
      <ActionError
        error={error}
        account={account}
        operation={scope === 'all' ? 'list-mytokens' : 'subtokens'}
        onRetry={load}
      />
      {waits && <UseNotice onLoad={load} busy={busy} />}
      {nodes !== null && (
        <LoadedTrees
          nodes={nodes}
          account={account}
          go={go}
          scope={scope}
          busy={busy}
          onReload={load}
          onChanged={loadAfterChange}
        />
      )}
    </>
  );
}

function LoadedTrees({
  nodes,
  account,
  go,
  scope,
  busy,
  onReload,
  onChanged,
}: AccountTabProps & {
  readonly nodes: readonly TreeNodeView[];
  readonly scope: Scope;
  readonly busy: boolean;
  readonly onReload: () => void;
  readonly onChanged: () => void;
}): ReactNode {
  const { t } = useApp();
  const [order, setOrder] = useState<TreeOrder>('created');
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState<string | null>(null);
  const [target, setTarget] = useState<RevocationTarget | null>(null);
  const [, setSubject] = useKept<HistorySubject>('history-subject', { kind: 'own' });

  const forest = useMemo(() => buildForest(nodes, order), [nodes, order]);
  const [closed, setClosed] = useState(() => initiallyClosed(forest, account.momId));
  const wanted = useDeferredValue(query);
  const found = useMemo(() => search(forest, wanted), [forest, wanted]);
  const rows = useMemo(() => visibleRows(forest, closed, found), [forest, closed, found]);
  const openedIndex = opened === null ? -1 : forest.findIndex(({ momId }) => momId === opened);

  const all = useMemo(() => {
    const ownIndex = forest.findIndex(({ momId }) => momId === account.momId);
    const roots =
      scope === 'all'
        ? forest.flatMap((node, index) => (node.parent < 0 ? [index] : []))
        : childrenOf(forest, ownIndex);
    return { kind: 'all' as const, roots };
  }, [forest, scope, account.momId]);

  return (
    <>
      <Box sx={{ display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <TextField
          type="search"
          label={t('manage.tree.search')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          sx={{ flex: '2 1 220px' }}
        />
        <TextField
          select
          label={t('manage.tree.order')}
          value={order}
          onChange={(event) =>
            setOrder(treeOrders.find((known) => known === event.target.value) ?? 'created')
          }
          sx={{ flex: '1 1 160px' }}
        >
          {treeOrders.map((known) => (
            <MenuItem key={known} value={known}>
              {t(`manage.tree.order.${known}`)}
            </MenuItem>
          ))}
        </TextField>
      </Box>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography variant="body2" color="textSecondary" role="status" sx={{ flex: 1, minWidth: 140 }}>
          {found === null
            ? t('manage.tree.count', { count: forest.length })
            : t('manage.tree.found', { count: found.matches, all: forest.length })}
        </Typography>
        <Button size="small" onClick={() => setClosed(new Set())}>
          {t('manage.tree.open-all')}
        </Button>
        <Button size="small" onClick={() => setClosed(allClosed(forest))}>
          {t('manage.tree.close-all')}
        </Button>
        <Button size="small" startIcon={<Refresh />} disabled={busy} onClick={onReload}>
          {t('manage.reload')}
        </Button>
      </Box>
      {rows.length === 0 ? (
        <Typography color="textSecondary">{t('manage.tree.no-match', { query: wanted })}</Typography>
      ) : (
        <TokenTree
          label={t(scope === 'all' ? 'manage.tree.scope.all' : 'manage.tree.scope.derived')}
          forest={forest}
          rows={rows}
          closed={closed}
          searching={found !== null}
          ownMomId={account.momId}
          onClosed={setClosed}
          onOpen={setOpened}
        />
      )}
      {all.roots.length > 0 && (
        <Box>
          <Button color="error" variant="outlined" onClick={() => setTarget(all)}>
            {t(scope === 'all' ? 'manage.revoke.all' : 'manage.revoke.all-derived')}
          </Button>
        </Box>
      )}
      {openedIndex >= 0 && target === null && (
        <NodeDialog
          account={account}
          forest={forest}
          index={openedIndex}
          go={go}
          onHistory={(node) => {
            setSubject(
              node.momId === account.momId
                ? { kind: 'own' }
                : {
                    kind: 'one',
                    momId: node.momId,
                    name: node.name,
                    derived: isWithin(forest, openedIndex, account.momId),
                  },
            );
            go({ page: 'account', accountId: account.id, tab: 'history' });
          }}
          onRevoke={(kind) => setTarget({ kind, index: openedIndex })}
          onClose={() => setOpened(null)}
        />
      )}
      {target !== null && (
        <RevokeDialog
          account={account}
          forest={forest}
          target={target}
          go={go}
          onClose={(changed) => {
            setTarget(null);
            if (changed) {
              setOpened(null);
              onChanged();
            }
          }}
        />
      )}
    </>
  );
}
