import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { isMessageKey } from '../../../shared/i18n/catalogue.ts';
import { useApp } from '../../hooks/app-context.tsx';
import type { Place } from '../navigation.ts';

/** A mytoken came in, but there is something its user should know. */
export function ImportedNotice({
  accountId,
  warnings,
  go,
}: {
  readonly accountId: string;
  readonly warnings: readonly string[];
  readonly go: (place: Place) => void;
}): ReactNode {
  const { t } = useApp();
  return (
    <Alert severity="warning">
      {t('import.done')}
      {warnings.map((warning) => {
        const key = `import.warning.${warning}`;
        return <Box key={warning}>{isMessageKey(key) ? t(key) : warning}</Box>;
      })}
      <Button color="inherit" onClick={() => go({ page: 'account', accountId })}>
        {t('accounts.open')}
      </Button>
    </Alert>
  );
}
