import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { type ClauseRequest, splitList } from '../../shared/model/mytoken.ts';
import type { RestrictionKey } from '../../shared/model/restrictions.ts';
import { ListField } from '../components/ListField.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { CountriesField } from './CountriesField.tsx';
import { TimeField } from './TimeField.tsx';

/** The field for one limit of a clause. */
export function ClauseRow({
  rowKey: key,
  clause,
  onChange,
  error,
  scopes,
  audiences,
  nowMs,
}: {
  readonly rowKey: RestrictionKey;
  readonly clause: ClauseRequest;
  readonly onChange: (clause: ClauseRequest) => void;
  readonly error: string | null;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly nowMs: number;
}): ReactNode {
  const { t } = useApp();
  const label = t(`compose.row.${key}`);
  const set = (value: ClauseRequest[RestrictionKey]): void => onChange({ ...clause, [key]: value });
  switch (key) {
    case 'nbf':
    case 'exp':
      return <TimeField label={label} value={clause[key]} onChange={set} nowMs={nowMs} error={error} />;
    case 'scope':
      return (
        <ListField
          label={label}
          helper={error ?? t('compose.scope.hint')}
          error={error !== null}
          options={scopes}
          value={splitList(clause.scope ?? '')}
          onChange={(list) => set(list.join(' '))}
        />
      );
    case 'audience':
      return (
        <ListField
          label={label}
          helper={error ?? t('compose.scope.hint')}
          error={error !== null}
          options={audiences}
          value={clause.audience ?? []}
          onChange={set}
        />
      );
    case 'hosts': {
      const hosts = clause.hosts ?? [];
      return (
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <ListField
            label={label}
            helper={error ?? t('compose.hosts.hint')}
            error={error !== null}
            options={[]}
            value={hosts}
            onChange={set}
          />
          {!hosts.includes('this') && (
            <Button size="small" onClick={() => set([...hosts, 'this'])}>
              {t('compose.hosts.this')}
            </Button>
          )}
        </Box>
      );
    }
    case 'geoip_allow':
    case 'geoip_disallow':
      return (
        <CountriesField
          label={label}
          value={clause[key] ?? []}
          onChange={set}
          error={error !== null}
          helper={error ?? ''}
        />
      );
    case 'usages_AT':
    case 'usages_other':
      return (
        <TextField
          type="number"
          label={label}
          value={clause[key] ?? ''}
          onChange={(event) => set(event.target.value === '' ? 0 : Number(event.target.value))}
          error={error !== null}
          helperText={error ?? t('compose.usages.hint')}
          slotProps={{ htmlInput: { min: 0, step: 1 } }}
        />
      );
  }
}
