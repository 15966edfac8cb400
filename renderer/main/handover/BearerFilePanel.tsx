import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import { type ReactNode, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import type { BearerFileView, KeptPlace } from '../../../shared/model/handover.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { ListField } from '../../components/ListField.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Moment } from '../../components/Moment.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { Panel } from './Panel.tsx';
import { problemWords } from './problem-words.ts';

/** An access token of the account in a file, kept fresh. */
export function BearerFilePanel({ account }: { readonly account: AccountView }): ReactNode {
  const { t, call, state } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [editing, setEditing] = useState(false);
  const file = state.handover.bearerFiles.find(({ accountId }) => accountId === account.id);

  return (
    <Panel title={t('handover.bearer.title')} hint={t('handover.bearer.hint')}>
      {file !== undefined && <FileFacts file={file} />}
      {editing ? (
        <BearerForm
          account={account}
          file={file}
          onClose={() => setEditing(false)}
          onKept={() => {
            setEditing(false);
            announce(t('handover.bearer.kept'));
          }}
        />
      ) : (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button variant="outlined" onClick={() => setEditing(true)}>
            {t(file === undefined ? 'handover.bearer.start' : 'handover.bearer.change')}
          </Button>
          {file !== undefined && (
            <Button
              color="error"
              disabled={task.busy}
              onClick={() => {
                void task
                  .run(() => call('handover:stop-bearer', { accountId: account.id }))
                  .then((done) => {
                    if (done) announce(t('handover.bearer.stopped'));
                  });
              }}
            >
              {t('handover.bearer.stop')}
            </Button>
          )}
        </Box>
      )}
      <ErrorNotice error={task.error} />
    </Panel>
  );
}

function FileFacts({ file }: { readonly file: BearerFileView }): ReactNode {
  const { t } = useApp();
  return (
    <>
      {file.problem !== null && <Alert severity="warning">{problemWords(t, file.problem)}</Alert>}
      <Facts
        items={[
          [t('handover.bearer.path'), <code key="path">{file.path}</code>],
          [t('handover.bearer.state'), t(`handover.bearer.state.${file.state}`)],
          ...(file.expiresAtMs === null
            ? []
            : [[t('handover.bearer.expires'), <Moment key="expires" atMs={file.expiresAtMs} />] as const]),
          ...(file.scope === null ? [] : [[t('handover.bearer.scopes'), file.scope.join(' ')] as const]),
          ...(file.audience === null
            ? []
            : [[t('handover.bearer.audience'), file.audience.join(' ')] as const]),
        ]}
      />
    </>
  );
}

function BearerForm({
  account,
  file,
  onClose,
  onKept,
}: {
  readonly account: AccountView;
  readonly file: BearerFileView | undefined;
  readonly onClose: () => void;
  readonly onKept: () => void;
}): ReactNode {
  const { t, call, state } = useApp();
  const task = useTask();
  const { discoveryPath, bearerFiles } = state.handover;
  const discoveryFree =
    discoveryPath !== null &&
    !bearerFiles.some(({ path, accountId }) => path === discoveryPath && accountId !== account.id);
  const [place, setPlace] = useState<KeptPlace['kind']>(
    file?.place.kind ?? (discoveryFree ? 'discovery' : 'own'),
  );
  const [scopes, setScopes] = useState<readonly string[]>(file?.scope ?? []);
  const [audience, setAudience] = useState<readonly string[]>(file?.audience ?? []);

  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        let path: string | null = null;
        void task
          .run(async () => {
            const kept = await call('handover:keep-bearer', {
              accountId: account.id,
              place,
              scope: scopes.length === 0 ? null : [...scopes],
              audience: audience.length === 0 ? null : [...audience],
            });
            path = kept?.path ?? null;
          })
          .then((done) => {
            if (done && path !== null) onKept();
          });
      }}
      sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}
    >
      <FormControl>
        <FormLabel id={`place-${account.id}`}>{t('handover.bearer.place')}</FormLabel>
        <RadioGroup
          aria-labelledby={`place-${account.id}`}
          value={place}
          onChange={(_event, value) => setPlace(value as KeptPlace['kind'])}
        >
          {discoveryPath !== null && (
            <FormControlLabel
              value="discovery"
              disabled={!discoveryFree}
              control={<Radio size="small" />}
              label={t('handover.bearer.place.discovery', { path: discoveryPath })}
              sx={{ overflowWrap: 'anywhere' }}
            />
          )}
          <FormControlLabel
            value="own"
            control={<Radio size="small" />}
            label={t('handover.bearer.place.own')}
          />
          <FormControlLabel
            value="chosen"
            control={<Radio size="small" />}
            label={t('handover.bearer.place.chosen')}
          />
        </RadioGroup>
      </FormControl>
      <ListField
        label={t('handover.bearer.scopes')}
        helper={t('handover.bearer.scopes.hint')}
        options={account.providerScopes}
        value={scopes}
        onChange={setScopes}
      />
      <ListField
        label={t('handover.bearer.audience')}
        options={account.defaultAudience}
        value={audience}
        onChange={setAudience}
      />
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" disabled={task.busy}>
          {t('handover.bearer.start')}
        </Button>
        <Button onClick={onClose}>{t('handover.bearer.cancel')}</Button>
      </Box>
    </Box>
  );
}
