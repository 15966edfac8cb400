import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { CalendarView } from '../../../shared/ipc/contract.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { subscribedWords } from './subscribed-words.ts';
import type { UserTokens } from './use-tokens.ts';

/** The mytokens in a calendar; each can be taken out where the server has a way for that. */
export function CalendarTokens({
  calendar,
  tokens,
  busy,
  onRemove,
}: {
  readonly calendar: CalendarView;
  readonly tokens: UserTokens;
  readonly busy: boolean;
  readonly onRemove: (momId: string) => void;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const { momIds, tags, editable } = calendar;
  if (momIds.length === 0 && tags.length === 0)
    return <Typography variant="body2">{t('notices.calendar.no-tokens')}</Typography>;
  if (!editable) {
    return (
      <>
        <Typography variant="body2">{subscribedWords(t, calendar, tokens.nameOf, formatLocale)}</Typography>
        <Typography variant="body2" color="textSecondary">
          {t('notices.calendar.not-single')}
        </Typography>
      </>
    );
  }
  return (
    <Box sx={{ display: 'flex', gap: 0.75, flexWrap: 'wrap', minWidth: 0 }}>
      {momIds.map((momId) => {
        const name = tokens.nameOf(momId);
        return (
          <Chip
            key={momId}
            label={name}
            aria-label={t('notices.calendar.take-out', { name })}
            disabled={busy}
            onDelete={() => onRemove(momId)}
          />
        );
      })}
      {tags.map((tag) => (
        <Chip key={`tag ${tag}`} variant="outlined" label={t('notices.about.tag', { tag })} />
      ))}
    </Box>
  );
}
