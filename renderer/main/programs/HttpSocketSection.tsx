import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** The endpoint's requests on a UNIX socket, with a key or, where the user says so, without. */
export function HttpSocketSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { settings, endpoint, platform } = state;
  const { httpSocket } = settings;
  const { socket } = endpoint;
  if (platform.platform === 'win32') return null; // there are no such sockets
  const change = (patch: Partial<typeof httpSocket>): void => {
    void task.run(() => call('settings:update', { httpSocket: { ...httpSocket, ...patch } }));
  };
  return (
    <Section title={t('http-socket.title')} hint={t('http-socket.hint')}>
      <FormControlLabel
        control={<Switch checked={httpSocket.enabled} onChange={(_event, enabled) => change({ enabled })} />}
        label={t('http-socket.switch')}
      />
      {httpSocket.enabled && (
        <div>
          <FormControlLabel
            control={
              <Switch
                checked={httpSocket.keyless}
                onChange={(_event, keyless) => change({ keyless })}
                slotProps={{ input: { 'aria-describedby': 'keyless-hint' } }}
              />
            }
            label={t('http-socket.keyless')}
          />
          <FormHelperText id="keyless-hint" sx={{ mt: 0 }}>
            {t('http-socket.keyless-hint')}
          </FormHelperText>
        </div>
      )}
      {socket.state === 'listening' && socket.path !== null && (
        <SelectableText
          label={t('http-socket.try')}
          rows={3}
          value={tryLine(socket.path, httpSocket.keyless)}
        />
      )}
      {socket.state === 'error' && <ErrorNotice code={socket.problem} />}
      <ErrorNotice error={task.error} />
    </Section>
  );
}

/** The key comes from a variable by way of standard input: command lines are everybody's to read. */
function tryLine(path: string, keyless: boolean): string {
  const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
  const [address, type] = ['http://mytoken-desktop/v1/access-token', 'Content-Type: application/json'];
  const send = `--unix-socket ${quoted} -H '${type}' -d '{}'`;
  return keyless
    ? `curl -s ${send} \\\n  ${address}`
    : `printf 'Authorization: Bearer %s\\n' "$MYTOKEN_DESKTOP_KEY" |\n  curl -s -H @- ${send} \\\n  ${address}`;
}
