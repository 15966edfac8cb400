import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Frame } from '../../components/Frame.tsx';
import { CapabilityTree } from '../../editor/CapabilityTree.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { SshAccessPanel } from './SshAccessPanel.tsx';

const daySeconds = 86_400;
const lifetimes = ['none', '30', '90', '365'] as const;

interface Flow {
  readonly flowId: string;
  readonly fingerprint: string;
}

/** Adds a public key: paste or pick it, say what it is for, consent in the browser, then take the access away. */
export function AddSshKey({
  account,
  onClose,
  onAdded,
}: {
  readonly account: AccountView;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const start = useTask();
  const wait = useTask();
  const [publicKey, setPublicKey] = useState('');
  const [name, setName] = useState('');
  const [capabilities, setCapabilities] = useState<readonly string[]>(['AT']);
  const [days, setDays] = useState<(typeof lifetimes)[number]>('90');
  const [flow, setFlow] = useState<Flow | null>(null);
  const [done, setDone] = useState(false);
  const open = useRef<string | null>(null);

  // A consent that nobody waits for any more is not waited for.
  useEffect(
    () => () => {
      if (open.current !== null) void call('server:ssh-cancel', { flowId: open.current });
    },
    [call],
  );

  const add = (): void => {
    let started: Flow | null = null;
    void start
      .run(async () => {
        started = await call('server:ssh-add', {
          accountId: account.id,
          publicKey,
          name: name.trim(),
          capabilities: [...capabilities],
          expiresAt: days === 'none' ? null : Math.floor(Date.now() / 1000) + Number(days) * daySeconds,
        });
      })
      .then(() => {
        const now = started;
        if (now === null) return;
        setFlow(now);
        open.current = now.flowId;
        void wait
          .run(() => call('server:ssh-await', { flowId: now.flowId }))
          .then((consented) => {
            open.current = null;
            if (!consented) return;
            setDone(true);
            onAdded();
          });
      });
  };

  if (flow !== null && done)
    return <SshAccessPanel account={account} flowId={flow.flowId} onClose={onClose} />;
  if (flow !== null) {
    const failed = wait.error !== null;
    return (
      <Frame label={t('server.ssh.add')} gap={2}>
        {!failed && (
          <Alert severity="info" role="status">
            {t('server.ssh.consent', { fingerprint: flow.fingerprint })}
          </Alert>
        )}
        <ErrorNotice error={wait.error} />
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {failed ? (
            <Button
              variant="outlined"
              onClick={() => {
                wait.clear();
                setFlow(null);
              }}
            >
              {t('server.ssh.again')}
            </Button>
          ) : (
            <Button
              variant="outlined"
              onClick={() => void start.run(() => call('server:ssh-open-again', { flowId: flow.flowId }))}
            >
              {t('server.ssh.open-again')}
            </Button>
          )}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </Box>
        <ErrorNotice error={start.error} />
      </Frame>
    );
  }
  return (
    <Frame label={t('server.ssh.add')} gap={2}>
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (publicKey.trim() !== '' && name.trim() !== '' && capabilities.length > 0) add();
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}
      >
        <TextField
          multiline
          minRows={2}
          maxRows={5}
          label={t('server.ssh.key')}
          helperText={t('server.ssh.key-hint')}
          value={publicKey}
          onChange={(event) => setPublicKey(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 16_384, spellCheck: false } }}
        />
        <Box>
          <Button
            variant="outlined"
            disabled={start.busy}
            onClick={() =>
              void start.run(async () => {
                const picked = await call('server:ssh-pick', null);
                if (picked === null) return;
                setPublicKey(picked.publicKey);
                if (name === '') setName(picked.name.slice(0, 80));
              })
            }
          >
            {t('server.ssh.pick')}
          </Button>
        </Box>
        <TextField
          size="small"
          label={t('server.ssh.name')}
          helperText={t('server.ssh.name-hint')}
          value={name}
          onChange={(event) => setName(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 80 } }}
        />
        <div>
          <Typography variant="body2" sx={{ mb: 0.5 }}>
            {t('server.ssh.may')}
          </Typography>
          <CapabilityTree
            label={t('server.ssh.may')}
            value={capabilities}
            onChange={setCapabilities}
            offered={account.capabilities}
            problem={capabilities.length === 0 ? t('server.ssh.may-nothing') : null}
          />
        </div>
        <TextField
          select
          size="small"
          label={t('server.ssh.lifetime')}
          value={days}
          onChange={(event) => setDays(event.target.value as (typeof lifetimes)[number])}
        >
          {lifetimes.map((value) => (
            <MenuItem key={value} value={value}>
              {value === 'none'
                ? t('server.ssh.lifetime.none')
                : t('server.ssh.lifetime.days', { count: Number(value) })}
            </MenuItem>
          ))}
        </TextField>
        <ErrorNotice error={start.error} />
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button
            type="submit"
            variant="contained"
            disabled={
              start.busy || publicKey.trim() === '' || name.trim() === '' || capabilities.length === 0
            }
          >
            {t('server.ssh.go')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </Box>
      </Box>
    </Frame>
  );
}
