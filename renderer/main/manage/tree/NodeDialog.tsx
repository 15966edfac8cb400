import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId, useState } from 'react';
import { Facts } from '../../../components/Facts.tsx';
import { Moment } from '../../../components/Moment.tsx';
import { SelectableText } from '../../../components/SelectableText.tsx';
import { useApp } from '../../../hooks/app-context.tsx';
import { useNow } from '../../../hooks/use-now.ts';
import type { AccountTabProps } from '../tab-props.ts';
import { TransferDialog } from '../TransferDialog.tsx';
import { accountsAmong } from './accounts-among.ts';
import type { Forest, ForestNode } from './forest.ts';
import { childrenOf } from './revocation.ts';

/** One mytoken of a tree: what the server tells about it, and what can be done with it from here. */
export function NodeDialog({
  account,
  forest,
  index,
  go,
  onHistory,
  onRevoke,
  onClose,
}: AccountTabProps & {
  readonly forest: Forest;
  readonly index: number;
  readonly onHistory: (node: ForestNode) => void;
  readonly onRevoke: (kind: 'one' | 'branch') => void;
  readonly onClose: () => void;
}): ReactNode {
  const { state, t } = useApp();
  const titleId = useId();
  const nowMs = useNow(false);
  const [handingOver, setHandingOver] = useState(false);
  const node = forest[index];
  if (!node) return null;
  const children = childrenOf(forest, index).length;
  const below = node.end - index - 1;
  const [holder] = accountsAmong(state.accounts, account, forest, [index]);
  if (handingOver && holder) {
    return <TransferDialog account={holder} onClose={() => setHandingOver(false)} />;
  }
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {node.name === '' ? t('manage.node.unnamed') : node.name}
      </DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        {holder && (
          <Typography>
            {node.momId === account.momId
              ? t('manage.node.own', { account: account.displayName })
              : t('manage.node.account', { account: holder.displayName })}
          </Typography>
        )}
        <Facts
          items={[
            [t('manage.node.created'), <Moment key="created" atMs={node.createdAtMs} />],
            [
              t(
                node.expiresAtMs !== null && node.expiresAtMs <= nowMs
                  ? 'manage.node.expired'
                  : 'account.facts.expires',
              ),
              node.expiresAtMs === null ? (
                t('account.facts.never')
              ) : (
                <Moment key="expires" atMs={node.expiresAtMs} />
              ),
            ],
            [t('manage.node.ip'), node.ip ?? '—'],
            [t('manage.node.children'), t('manage.node.made', { children, below })],
          ]}
        />
        <SelectableText label={t('account.facts.mom-id')} value={node.momId} rows={3} />
        {!holder && (
          <Typography variant="body2" color="textSecondary">
            {t('manage.node.not-held')}
          </Typography>
        )}
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button variant="outlined" onClick={() => onHistory(node)}>
            {t('manage.node.history')}
          </Button>
          {holder && (
            <>
              <Button
                variant="outlined"
                onClick={() => go({ page: 'account', accountId: holder.id, tab: 'state' })}
              >
                {t('manage.node.state')}
              </Button>
              <Button variant="outlined" onClick={() => setHandingOver(true)}>
                {t('manage.transfer.open')}
              </Button>
            </>
          )}
          <Button color="error" variant="outlined" onClick={() => onRevoke('one')}>
            {t('manage.revoke.one')}
          </Button>
          {below > 0 && (
            <Button color="error" variant="outlined" onClick={() => onRevoke('branch')}>
              {t('manage.revoke.branch', { count: below })}
            </Button>
          )}
        </Box>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button autoFocus onClick={onClose}>
          {t('common.close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
