import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import type { Clause, ClauseRequest, Rotation } from '../../shared/model/mytoken.ts';
import type { Caution } from '../../shared/model/sub-mytoken.ts';
import { useApp } from '../hooks/app-context.tsx';
import { listOf } from '../hooks/time-texts.ts';
import { capabilityWords, clauseWords, rotationWords } from '../hooks/words.ts';
import { cautionWords } from './problem-words.ts';

/** What a mytoken will be good for, in sentences; and what deserves a second look. */
export function Summary({
  capabilities,
  restrictions,
  rotation,
  cautions,
}: {
  readonly capabilities: readonly string[];
  readonly restrictions: readonly (Clause | ClauseRequest)[];
  readonly rotation: Rotation | null;
  readonly cautions: readonly Caution[];
}): ReactNode {
  const { t, formatLocale } = useApp();
  const can = listOf(
    capabilities.map((capability) => capabilityWords(t, capability)),
    formatLocale,
  );
  const ways = restrictions
    .map((clause) => clauseWords(t, clause, formatLocale).join(' '))
    .filter((way) => way !== '');
  return (
    <Alert severity={cautions.length > 0 ? 'warning' : 'info'} icon={false} aria-live="polite">
      {capabilities.length === 0 ? t('add.summary.nothing') : t('add.summary.can', { list: can })}{' '}
      {ways.length === 0 ? (
        <strong>{t('add.summary.unrestricted')}</strong>
      ) : ways.length === 1 ? (
        ways[0]
      ) : (
        ways.map((way, index) => (
          <span key={way}>
            {t('restriction.alternative', { number: index + 1 })} {way}{' '}
          </span>
        ))
      )}{' '}
      {rotationWords(t, rotation, formatLocale)}
      {cautions.length > 0 && (
        <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5 }}>
          {[...new Set(cautions.map((caution) => cautionWords(t, caution)))].map((words) => (
            <li key={words}>
              <strong>{words}</strong>
            </li>
          ))}
        </Box>
      )}
    </Alert>
  );
}
