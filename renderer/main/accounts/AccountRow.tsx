import ContentCopy from '@mui/icons-material/ContentCopy';
import DragIndicator from '@mui/icons-material/DragIndicator';
import MoreVert from '@mui/icons-material/MoreVert';
import Star from '@mui/icons-material/Star';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { Moment } from '../../components/Moment.tsx';
import { StatusChip } from '../../components/StatusChip.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { hostOf } from '../../hooks/words.ts';
import type { Place } from '../navigation.ts';

interface AccountRowProps {
  readonly account: AccountView;
  readonly busy: boolean;
  readonly onCopy: () => void;
  readonly onOpen: () => void;
  /** Null while a filter hides the neighbours. */
  readonly onMove: ((by: number) => void) | null;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onDragStart: () => void;
  readonly onDragEnd: () => void;
  readonly go: (place: Place) => void;
  /** Runs a call and shows its failure above the list. */
  readonly attempt: (work: () => Promise<unknown>) => void;
}

export const usableStatuses: ReadonlySet<string> = new Set(['ok', 'expiring', 'unreachable']);

export function AccountRow(props: AccountRowProps): ReactNode {
  const { account, busy, onCopy, onOpen, onMove } = props;
  const { t } = useApp();
  const usable = usableStatuses.has(account.status);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && usable) onCopy();
    else if (event.altKey && event.key === 'ArrowUp' && onMove) onMove(-1);
    else if (event.altKey && event.key === 'ArrowDown' && onMove) onMove(1);
    else return;
    event.preventDefault();
  };

  return (
    <Card
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={() => {
        if (usable) onCopy();
      }}
      aria-label={account.displayName}
      role="group"
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: { xs: 0.5, sm: 1.5 },
        pl: 0.5,
        pr: 1.5,
        py: 1.5,
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 1 },
      }}
    >
      <Box
        draggable={onMove !== null}
        onDragStart={props.onDragStart}
        onDragEnd={props.onDragEnd}
        sx={{
          color: 'text.disabled',
          cursor: onMove ? 'grab' : 'default',
          display: { xs: 'none', sm: 'flex' },
        }}
        aria-hidden
      >
        <DragIndicator fontSize="small" />
      </Box>
      <Box sx={{ flex: 1, minWidth: 0, pl: { xs: 1, sm: 0 } }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minWidth: 0, flexWrap: 'wrap' }}>
          <Link
            component="button"
            type="button"
            underline="hover"
            color="text.primary"
            onClick={onOpen}
            sx={{
              fontWeight: 650,
              fontSize: '1rem',
              minWidth: 0,
              textAlign: 'left',
              overflowWrap: 'anywhere',
            }}
          >
            {account.displayName}
          </Link>
          {account.isDefault && (
            <Tooltip title={t('accounts.default')}>
              <Star fontSize="small" color="primary" titleAccess={t('accounts.default')} />
            </Tooltip>
          )}
          <StatusChip status={account.status} />
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          <Box component="span" sx={{ fontFamily: 'monospace' }}>
            {account.shortname}
          </Box>
          {' · '}
          {hostOf(account.oidcIssuer)}
          {account.expiresAtMs !== null && (
            <>
              {' · '}
              {t('accounts.expires')} <Moment atMs={account.expiresAtMs} />
            </>
          )}
          {account.lastUsedAtMs !== null && (
            <>
              {' · '}
              {t('accounts.used')} <Moment atMs={account.lastUsedAtMs} />
            </>
          )}
        </Typography>
      </Box>
      {usable ? (
        <CopyButton account={account.displayName} busy={busy} onCopy={onCopy} />
      ) : (
        <Button variant="outlined" onClick={onOpen} sx={{ flex: 'none' }}>
          {t('accounts.fix')}
        </Button>
      )}
      <RowMenu {...props} />
    </Card>
  );
}

function CopyButton({
  account,
  busy,
  onCopy,
}: {
  readonly account: string;
  readonly busy: boolean;
  readonly onCopy: () => void;
}): ReactNode {
  const { t } = useApp();
  // Names begin with the visible words, so that speaking them to a voice control works.
  const label = t('accounts.copy-for', { account });
  return (
    <>
      <Button
        variant="outlined"
        startIcon={<ContentCopy />}
        aria-label={label}
        onClick={onCopy}
        disabled={busy}
        sx={{ flex: 'none', display: { xs: 'none', sm: 'inline-flex' } }}
      >
        {t('accounts.copy')}
      </Button>
      <IconButton
        color="primary"
        aria-label={label}
        onClick={onCopy}
        disabled={busy}
        sx={{ display: { xs: 'inline-flex', sm: 'none' } }}
      >
        <ContentCopy />
      </IconButton>
    </>
  );
}

function RowMenu({ account, onOpen, onMove, isFirst, isLast, go, attempt }: AccountRowProps): ReactNode {
  const { t, call } = useApp();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const then = (action: () => void) => () => {
    setAnchor(null);
    action();
  };
  return (
    <>
      <IconButton
        aria-label={t('accounts.more', { account: account.displayName })}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreVert />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={then(onOpen)}>{t('accounts.open')}</MenuItem>
        <MenuItem
          disabled={account.isDefault}
          onClick={then(() => attempt(() => call('accounts:set-default', { accountId: account.id })))}
        >
          {t('accounts.make-default')}
        </MenuItem>
        <MenuItem
          onClick={then(() => {
            attempt(async () => {
              await call('login:start', {
                instanceUrl: account.instanceUrl,
                oidcIssuer: account.oidcIssuer,
                renewsAccountId: account.id,
              });
              go({ page: 'account', accountId: account.id });
            });
          })}
        >
          {t('account.login-again')}
        </MenuItem>
        <MenuItem disabled={isFirst || !onMove} onClick={then(() => onMove?.(-1))}>
          {t('accounts.move-up')}
        </MenuItem>
        <MenuItem disabled={isLast || !onMove} onClick={then(() => onMove?.(1))}>
          {t('accounts.move-down')}
        </MenuItem>
        <MenuItem onClick={then(() => go({ page: 'account', accountId: account.id }))}>
          {t('accounts.remove')}
        </MenuItem>
      </Menu>
    </>
  );
}
