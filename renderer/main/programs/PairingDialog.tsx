import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { PairingView } from '../../../shared/model/pairing.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { mono } from '../../theme/theme.ts';
import { KeyTermsFields, useKeyTerms } from './KeyTerms.tsx';

/** The code a program shows is typed here; then the user says what the program is given. Mounted anew each time it opens. */
export function PairingDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t, call } = useApp();
  const task = useTask();
  const [code, setCode] = useState('');
  const [found, setFound] = useState<PairingView | null>(null);
  const [name, setName] = useState('');
  const [done, setDone] = useState(false);
  const terms = useKeyTerms();
  const incomplete =
    found === null ? code.replace(/[^A-Za-z0-9]/g, '') === '' : name.trim() === '' || terms.incomplete;

  const next = (): void => {
    void task.run(async () => {
      if (found === null) {
        const pairing = await call('pairing:look-up', { code });
        setFound(pairing);
        setName(pairing.label);
        return;
      }
      await call('pairing:accept', { code, name: name.trim(), ...terms.chosen });
      setDone(true);
    });
  };
  const refuse = (): void => {
    void task.run(async () => {
      await call('pairing:refuse', { code });
      onClose();
    });
  };

  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby="pairing-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!incomplete && !task.busy) next();
        }}
      >
        <DialogTitle id="pairing-title">{t('pairing.title')}</DialogTitle>
        <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
          {done ? (
            <Alert severity="success" role="status">
              {t('pairing.done', { name: name.trim() })}
            </Alert>
          ) : found === null ? (
            <>
              <Typography>{t('pairing.text')}</Typography>
              <TextField
                autoFocus
                label={t('pairing.code')}
                placeholder="ABCD-2345"
                value={code}
                onChange={(event) => setCode(event.target.value)}
                slotProps={{
                  htmlInput: {
                    maxLength: 20,
                    autoComplete: 'off',
                    spellCheck: false,
                    style: { fontFamily: mono, textTransform: 'uppercase', letterSpacing: '0.1em' },
                  },
                }}
              />
            </>
          ) : (
            <>
              <WhoAsks pairing={found} />
              <TextField
                autoFocus
                label={t('programs.name')}
                value={name}
                onChange={(event) => setName(event.target.value)}
                slotProps={{ htmlInput: { maxLength: 80 } }}
              />
              <KeyTermsFields terms={terms} />
            </>
          )}
          <ErrorNotice error={task.error} />
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          {done ? (
            <Button variant="contained" onClick={onClose}>
              {t('pairing.close')}
            </Button>
          ) : (
            <>
              {found === null ? (
                <Button onClick={onClose}>{t('common.cancel')}</Button>
              ) : (
                <Button color="error" onClick={refuse} disabled={task.busy}>
                  {t('pairing.refuse')}
                </Button>
              )}
              <Button type="submit" variant="contained" disabled={incomplete || task.busy}>
                {t(found === null ? 'pairing.next' : 'pairing.accept')}
              </Button>
            </>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** What it says of itself is quoted and marked; what the system says stands beside it. */
function WhoAsks({ pairing }: { readonly pairing: PairingView }): ReactNode {
  const { t } = useApp();
  const { label, program, executable, verified } = pairing;
  const known =
    executable === null ? t('pairing.found', { program }) : t('pairing.found-at', { program, executable });
  return (
    <Alert severity={verified ? 'info' : 'warning'} sx={{ overflowWrap: 'anywhere' }}>
      {t('pairing.claims', { label })} {verified && program !== '' ? known : t('pairing.not-found')}
    </Alert>
  );
}
