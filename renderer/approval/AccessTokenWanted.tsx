import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { AccessTokenContent } from '../../shared/model/approval.ts';
import { broadestFirst } from '../../shared/model/scopes.ts';
import { textWarning } from '../../shared/model/text-warnings.ts';
import { useApp } from '../hooks/app-context.tsx';
import { listOf } from '../hooks/time-texts.ts';
import { mono } from '../theme/theme.ts';

/** What an access token would be good for; what is unticked is not given. */
export function AccessTokenWanted({
  asked,
  given,
  onChange,
}: {
  readonly asked: AccessTokenContent;
  readonly given: AccessTokenContent;
  readonly onChange: (given: AccessTokenContent) => void;
}): ReactNode {
  const { t } = useApp();
  if (asked.unlimited === true) {
    return (
      <>
        <Alert severity="warning">{t('approval.unlimited')}</Alert>
        <Everything
          label={t('approval.scopes-title')}
          what={t('approval.any-scope')}
          asked={broadestFirst(asked.scope)}
        />
        <Everything
          label={t('approval.audience-title')}
          what={t('approval.any-audience')}
          asked={asked.audience}
        />
      </>
    );
  }
  return (
    <>
      <Choice
        label={t('approval.scopes-title')}
        none={t('approval.default-scopes')}
        asked={broadestFirst(asked.scope)}
        given={given.scope}
        onChange={(scope) => onChange({ ...given, scope })}
      />
      <Choice
        label={t('approval.audience-title')}
        none={t('approval.any-audience')}
        asked={asked.audience}
        given={given.audience}
        onChange={(audience) => onChange({ ...given, audience })}
      />
    </>
  );
}

/** Where what is asked for makes no difference there is nothing to untick: what is given is all there is. */
function Everything({
  label,
  what,
  asked,
}: {
  readonly label: string;
  readonly what: string;
  readonly asked: readonly string[];
}): ReactNode {
  const { t, formatLocale } = useApp();
  return (
    <Part label={label}>
      <Typography variant="body2">
        <strong>{what}</strong>
      </Typography>
      {asked.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          <bdi>{t('approval.asked-in-vain', { list: listOf([...asked], formatLocale) })}</bdi>
          {asked.some((entry) => textWarning(entry) !== null) && ` (${t('approval.odd-letters')})`}
        </Typography>
      )}
    </Part>
  );
}

function Part({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Box component="section" aria-label={label}>
      <Typography variant="h2" sx={{ fontSize: '0.95rem' }}>
        {label}
      </Typography>
      {children}
    </Box>
  );
}

function Choice({
  label,
  none,
  asked,
  given,
  onChange,
}: {
  readonly label: string;
  readonly none: string;
  readonly asked: readonly string[];
  readonly given: readonly string[];
  readonly onChange: (given: readonly string[]) => void;
}): ReactNode {
  const { t } = useApp();
  return (
    <Part label={label}>
      {asked.length === 0 ? (
        <Typography variant="body2">
          <strong>{none}</strong>
        </Typography>
      ) : (
        <FormGroup>
          {asked.map((entry) => {
            const kept = given.includes(entry);
            return (
              <FormControlLabel
                key={entry}
                control={
                  <Checkbox
                    size="small"
                    checked={kept}
                    onChange={(_event, on) =>
                      onChange(asked.filter((each) => (each === entry ? on : given.includes(each))))
                    }
                  />
                }
                label={
                  <>
                    <Box
                      component="bdi"
                      sx={{
                        fontFamily: mono,
                        fontSize: '0.85rem',
                        overflowWrap: 'anywhere',
                        textDecoration: kept ? 'none' : 'line-through',
                      }}
                    >
                      {entry}
                    </Box>
                    {!kept && ` · ${t('approval.not-given')}`}
                    {textWarning(entry) !== null && ` · ${t('approval.odd-letters')}`}
                  </>
                }
              />
            );
          })}
        </FormGroup>
      )}
    </Part>
  );
}
