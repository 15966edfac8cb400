import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import type { ApprovalView } from '../../shared/model/approval.ts';
import { Facts } from '../components/Facts.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { mono } from '../theme/theme.ts';

/** Who asks, for those who look closely. */
export function CallerDetails({
  approval: { caller, id },
  account,
}: {
  readonly approval: ApprovalView;
  /** The one that would answer. */
  readonly account: ApprovalView['account'];
}): ReactNode {
  const { t } = useApp();
  const [open, setOpen] = useState(false);
  const pid = caller.pid === null ? '—' : String(caller.pid);
  const chain = caller.chain.map(({ name, pid }) => `${name} (${pid})`).join(' ← ');
  return (
    <Box>
      <Button size="small" aria-expanded={open} onClick={() => setOpen((before) => !before)}>
        {t('approval.details')}
      </Button>
      {open && (
        <Box sx={{ mt: 1, '& dd': { fontFamily: mono, fontSize: '0.8rem' } }}>
          <Facts
            items={[
              [t('approval.details.program'), caller.executable ?? t('approval.details.unreadable')],
              [t('approval.details.command'), caller.commandLine.join(' ') || '—'],
              [t('approval.details.directory'), caller.workingDirectory ?? '—'],
              [t('approval.details.process'), `${pid} · ${t(`approval.door.${caller.door}`)}`],
              [t('approval.details.chain'), chain || '—'],
              [
                t('approval.details.account'),
                account === null ? '—' : `${account.shortname} · ${account.oidcIssuer}`,
              ],
              [t('approval.details.request'), id],
            ]}
          />
        </Box>
      )}
    </Box>
  );
}
