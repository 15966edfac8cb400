import Add from '@mui/icons-material/Add';
import Close from '@mui/icons-material/Close';
import ContentCopy from '@mui/icons-material/ContentCopy';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ClauseRequest } from '../../shared/model/mytoken.ts';
import { type RestrictionKey, restrictionKeys, type Wider } from '../../shared/model/restrictions.ts';
import type { FieldProblem } from '../../shared/model/sub-mytoken.ts';
import { useApp } from '../hooks/app-context.tsx';
import { ClauseRow } from './ClauseRow.tsx';
import { problemsAt } from './review.ts';
import { problemWords, widerWords } from './problem-words.ts';

/** What a new row starts with. */
const fresh: Readonly<Record<RestrictionKey, number | string | readonly string[]>> = {
  nbf: '+1h',
  exp: '+1d',
  scope: '',
  audience: [],
  hosts: [],
  geoip_allow: [],
  geoip_disallow: [],
  usages_AT: 1,
  usages_other: 10,
};

/** One way to use the mytoken: rows that all have to hold. */
export function ClauseCard({
  clause,
  number,
  onChange,
  onRemove,
  onCopy,
  problems,
  wider,
  fitting,
  coveredBy,
  scopes,
  audiences,
  disabledKeys,
  nowMs,
}: {
  readonly clause: ClauseRequest;
  /** Counting from one. */
  readonly number: number;
  readonly onChange: (clause: ClauseRequest) => void;
  readonly onRemove: () => void;
  readonly onCopy: () => void;
  readonly problems: readonly FieldProblem[];
  readonly wider: readonly Wider[];
  /** The clause within the limits of the account's mytoken. */
  readonly fitting: ClauseRequest | null;
  /** Number of the card that makes this one superfluous. */
  readonly coveredBy: number | null;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  /** Keys this server ignores. */
  readonly disabledKeys: readonly RestrictionKey[];
  readonly nowMs: number;
}): ReactNode {
  const { t } = useApp();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const title = t('compose.limits.card', { number });
  const rows = restrictionKeys.filter((key) => clause[key] !== undefined);
  const missing = restrictionKeys.filter((key) => clause[key] === undefined && !disabledKeys.includes(key));
  const without = (key: RestrictionKey): ClauseRequest =>
    Object.fromEntries(Object.entries(clause).filter(([name]) => name !== key));
  // A limit of the parent that the card lacks has no row to stand beside.
  const widerWithoutRow = wider.filter(({ key }) => clause[key] === undefined);

  return (
    <Card
      component="section"
      aria-label={title}
      sx={{
        p: 2,
        display: 'flex',
        flexDirection: 'column',
        gap: 1.5,
        ...(wider.length > 0 && { borderColor: 'error.main' }),
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography variant="h3" sx={{ flex: 1 }}>
          {title}
        </Typography>
        <IconButton size="small" aria-label={t('compose.limits.copy-card', { number })} onClick={onCopy}>
          <ContentCopy fontSize="small" />
        </IconButton>
        <IconButton size="small" aria-label={t('compose.limits.remove-card', { number })} onClick={onRemove}>
          <DeleteOutlined fontSize="small" />
        </IconButton>
      </Box>
      {wider.length > 0 && (
        <Alert
          severity="error"
          action={
            fitting !== null && (
              <Button color="inherit" size="small" onClick={() => onChange(fitting)}>
                {t('compose.wider.fit')}
              </Button>
            )
          }
        >
          {t('compose.wider.card')}
          {widerWithoutRow.map((entry) => (
            <div key={entry.key}>
              <strong>{t(`compose.row.${entry.key}`)}:</strong> {widerWords(t, entry)}
            </div>
          ))}
        </Alert>
      )}
      {rows.length === 0 && <Alert severity="warning">{t('compose.limits.empty-card')}</Alert>}
      {coveredBy !== null && (
        <Alert severity="info">{t('compose.limits.redundant', { number: coveredBy })}</Alert>
      )}
      {rows.map((key) => {
        const own = problemsAt(problems, number - 1, key).map((problem) => problemWords(t, problem));
        const compared = wider.filter((entry) => entry.key === key).map((entry) => widerWords(t, entry));
        const error = [...own, ...compared].join(' ');
        return (
          <Box key={key} sx={{ display: 'flex', alignItems: 'flex-start', gap: 1 }}>
            <ClauseRow
              rowKey={key}
              clause={clause}
              onChange={onChange}
              error={error === '' ? null : error}
              scopes={scopes}
              audiences={audiences}
              nowMs={nowMs}
            />
            <IconButton
              size="small"
              aria-label={t('compose.limits.remove-row', { what: t(`compose.row.${key}`) })}
              onClick={() => onChange(without(key))}
            >
              <Close fontSize="small" />
            </IconButton>
          </Box>
        );
      })}
      {missing.length > 0 && (
        <Box>
          <Button
            size="small"
            startIcon={<Add />}
            aria-haspopup="menu"
            aria-label={`${title}: ${t('compose.limits.add-row')}`}
            onClick={(event) => setAnchor(event.currentTarget)}
          >
            {t('compose.limits.add-row')}
          </Button>
          <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
            {missing.map((key) => (
              <MenuItem
                key={key}
                onClick={() => {
                  setAnchor(null);
                  onChange({ ...clause, [key]: fresh[key] });
                }}
              >
                {t(`compose.row.${key}`)}
              </MenuItem>
            ))}
          </Menu>
        </Box>
      )}
    </Card>
  );
}
