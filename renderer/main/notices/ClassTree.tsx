import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import type { ReactNode } from 'react';
import {
  coversClass,
  coversPartOf,
  depthOfClass,
  notificationClasses,
  withClass,
} from '../../../shared/model/notification-classes.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { classWords } from './class-words.ts';

/** What mails shall be about, as nested boxes: a part stands below its whole. */
export function ClassTree({
  value,
  onChange,
  newer,
  disabled,
}: {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  /** The server knows the classes of 0.11, too. */
  readonly newer: boolean;
  readonly disabled: boolean;
}): ReactNode {
  const { t } = useApp();
  const strangers = value.filter((name) => !notificationClasses.some((known) => known === name));
  const offered = notificationClasses.filter(
    (name) => name !== 'rt_failure' || newer || value.includes(name),
  );
  return (
    <Box role="group" aria-label={t('notices.classes')}>
      {[...offered, ...strangers].map((name) => (
        <Box key={name} sx={{ pl: depthOfClass(name) * 3.5 }}>
          <FormControlLabel
            disabled={disabled}
            sx={{ mr: 0 }}
            control={
              <Checkbox
                size="small"
                checked={coversClass(value, name)}
                indeterminate={coversPartOf(value, name)}
                onChange={(_event, on) => onChange(withClass(value, name, on))}
              />
            }
            label={
              <Box component="span" sx={{ fontSize: '0.9rem', overflowWrap: 'anywhere' }}>
                {classWords(t, name)}{' '}
                <Box component="code" sx={{ color: 'text.secondary', fontSize: '0.78rem' }}>
                  {name}
                </Box>
              </Box>
            }
          />
        </Box>
      ))}
    </Box>
  );
}
