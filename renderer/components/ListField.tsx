import Autocomplete from '@mui/material/Autocomplete';
import Chip from '@mui/material/Chip';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';

/** Chips with free entry: choose from `options` or type; blank, comma or Enter ends a word, and so does leaving the field. */
export function ListField({
  label,
  helper,
  error = false,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly helper?: string;
  readonly error?: boolean;
  readonly options: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}): ReactNode {
  const [typed, setTyped] = useState('');
  const add = (text: string): void => {
    const words = text.split(/[\s,]+/u).filter((word) => word !== '');
    if (words.length > 0) onChange([...new Set([...value, ...words])]);
    setTyped('');
  };
  return (
    <Autocomplete
      multiple
      freeSolo
      disableClearable
      size="small"
      sx={{ flex: 1, minWidth: 0 }}
      options={options.filter((option) => !value.includes(option))}
      value={[...value]}
      inputValue={typed}
      onInputChange={(_event, text, reason) => {
        if (reason === 'input' && /[\s,]$/u.test(text)) add(text);
        else if (reason !== 'blur') setTyped(text);
      }}
      onChange={(_event, next) => onChange([...new Set(next.flatMap((word) => word.split(/[\s,]+/u)))])}
      onBlur={() => add(typed)}
      renderValue={(chosen, getItemProps) =>
        chosen.map((word, index) => {
          const { key, ...props } = getItemProps({ index });
          return <Chip key={key} size="small" label={word} {...props} />;
        })
      }
      renderInput={(params) => <TextField {...params} label={label} helperText={helper} error={error} />}
    />
  );
}
