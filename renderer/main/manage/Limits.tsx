import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import type { ReactNode } from 'react';
import type { MytokenReport } from '../../../shared/ipc/contract.ts';
import type { Clause, Rotation } from '../../../shared/model/mytoken.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { clauseWords, rotationWords } from '../../hooks/words.ts';
import { type Budget, budgets } from './budgets.ts';

/** Within which limits a mytoken works, in words; with `uses` also how much of each is left. */
export function Limits({
  restrictions,
  rotation,
  uses = [],
}: {
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
  readonly uses?: MytokenReport['uses'];
}): ReactNode {
  const { t, formatLocale } = useApp();
  return (
    <>
      {restrictions.length === 0 ? (
        <Box sx={{ fontSize: '0.9rem' }}>{t('restriction.none')}</Box>
      ) : (
        restrictions.map((clause, index) => (
          <Box key={JSON.stringify(clause)} sx={{ fontSize: '0.9rem' }}>
            {restrictions.length > 1 && (
              <strong>{t('restriction.alternative', { number: index + 1 })} </strong>
            )}
            <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
              {clauseWords(t, clause, formatLocale).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </Box>
            {budgets(clause, uses[index]).map((budget) => (
              <Used key={budget.kind} budget={budget} />
            ))}
          </Box>
        ))
      )}
      <Box sx={{ fontSize: '0.9rem' }}>{rotationWords(t, rotation, formatLocale)}</Box>
    </>
  );
}

function Used({ budget: { kind, done, limit } }: { readonly budget: Budget }): ReactNode {
  const { t } = useApp();
  const words = t(`manage.used.${kind}`, { done, limit });
  return (
    <Box sx={{ maxWidth: 420, mt: 0.75, ml: 2.5 }}>
      <div>{words}</div>
      <LinearProgress
        variant="determinate"
        value={limit === 0 ? 100 : Math.min(100, (done / limit) * 100)}
        color={done >= limit ? 'error' : 'primary'}
        aria-label={words}
      />
    </Box>
  );
}
