import CheckCircleOutline from '@mui/icons-material/CheckCircleOutlined';
import CloudOff from '@mui/icons-material/CloudOff';
import ErrorOutline from '@mui/icons-material/ErrorOutlined';
import HelpOutline from '@mui/icons-material/HelpOutlined';
import LockOutlined from '@mui/icons-material/LockOutlined';
import Schedule from '@mui/icons-material/Schedule';
import Chip from '@mui/material/Chip';
import type { ReactElement, ReactNode } from 'react';
import type { AccountStatus } from '../../shared/model/account.ts';
import { useApp } from '../hooks/app-context.tsx';

const looks: Readonly<
  Record<
    AccountStatus,
    { readonly color: 'success' | 'warning' | 'error' | 'default'; readonly icon: ReactElement }
  >
> = {
  ok: { color: 'success', icon: <CheckCircleOutline /> },
  expiring: { color: 'warning', icon: <Schedule /> },
  expired: { color: 'error', icon: <ErrorOutline /> },
  'login-needed': { color: 'error', icon: <ErrorOutline /> },
  uncertain: { color: 'warning', icon: <HelpOutline /> },
  unreachable: { color: 'warning', icon: <CloudOff /> },
  locked: { color: 'default', icon: <LockOutlined /> },
};

/** How an account is: word and shape, never colour alone. */
export function StatusChip({ status }: { readonly status: AccountStatus }): ReactNode {
  const { t } = useApp();
  const { color, icon } = looks[status];
  return <Chip size="small" variant="outlined" color={color} icon={icon} label={t(`status.${status}`)} />;
}
