import Autocomplete from '@mui/material/Autocomplete';
import Chip from '@mui/material/Chip';
import TextField from '@mui/material/TextField';
import { type ReactNode, useMemo } from 'react';
import { countryCodes, countryFlag } from '../../shared/model/countries.ts';
import { useApp } from '../hooks/app-context.tsx';

/** Countries by name, flag or code. */
export function CountriesField({
  label,
  value,
  onChange,
  error,
  helper,
}: {
  readonly label: string;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  readonly error: boolean;
  readonly helper: string;
}): ReactNode {
  const { formatLocale } = useApp();
  const nameOf = useMemo(() => {
    const names = new Intl.DisplayNames(formatLocale, { type: 'region', fallback: 'code' });
    return (code: string): string => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);
  }, [formatLocale]);
  const options = useMemo(
    () => [...countryCodes].sort((a, b) => nameOf(a).localeCompare(nameOf(b), formatLocale)),
    [nameOf, formatLocale],
  );
  return (
    <Autocomplete
      multiple
      disableClearable
      disableCloseOnSelect
      size="small"
      sx={{ flex: 1, minWidth: 0 }}
      // A code from a profile or the JSON tab may be none of ours: it has to be seen to be mended.
      options={[...options, ...value.filter((code) => !options.includes(code))]}
      value={[...value]}
      onChange={(_event, next) => onChange(next)}
      getOptionLabel={(code) => `${countryFlag(code)} ${nameOf(code)} (${code})`}
      renderValue={(chosen, getItemProps) =>
        chosen.map((code, index) => {
          const { key, ...props } = getItemProps({ index });
          return <Chip key={key} size="small" label={`${countryFlag(code)} ${nameOf(code)}`} {...props} />;
        })
      }
      renderInput={(params) => <TextField {...params} label={label} error={error} helperText={helper} />}
    />
  );
}
