import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ImportCandidate, ImportSource } from '../../../shared/ipc/contract.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { hostOf } from '../../hooks/words.ts';
import type { Place } from '../navigation.ts';
import { ImportedNotice } from './ImportedNotice.tsx';

/** Brings in a mytoken that exists: pasted, from a file, by transfer code, or out of a running program. */
export function ImportForm({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { state, t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [text, setText] = useState('');
  const [code, setCode] = useState('');
  const [server, setServer] = useState(
    state.platform.prefillInstance ?? state.platform.knownInstances[0]?.url ?? '',
  );
  const [found, setFound] = useState<readonly ImportCandidate[] | null>(null);
  const [imported, setImported] = useState<{ accountId: string; warnings: readonly string[] } | null>(null);

  const bringIn = (source: ImportSource): void => {
    void task.run(async () => {
      const result = await call('accounts:import', { source });
      if (result === null) return;
      setText('');
      setCode('');
      announce(t('import.done'));
      if (result.warnings.length === 0) go({ page: 'account', accountId: result.accountId });
      else setImported(result);
    });
  };

  if (imported) return <ImportedNotice {...imported} go={go} />;

  return (
    <>
      <ErrorNotice error={task.error} />
      <Section title={t('import.paste.title')} hint={t('import.paste.hint')}>
        <TextField
          type="password"
          label={t('import.paste.label')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
        />
        <Box>
          <Button
            variant="contained"
            disabled={text.trim() === '' || task.busy}
            onClick={() =>
              bringIn({
                kind: 'paste',
                text,
                ...(needsServer(text) && server.trim() !== '' ? { instanceUrl: server.trim() } : {}),
              })
            }
          >
            {t('import.button')}
          </Button>
        </Box>
      </Section>
      <Section title={t('import.file.title')} hint={t('import.file.hint')}>
        <Box>
          <Button variant="outlined" disabled={task.busy} onClick={() => bringIn({ kind: 'file' })}>
            {t('import.file.button')}
          </Button>
        </Box>
      </Section>
      <Section title={t('import.code.title')} hint={t('import.code.hint')}>
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 2fr' } }}>
          <TextField
            label={t('import.code.label')}
            value={code}
            onChange={(event) => setCode(event.target.value)}
            slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false, maxLength: 31 } }}
          />
          <TextField
            label={t('add.server.label')}
            type="url"
            value={server}
            onChange={(event) => setServer(event.target.value)}
          />
        </Box>
        <Box>
          <Button
            variant="outlined"
            disabled={code.trim().length < 4 || server.trim() === '' || task.busy}
            onClick={() => bringIn({ kind: 'transfer-code', code: code.trim(), instanceUrl: server.trim() })}
          >
            {t('import.button')}
          </Button>
        </Box>
      </Section>
      <Section title={t('import.programs.title')} hint={t('import.programs.hint')}>
        <Box>
          <Button
            variant="outlined"
            disabled={task.busy}
            onClick={() =>
              void task.run(async () => setFound(await call('accounts:import-candidates', null)))
            }
          >
            {t('import.programs.button')}
          </Button>
        </Box>
        {found?.length === 0 && <Typography>{t('import.programs.none')}</Typography>}
        {found?.map((candidate) => (
          <Card
            key={candidate.ref}
            sx={{ p: 1.5, display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}
          >
            <Box sx={{ flex: 1, minWidth: 180 }}>
              <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
                {candidate.file ??
                  `${candidate.program} ${candidate.pid === null ? '' : `(${candidate.pid})`}`}
              </Typography>
              <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                {[candidate.variable, hostOf(candidate.instanceUrl), candidate.tokenName]
                  .filter((part) => part !== null && part !== '')
                  .join(' · ')}
              </Typography>
            </Box>
            <Button
              variant="outlined"
              disabled={task.busy}
              onClick={() => bringIn({ kind: 'environment', ref: candidate.ref })}
            >
              {t('import.button')}
            </Button>
          </Card>
        ))}
      </Section>
    </>
  );
}

/** A JWT says itself where it belongs; a short token does not. */
function needsServer(text: string): boolean {
  return !text.includes('.');
}
