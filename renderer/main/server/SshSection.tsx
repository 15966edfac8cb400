import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { type ReactNode, useCallback, useState } from 'react';
import type { SshKeyView } from '../../../shared/ipc/contract.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { mono } from '../../theme/theme.ts';
import { ActionError, CapabilityGate } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { useServerView } from '../manage/use-server-view.ts';
import { AddSshKey } from './AddSshKey.tsx';
import { AskServer } from './AskServer.tsx';
import { useChanges } from './use-changes.ts';

interface SshKeys {
  readonly enabled: boolean;
  readonly keys: readonly SshKeyView[];
}

/** Keys with which machines get mytokens over ssh. */
export function SshSection({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const standIn = (accountId: string): void => go({ page: 'account', accountId, tab: 'server' });
  return (
    <Section title={t('server.ssh.title')} hint={t('server.ssh.hint')}>
      <CapabilityGate account={account} operation="see-ssh-keys" onStandIn={standIn}>
        <SshBody account={account} onStandIn={standIn} />
      </CapabilityGate>
    </Section>
  );
}

function SshBody({
  account,
  onStandIn,
}: Pick<AccountTabProps, 'account'> & { readonly onStandIn: (accountId: string) => void }): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<SshKeyView | null>(null);
  const ask = useCallback(() => call('server:ssh-keys', { accountId: account.id }), [call, account.id]);
  const view = useServerView<SshKeys>('server-ssh', account, ask);
  const ssh = useChanges(view, ask);
  const known = view.value;

  const remove = (key: SshKeyView): void => {
    void ssh
      .change(() => call('server:ssh-remove', { accountId: account.id, fingerprint: key.fingerprint }))
      .then((done) => {
        setRemoving(null);
        if (done) announce(t('server.ssh.removed', { name: key.name }));
      });
  };

  return (
    <>
      <ActionError
        account={account}
        operation="change-ssh-keys"
        error={ssh.error}
        onRetry={view.load}
        onStandIn={onStandIn}
      />
      {known !== null && (
        <>
          <CapabilityGate account={account} operation="change-grants">
            <FormControlLabel
              control={
                <Switch
                  checked={known.enabled}
                  disabled={ssh.busy}
                  onChange={(_event, enabled) =>
                    void ssh.change(() => call('server:set-ssh-grant', { accountId: account.id, enabled }))
                  }
                />
              }
              label={t('server.ssh.enabled')}
            />
          </CapabilityGate>
          {known.keys.length === 0 ? (
            <Typography>{t('server.ssh.none')}</Typography>
          ) : (
            known.keys.map((key) => (
              <KeyCard key={key.fingerprint} sshKey={key} onRemove={() => setRemoving(key)} />
            ))
          )}
          {!known.enabled && known.keys.length > 0 && <Alert severity="warning">{t('server.ssh.off')}</Alert>}
          <CapabilityGate account={account} operation="change-ssh-keys">
            {adding ? (
              <AddSshKey
                account={account}
                onClose={() => setAdding(false)}
                onAdded={() => {
                  announce(t('server.ssh.added'));
                  view.load();
                }}
              />
            ) : (
              <Box>
                <Button
                  variant="outlined"
                  disabled={ssh.busy || !known.enabled}
                  onClick={() => setAdding(true)}
                >
                  {t('server.ssh.add')}
                </Button>
                {!known.enabled && (
                  <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
                    {t('server.ssh.add-off')}
                  </Typography>
                )}
              </Box>
            )}
          </CapabilityGate>
        </>
      )}
      <AskServer known={known !== null} busy={ssh.busy} onAsk={view.load} />
      <ConfirmDialog
        open={removing !== null}
        title={t('server.ssh.remove.question', { name: removing?.name ?? '' })}
        confirmLabel={t('server.ssh.remove')}
        busy={ssh.busy}
        onConfirm={() => {
          if (removing !== null) remove(removing);
        }}
        onClose={() => setRemoving(null)}
      >
        <Typography>{t('server.ssh.remove.what')}</Typography>
      </ConfirmDialog>
    </>
  );
}

function KeyCard({
  sshKey,
  onRemove,
}: {
  readonly sshKey: SshKeyView;
  readonly onRemove: () => void;
}): ReactNode {
  const { t } = useApp();
  const name = sshKey.name === '' ? t('server.ssh.no-name') : sshKey.name;
  return (
    <Card sx={{ p: 1.5, display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
      <Box sx={{ flex: 1, minWidth: 180 }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{name}</Typography>
        <Typography variant="body2" sx={{ fontFamily: mono, fontSize: '0.8rem', overflowWrap: 'anywhere' }}>
          {sshKey.fingerprint}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {t('server.ssh.created')} <Moment atMs={sshKey.createdAtMs} /> ·{' '}
          {sshKey.lastUsedAtMs === null ? (
            t('server.ssh.unused')
          ) : (
            <>
              {t('server.ssh.used')} <Moment atMs={sshKey.lastUsedAtMs} />
            </>
          )}
        </Typography>
      </Box>
      <Button color="error" aria-label={t('server.ssh.remove.label', { name })} onClick={onRemove}>
        {t('server.ssh.remove')}
      </Button>
    </Card>
  );
}
