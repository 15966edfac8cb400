import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** The socket that speaks oidc-agent's protocol. */
export function SocketSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { agent, settings } = state;
  const { socket } = agent;
  return (
    <Section title={t('agent.title')} hint={t('agent.hint')}>
      <FormControlLabel
        control={
          <Switch
            checked={settings.socket.enabled}
            onChange={(_event, enabled) =>
              void task.run(() => call('settings:update', { socket: { enabled } }))
            }
          />
        }
        label={t('agent.switch')}
      />
      {socket.state === 'listening' && socket.path !== null && (
        <SelectableText
          label={t('agent.env')}
          value={`export OIDC_SOCK='${socket.path.replaceAll("'", String.raw`'\''`)}'`}
          rows={1}
        />
      )}
      {socket.state === 'error' && <ErrorNotice code={socket.problem} />}
      <ErrorNotice error={task.error} />
    </Section>
  );
}
