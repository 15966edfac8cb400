import Button from '@mui/material/Button';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import { type ReactNode, useState } from 'react';
import type { Translate } from '../../../shared/i18n/catalogue.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import type { BearerFileView, KeptPlace } from '../../../shared/model/handover.ts';
import { ListField } from '../../components/ListField.tsx';
import { Moment } from '../../components/Moment.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { FileForm, FilePanel } from './FilePanel.tsx';

/** An access token of the account in a file, kept fresh. */
export function BearerFilePanel({ account }: { readonly account: AccountView }): ReactNode {
  const { t, call, state } = useApp();
  const [editing, setEditing] = useState(false);
  const file = state.handover.bearerFiles.find(({ accountId }) => accountId === account.id);

  return (
    <FilePanel
      title={t('handover.bearer.title')}
      hint={t('handover.bearer.hint')}
      file={file === undefined ? null : { problem: file.problem, facts: factsOf(file, t) }}
      form={editing ? <BearerForm account={account} file={file} onClose={() => setEditing(false)} /> : null}
      actions={
        <Button variant="outlined" onClick={() => setEditing(true)}>
          {t(file === undefined ? 'handover.bearer.start' : 'handover.bearer.change')}
        </Button>
      }
      stop={{
        label: t('handover.bearer.stop'),
        done: t('handover.bearer.stopped'),
        run: () => call('handover:stop-bearer', { accountId: account.id }),
      }}
    />
  );
}

function factsOf(file: BearerFileView, t: Translate): readonly (readonly [string, ReactNode])[] {
  return [
    [t('handover.bearer.path'), <code key="path">{file.path}</code>],
    [t('handover.bearer.state'), t(`handover.bearer.state.${file.state}`)],
    ...(file.expiresAtMs === null
      ? []
      : [[t('handover.bearer.expires'), <Moment key="expires" atMs={file.expiresAtMs} />] as const]),
    ...(file.scope === null ? [] : [[t('handover.bearer.scopes'), file.scope.join(' ')] as const]),
    ...(file.audience === null ? [] : [[t('handover.bearer.audience'), file.audience.join(' ')] as const]),
  ];
}

function BearerForm({
  account,
  file,
  onClose,
}: {
  readonly account: AccountView;
  readonly file: BearerFileView | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call, state } = useApp();
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
    <FileForm
      submit={{
        label: t('handover.bearer.start'),
        done: t('handover.bearer.kept'),
        run: () =>
          call('handover:keep-bearer', {
            accountId: account.id,
            place,
            scope: scopes.length === 0 ? null : [...scopes],
            audience: audience.length === 0 ? null : [...audience],
          }),
      }}
      cancel={t('handover.bearer.cancel')}
      onClose={onClose}
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
    </FileForm>
  );
}
