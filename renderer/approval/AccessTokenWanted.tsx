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
  const fixed = asked.unlimited === true;
  return (
    <>
      {fixed && <Alert severity="warning">{t('approval.unlimited')}</Alert>}
      <Choice
        fixed={fixed}
        label={t('approval.scopes-title')}
        none={t('approval.default-scopes')}
        asked={broadestFirst(asked.scope)}
        given={given.scope}
        onChange={(scope) => onChange({ ...given, scope })}
      />
      <Choice
        fixed={fixed}
        label={t('approval.audience-title')}
        none={t('approval.any-audience')}
        asked={asked.audience}
        given={given.audience}
        onChange={(audience) => onChange({ ...given, audience })}
      />
    </>
  );
}

function Choice({
  fixed,
  label,
  none,
  asked,
  given,
  onChange,
}: {
  /** What is asked for makes no difference: there is nothing to untick. */
  readonly fixed: boolean;
  readonly label: string;
  readonly none: string;
  readonly asked: readonly string[];
  readonly given: readonly string[];
  readonly onChange: (given: readonly string[]) => void;
}): ReactNode {
  const { t } = useApp();
  return (
    <Box component="section" aria-label={label}>
      <Typography variant="h2" sx={{ fontSize: '0.95rem' }}>
        {label}
      </Typography>
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
                    disabled={fixed}
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
    </Box>
  );
}
