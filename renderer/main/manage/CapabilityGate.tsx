import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import type { MytokenWish } from '../../../shared/model/mytoken.ts';
import {
  missingCapability,
  type Operation,
  operationCapabilities,
} from '../../../shared/model/operations.ts';
import type { ApiError } from '../../api/index.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Summary } from '../../editor/index.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { capabilityWords } from '../../hooks/words.ts';

interface Gated {
  readonly account: AccountView;
  /** Null for what every mytoken may do. */
  readonly operation: Operation | null;
  /** Goes on with another account of the same user; without it none is offered. */
  readonly onStandIn?: ((accountId: string) => void) | undefined;
}

/**
 * Shows `children` when the account's mytoken may do `operation`, and otherwise how to get there. Every action on a mytoken goes through
 * here or, when only its server knows, through {@link ActionError}.
 */
export function CapabilityGate({ children, ...gated }: Gated & { readonly children: ReactNode }): ReactNode {
  const { account, operation } = gated;
  const capability = operation === null ? null : missingCapability(account.capabilities, operation);
  if (capability !== null) return <CapabilityNeeded {...gated} capability={capability} />;
  return (
    <>
      {children}
      {operation !== null && <CapabilityUsed capability={operationCapabilities[operation]} />}
    </>
  );
}

function CapabilityUsed({ capability }: { readonly capability: string }): ReactNode {
  const { t } = useApp();
  return (
    <Typography variant="caption" color="textSecondary">
      {t('manage.need.uses')} <code>{capability}</code>
    </Typography>
  );
}

/** A failed action: a missing capability leads to where it can be had, anything else is an error like any other. */
export function ActionError({
  error,
  onRetry,
  ...gated
}: Gated & { readonly error: ApiError | null; readonly onRetry?: () => void }): ReactNode {
  if (error?.code !== 'mytoken/insufficient-capabilities') {
    return <ErrorNotice error={error} {...(onRetry ? { onRetry } : {})} />;
  }
  const { capability } = error.details;
  return (
    <CapabilityNeeded
      {...gated}
      capability={typeof capability === 'string' ? capability : neededFor(gated.operation)}
    />
  );
}

function neededFor(operation: Operation | null): string {
  return operation === null ? '' : operationCapabilities[operation];
}

function CapabilityNeeded({
  account,
  operation,
  capability,
  onStandIn,
}: Gated & { readonly capability: string }): ReactNode {
  const { state, t, call } = useApp();
  const [standIns, setStandIns] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    let stale = false;
    if (onStandIn === undefined || operation === null) return undefined;
    call('manage:stand-ins', { accountId: account.id, operation }).then(
      (found) => {
        if (!stale) setStandIns(found);
      },
      () => undefined, // none to offer then
    );
    return () => {
      stale = true;
    };
  }, [call, account.id, operation, onStandIn]);
  const others = state.accounts.filter(({ id }) => standIns.includes(id));
  return (
    <Alert severity="info">
      <AlertTitle>{t('manage.need.title')}</AlertTitle>
      {t('manage.need.text', { account: account.displayName, words: capabilityWords(t, capability) })}{' '}
      <code>{capability}</code>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', mt: 1.5 }}>
        <Button variant="contained" onClick={() => setAsking(true)}>
          {t('manage.need.login')}
        </Button>
        {others.map((other) => (
          <Button key={other.id} variant="outlined" onClick={() => onStandIn?.(other.id)}>
            {t('manage.need.use', { account: other.displayName })}
          </Button>
        ))}
      </Box>
      {asking && <WiderLogin account={account} capability={capability} onClose={() => setAsking(false)} />}
    </Alert>
  );
}

/** A login that renews the account's mytoken with one capability more; what will be asked for is shown before. */
function WiderLogin({
  account,
  capability,
  onClose,
}: {
  readonly account: AccountView;
  readonly capability: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const titleId = useId();
  const [wish, setWish] = useState<MytokenWish | null>(null);
  const { run, error, busy } = useTask();
  useEffect(() => {
    void run(async () => setWish(await call('manage:wider-wish', { accountId: account.id, capability })));
  }, [run, call, account.id, capability]);
  const logIn = (): void => {
    void run(() => call('manage:widen', { accountId: account.id, capability })).then((started) => {
      if (started) onClose();
    });
  };
  return (
    <Dialog open onClose={busy ? undefined : onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('manage.wider.title', { account: account.displayName })}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <div>{t('manage.wider.text')}</div>
        {wish !== null && (
          <Summary
            capabilities={wish.capabilities}
            restrictions={wish.restrictions}
            rotation={wish.rotation}
            cautions={[]}
          />
        )}
        <div>{t('manage.wider.children')}</div>
        <ErrorNotice error={error} />
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose} disabled={busy}>
          {t('common.cancel')}
        </Button>
        <Button variant="contained" onClick={logIn} disabled={busy || wish === null}>
          {t('add.start')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
