import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../../shared/model/account.ts';
import { useApp } from '../../../hooks/app-context.tsx';
import { listOf } from '../../../hooks/time-texts.ts';
import type { Forest } from './forest.ts';
import type { RevocationPlan } from './revocation.ts';

const mostNames = 8;

/** What stops working, in numbers and names, and what does not. */
export function WhatEnds({
  forest,
  plan,
  ours,
  removesAccount,
  nowMs,
}: {
  readonly forest: Forest;
  readonly plan: RevocationPlan;
  readonly ours: readonly AccountView[];
  readonly removesAccount: boolean;
  readonly nowMs: number;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const nodes = plan.ended.flatMap((index) => forest[index] ?? []);
  const working = nodes.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
  const expired = nodes.length - working.length;
  const names = working.slice(0, mostNames).map(({ name }) => name || t('manage.no-name'));
  return (
    <>
      <Alert severity="warning">
        <AlertTitle>{t('manage.ends.count', { count: working.length })}</AlertTitle>
        {names.length > 0 && (
          <Box component="ul" sx={{ m: 0, pl: 2.5, overflowWrap: 'anywhere' }}>
            {names.map((name, index) => (
              <li key={`${index} ${name}`}>{name}</li>
            ))}
            {working.length > names.length && (
              <li>{t('manage.ends.more', { count: working.length - names.length })}</li>
            )}
          </Box>
        )}
        {expired > 0 && <div>{t('manage.ends.expired', { count: expired })}</div>}
        <div>{t('manage.ends.what')}</div>
        {plan.orphaned > 0 && <div>{t('manage.ends.orphans', { count: plan.orphaned })}</div>}
      </Alert>
      {ours.length > 0 && (
        <Alert severity="error">
          {removesAccount
            ? t('manage.ends.removed', { account: ours[0]?.displayName ?? '' })
            : t('manage.ends.ours', {
                count: ours.length,
                list: listOf(
                  ours.map(({ displayName }) => displayName),
                  formatLocale,
                ),
              })}
        </Alert>
      )}
    </>
  );
}
