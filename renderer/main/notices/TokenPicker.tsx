import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { absoluteTime } from '../../hooks/time-texts.ts';
import { type Choice, searchChoices } from './tokens.ts';
import type { UserTokens } from './use-tokens.ts';

/** Beyond these a search is quicker than a list. */
const mostShown = 100;

/** Mytokens to choose from, one or several. Chosen ones that are not in the list stay chosen and are shown first. */
export function TokenPicker({
  tokens,
  offered,
  chosen,
  onChange,
  multiple,
  disabled,
}: {
  readonly tokens: UserTokens;
  readonly offered: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly multiple: boolean;
  readonly disabled: boolean;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const [query, setQuery] = useState('');
  const found = searchChoices(offered, useDeferredValue(query));
  const strangers = chosen.filter((momId) => !offered.some((choice) => choice.momId === momId));
  const Control = multiple ? Checkbox : Radio;
  const toggle = (momId: string): void => {
    if (!multiple) onChange([momId]);
    else onChange(chosen.includes(momId) ? chosen.filter((other) => other !== momId) : [...chosen, momId]);
  };
  const row = (momId: string, detail: string | null): ReactNode => (
    <FormControlLabel
      key={momId}
      disabled={disabled}
      sx={{ mr: 0, display: 'flex' }}
      control={<Control size="small" checked={chosen.includes(momId)} onChange={() => toggle(momId)} />}
      label={
        <Box component="span" sx={{ fontSize: '0.9rem', overflowWrap: 'anywhere' }}>
          {tokens.nameOf(momId)}
          {detail !== null && (
            <Box component="span" sx={{ color: 'text.secondary', display: 'block', fontSize: '0.8rem' }}>
              {detail}
            </Box>
          )}
        </Box>
      }
    />
  );
  return (
    <Box role={multiple ? 'group' : 'radiogroup'} aria-label={t('notices.tokens')}>
      {offered.length > 8 && (
        <TextField
          type="search"
          size="small"
          fullWidth
          label={t('manage.tree.search')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          sx={{ mb: 1, mt: 1 }}
        />
      )}
      <Box
        sx={{ maxHeight: 240, overflow: 'auto', border: 1, borderColor: 'divider', borderRadius: 2, px: 1.5 }}
      >
        {strangers.map((momId) => row(momId, null))}
        {found
          .slice(0, mostShown)
          .map(({ momId, expiresAtMs }) =>
            row(
              momId,
              expiresAtMs === null
                ? t('notices.never-expires')
                : t('notices.expires', { time: absoluteTime(expiresAtMs, formatLocale) }),
            ),
          )}
        {found.length + strangers.length === 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ py: 1 }}>
            {t('notices.nothing-to-choose')}
          </Typography>
        )}
      </Box>
      {found.length > mostShown && (
        <Typography variant="body2" color="textSecondary">
          {t('notices.more-tokens', { count: found.length - mostShown })}
        </Typography>
      )}
      {tokens.waits && (
        <Button size="small" onClick={tokens.load}>
          {t('notices.load-tokens')}
        </Button>
      )}
    </Box>
  );
}
