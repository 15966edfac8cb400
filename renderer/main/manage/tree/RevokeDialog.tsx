import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import LinearProgress from '@mui/material/LinearProgress';
import TextField from '@mui/material/TextField';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { useApp } from '../../../hooks/app-context.tsx';
import { useNow } from '../../../hooks/use-now.ts';
import { ActionError, CapabilityGate } from '../CapabilityGate.tsx';
import type { AccountTabProps } from '../tab-props.ts';
import { accountsAmong } from './accounts-among.ts';
import type { Forest } from './forest.ts';
import { childrenOf, isWithin, planRevocation, type RevocationTarget } from './revocation.ts';
import { useRevocation } from './use-revocation.ts';
import { WhatEnds } from './WhatEnds.tsx';

/** Says plainly what stops working, then ends it. A whole list takes a typed word. */
export function RevokeDialog({
  account,
  forest,
  target,
  go,
  onClose,
}: AccountTabProps & {
  readonly forest: Forest;
  readonly target: RevocationTarget;
  /** `changed`: something was revoked, so that the tree has to be asked for anew. */
  readonly onClose: (changed: boolean) => void;
}): ReactNode {
  const { state, t } = useApp();
  const titleId = useId();
  const nowMs = useNow(false);
  const [keepOurs, setKeepOurs] = useState(true);
  const [typed, setTyped] = useState('');
  const { accounts } = state;

  // The account's own mytoken goes the way on which its account goes, too.
  const removesAccount = target.kind !== 'all' && forest[target.index]?.momId === account.momId;
  const plan = useMemo(() => {
    const keep = new Set(
      target.kind === 'all' && keepOurs
        ? accountsAmong(accounts, account, forest, [...forest.keys()]).map(({ momId }) => momId)
        : [],
    );
    const whole = planRevocation(forest, target, keep, account.momId);
    if (!removesAccount) return whole;
    const below = target.kind === 'branch' ? childrenOf(forest, target.index) : [];
    const { steps } = planRevocation(forest, { kind: 'all', roots: below }, keep, account.momId);
    return { ...whole, steps };
  }, [forest, target, keepOurs, accounts, account, removesAccount]);
  const ours = accountsAmong(accounts, account, forest, plan.ended);
  const derived =
    target.kind === 'all'
      ? target.roots.every((index) => isWithin(forest, index, account.momId))
      : isWithin(forest, target.index, account.momId);
  const revocation = useRevocation({ account, forest, derived, plan, ours, removesAccount });
  const { done, busy, error, finished } = revocation;

  const name = target.kind === 'all' ? '' : (forest[target.index]?.name ?? '') || t('manage.node.unnamed');
  const word = t('manage.revoke.word');
  const mayGo = target.kind !== 'all' || typed.trim().toLocaleLowerCase() === word.toLocaleLowerCase();

  return (
    <Dialog
      open
      onClose={busy ? undefined : () => onClose(done > 0)}
      aria-labelledby={titleId}
      maxWidth="sm"
      fullWidth
    >
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t(`manage.revoke.question.${target.kind}`, { name })}
      </DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <CapabilityGate
          account={account}
          operation={derived ? null : 'revoke-others'}
          onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'mytokens' })}
        >
          {finished ? (
            <Alert severity="success">{t('manage.revoke.done', { count: plan.ended.length })}</Alert>
          ) : (
            <>
              <WhatEnds
                forest={forest}
                plan={plan}
                ours={ours}
                removesAccount={removesAccount}
                nowMs={nowMs}
              />
              {target.kind === 'all' && (
                <>
                  <FormControlLabel
                    control={
                      <Checkbox
                        checked={keepOurs}
                        disabled={busy || done > 0}
                        onChange={(event) => setKeepOurs(event.target.checked)}
                      />
                    }
                    label={t('manage.revoke.keep')}
                  />
                  <TextField
                    label={t('manage.revoke.type', { word })}
                    value={typed}
                    disabled={busy}
                    onChange={(event) => setTyped(event.target.value)}
                    slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
                  />
                </>
              )}
              {plan.steps.length > 1 && (busy || done > 0) && (
                <Box>
                  <LinearProgress
                    variant="determinate"
                    value={(done / plan.steps.length) * 100}
                    aria-label={t('manage.revoke.progress', { done, count: plan.steps.length })}
                  />
                  <div role="status">{t('manage.revoke.progress', { done, count: plan.steps.length })}</div>
                </Box>
              )}
              <ActionError error={error} account={account} operation={derived ? null : 'revoke-others'} />
            </>
          )}
        </CapabilityGate>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        {busy ? (
          <Button onClick={revocation.stop}>{t('manage.revoke.stop')}</Button>
        ) : (
          <Button autoFocus onClick={() => onClose(done > 0)}>
            {t(finished || done > 0 ? 'common.close' : 'common.cancel')}
          </Button>
        )}
        {!finished && (
          <Button
            color="error"
            variant="contained"
            disabled={busy || !mayGo || (plan.steps.length === 0 && !removesAccount)}
            onClick={revocation.start}
          >
            {t(done > 0 ? 'manage.revoke.go-on' : 'manage.revoke.confirm')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
