import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { hasCapability, knownCapabilities } from '../../../shared/model/capabilities.ts';
import { ListField } from '../../components/ListField.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { capabilityWords } from '../../hooks/words.ts';
import { type Lifetime, lifetimes, type RequestDraft } from './request-draft.ts';

/** Capabilities, lifetime, scopes and rotation by hand. */
export function CustomRequest({
  draft,
  set,
  providerScopes,
}: {
  readonly draft: RequestDraft;
  readonly set: (change: Partial<RequestDraft>) => void;
  readonly providerScopes: readonly string[];
}): ReactNode {
  const { t } = useApp();
  const toggle = (capability: string, on: boolean): void => {
    const others = draft.capabilities.filter(
      (other) => other !== capability && !other.startsWith(`${capability}:`),
    );
    set({ capabilities: on ? [...others, capability] : others });
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <FormControl component="fieldset" error={draft.capabilities.length === 0}>
        <FormLabel component="legend">{t('add.custom.capabilities')}</FormLabel>
        {knownCapabilities.map((capability) => {
          const [parent] = capability.split(/:(?=[^:]*$)/);
          const isPart = capability.includes(':');
          const covered = isPart && parent !== undefined && hasCapability(draft.capabilities, parent);
          return (
            <FormControlLabel
              key={capability}
              sx={{ ml: isPart ? 2 : -1.25 }}
              control={
                <Checkbox
                  size="small"
                  checked={covered || draft.capabilities.includes(capability)}
                  disabled={covered}
                  onChange={(_event, on) => toggle(capability, on)}
                />
              }
              label={`${capabilityWords(t, capability)} (${capability})`}
            />
          );
        })}
        {draft.capabilities.length === 0 && <FormHelperText>{t('add.custom.nothing')}</FormHelperText>}
      </FormControl>
      <TextField
        select
        label={t('add.custom.lifetime')}
        value={draft.lifetime}
        onChange={(event) => set({ lifetime: event.target.value as Lifetime })}
      >
        {lifetimes.map((lifetime) => (
          <MenuItem key={lifetime} value={lifetime}>
            {t(`lifetime.${lifetime === '' ? 'none' : lifetime}`)}
          </MenuItem>
        ))}
      </TextField>
      <ListField
        label={t('add.custom.scopes')}
        helper={t('add.custom.scopes-hint')}
        options={providerScopes}
        value={draft.scopes}
        onChange={(scopes) => set({ scopes })}
      />
      <FormControlLabel
        control={<Switch checked={draft.rotate} onChange={(_event, rotate) => set({ rotate })} />}
        label={t('add.custom.rotate')}
      />
    </Box>
  );
}
