import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { Settings, SettingsPatch } from '../../../shared/model/settings.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { LockSettings } from '../lock/LockSettings.tsx';
import { StorageSummary } from '../storage/StorageSummary.tsx';

const clipboardChoices = [10, 20, 30, 60, 120, 300] as const;

export function SettingsPage(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { settings, platform, storage } = state;
  const update = (patch: SettingsPatch): void => void task.run(() => call('settings:update', patch));

  return (
    <Page title={t('settings.title')}>
      <ErrorNotice error={task.error} />
      <Section title={t('settings.storage')} hint={t('settings.storage-hint')}>
        <StorageSummary />
        {storage.kind !== 'ok' && (
          <Box>
            <Button variant="outlined" onClick={() => void task.run(() => call('storage:retry', null))}>
              {t('storage.retry')}
            </Button>
          </Box>
        )}
      </Section>
      <Section title={t('settings.look')}>
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          <TextField
            select
            label={t('settings.theme')}
            value={settings.theme}
            onChange={(event) => update({ theme: event.target.value as Settings['theme'] })}
          >
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <MenuItem key={theme} value={theme}>
                {t(`settings.theme.${theme}`)}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            select
            label={t('settings.language')}
            value={settings.language}
            onChange={(event) => update({ language: event.target.value as Settings['language'] })}
          >
            <MenuItem value="system">{t('settings.language.system')}</MenuItem>
            <MenuItem value="en">English</MenuItem>
            <MenuItem value="de">Deutsch</MenuItem>
          </TextField>
        </Box>
        <FormControlLabel
          control={
            <Switch
              checked={settings.startHidden}
              onChange={(_event, startHidden) => update({ startHidden })}
            />
          }
          label={t('settings.start-hidden')}
        />
      </Section>
      <LockSettings />
      <Section title={t('settings.clipboard')} hint={t('settings.clipboard-hint')}>
        <TextField
          select
          label={t('settings.clipboard-clear')}
          value={settings.clipboardClearSeconds}
          onChange={(event) => update({ clipboardClearSeconds: Number(event.target.value) })}
          sx={{ maxWidth: 320 }}
        >
          {[...new Set([...clipboardChoices, settings.clipboardClearSeconds])]
            .sort((a, b) => a - b)
            .map((seconds) => (
              <MenuItem key={seconds} value={seconds}>
                {t('settings.seconds', { seconds })}
              </MenuItem>
            ))}
        </TextField>
      </Section>
      <Section title={t('settings.notifications')}>
        {(['copied', 'problems', 'grantUse'] as const).map((kind) => (
          <FormControlLabel
            key={kind}
            control={
              <Switch
                checked={settings.notifications[kind]}
                onChange={(_event, on) =>
                  update({ notifications: { ...settings.notifications, [kind]: on } })
                }
              />
            }
            label={t(`settings.notify.${kind}`)}
          />
        ))}
      </Section>
      <EndpointSettings key={settings.endpoint.port} update={update} />
      <Section title={t('settings.ca')} hint={t('settings.ca-hint')}>
        {settings.extraCaFiles.map((path) => (
          <RemovableLine
            key={path}
            text={path}
            onRemove={() => update({ extraCaFiles: settings.extraCaFiles.filter((other) => other !== path) })}
          />
        ))}
        <Box>
          <Button variant="outlined" onClick={() => void task.run(() => call('settings:add-ca-file', null))}>
            {t('settings.ca-add')}
          </Button>
        </Box>
      </Section>
      <Servers update={update} />
      <Section title={t('settings.about')}>
        <Facts
          items={[
            [t('settings.version'), platform.version],
            ['Electron', platform.electron],
            [
              t('settings.tray'),
              t(platform.tray === 'shown' ? 'settings.tray-shown' : 'settings.tray-missing'),
            ],
            [t('settings.backend'), storage.backend ?? '—'],
          ]}
        />
        <Box>
          <Button onClick={() => void call('help:open', { link: 'mytoken-docs' })}>
            {t('settings.docs')}
          </Button>
        </Box>
      </Section>
    </Page>
  );
}

function EndpointSettings({ update }: { readonly update: (patch: SettingsPatch) => void }): ReactNode {
  const { state, t } = useApp();
  const { endpoint } = state.settings;
  const [port, setPort] = useState(endpoint.port === 0 ? '' : String(endpoint.port));
  const number = Number(port);
  const bad = port !== '' && !(Number.isInteger(number) && number >= 1024 && number <= 65_535);
  const save = (): void => {
    const wanted = port === '' ? 0 : number;
    if (!bad && wanted !== endpoint.port) update({ endpoint: { ...endpoint, port: wanted } });
  };
  return (
    <Section title={t('settings.endpoint')} hint={t('settings.endpoint-hint')}>
      <FormControlLabel
        control={
          <Switch
            checked={endpoint.enabled}
            onChange={(_event, enabled) => update({ endpoint: { ...endpoint, enabled } })}
          />
        }
        label={t('programs.switch')}
      />
      <TextField
        label={t('settings.port')}
        value={port}
        onChange={(event) => setPort(event.target.value.trim())}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }}
        error={bad}
        helperText={bad ? t('settings.port-bad') : t('settings.port-hint')}
        slotProps={{ htmlInput: { inputMode: 'numeric', maxLength: 5 } }}
        sx={{ maxWidth: 320 }}
      />
      <FormControlLabel
        control={
          <Switch
            checked={endpoint.allowLocalhostName}
            onChange={(_event, on) => update({ endpoint: { ...endpoint, allowLocalhostName: on } })}
          />
        }
        label={t('settings.localhost')}
      />
      {state.endpoint.state === 'error' && <ErrorNotice code={state.endpoint.problem} />}
    </Section>
  );
}

function Servers({ update }: { readonly update: (patch: SettingsPatch) => void }): ReactNode {
  const { state, t } = useApp();
  const { instances } = state.settings;
  const [url, setUrl] = useState('');
  const add = (): void => {
    if (!URL.canParse(url.trim())) return;
    update({ instances: [...new Set([...instances, url.trim()])] });
    setUrl('');
  };
  return (
    <Section title={t('settings.servers')} hint={t('settings.servers-hint')}>
      {instances.map((instance) => (
        <RemovableLine
          key={instance}
          text={instance}
          onRemove={() => update({ instances: instances.filter((other) => other !== instance) })}
        />
      ))}
      <Box sx={{ display: 'flex', gap: 1 }}>
        <TextField
          type="url"
          label={t('add.server.label')}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <Button variant="outlined" onClick={add} disabled={!URL.canParse(url.trim())}>
          {t('settings.add')}
        </Button>
      </Box>
    </Section>
  );
}

function RemovableLine({
  text,
  onRemove,
}: {
  readonly text: string;
  readonly onRemove: () => void;
}): ReactNode {
  const { t } = useApp();
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <Typography variant="body2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        {text}
      </Typography>
      <IconButton aria-label={t('settings.remove', { what: text })} onClick={onRemove}>
        <DeleteOutlined fontSize="small" />
      </IconButton>
    </Box>
  );
}
