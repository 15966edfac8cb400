import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { hasCapability } from '../../shared/model/capabilities.ts';
import type { Clause, ClauseRequest } from '../../shared/model/mytoken.ts';
import type { WishComparison } from '../../shared/model/wish-comparison.ts';
import { useApp } from '../hooks/app-context.tsx';
import { absoluteTime, duration, listOf } from '../hooks/time-texts.ts';
import { capabilityWords, clauseWords, rotationWords } from '../hooks/words.ts';
import { mono } from '../theme/theme.ts';

/** A mytoken that is to be made, in words, held against another one. */
export function Comparison({
  title,
  against,
  comparison,
  nowMs,
}: {
  readonly title: string;
  readonly against: 'account' | 'asked';
  readonly comparison: WishComparison;
  readonly nowMs: number;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const { capabilities, dropped, limits, restrictions, endsAtSeconds, rotation } = comparison;
  const tokens = hasCapability(
    capabilities.map(({ capability }) => capability),
    'AT',
  );
  /** What a way leaves open of those two limits that decide where an access token is good. */
  const openWords = ({ scope, audience }: Clause | ClauseRequest): readonly string[] => [
    ...(tokens && !scope ? [t('approval.any-scope')] : []),
    ...(tokens && !audience?.length ? [t('approval.any-service')] : []),
  ];
  const ways = restrictions
    .map((clause) => [...clauseWords(t, clause, formatLocale), ...openWords(clause)].join(' '))
    .filter((way) => way !== '');
  const dangerous = capabilities.filter(({ danger }) => danger === 'danger');
  return (
    <Box component="section" aria-label={title} sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Typography variant="h2" sx={{ fontSize: '0.95rem' }}>
        {title}
      </Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {capabilities.map(({ capability, against: how, danger }) => (
          <Typography component="li" variant="body2" key={capability} sx={{ overflowWrap: 'anywhere' }}>
            {danger === 'danger' ? (
              <strong>{capabilityWords(t, capability)}</strong>
            ) : (
              capabilityWords(t, capability)
            )}{' '}
            <Box component="bdi" sx={{ fontFamily: mono, fontSize: '0.8em' }}>
              {capability}
            </Box>{' '}
            <Typography component="span" variant="body2" color="textSecondary">
              {t(`approval.compare.${against}.${how}`)}
            </Typography>
          </Typography>
        ))}
      </Box>
      {dropped.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {t(`approval.compare.${against}.dropped`, {
            list: listOf(
              dropped.map((capability) => capabilityWords(t, capability)),
              formatLocale,
            ),
          })}
        </Typography>
      )}
      {dangerous.length > 0 && <Alert severity="warning">{t('approval.dangerous')}</Alert>}
      {limits === 'none' ? (
        <Alert severity="warning">
          <strong>{t('approval.unrestricted')}</strong>
        </Alert>
      ) : (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {t(`approval.limits.${against}.${limits}`)}{' '}
          {ways.length === 1
            ? ways[0]
            : ways.map((way, index) => (
                <span key={way}>
                  {t('restriction.alternative', { number: index + 1 })} {way}{' '}
                </span>
              ))}
        </Typography>
      )}
      {endsAtSeconds === null ? (
        limits !== 'none' && <Alert severity="warning">{t('approval.endless')}</Alert>
      ) : (
        <Typography variant="body2">
          <strong>
            {t('approval.lifetime', {
              span: duration(Math.max(0, endsAtSeconds * 1000 - nowMs), formatLocale),
              time: absoluteTime(endsAtSeconds * 1000, formatLocale),
            })}
          </strong>
        </Typography>
      )}
      <Typography variant="body2" color="textSecondary">
        {rotationWords(t, rotation, formatLocale)}
      </Typography>
    </Box>
  );
}
