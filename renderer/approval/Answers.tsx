import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import type { ApprovalDecision, ApprovalView } from '../../shared/model/approval.ts';
import { useApp } from '../hooks/app-context.tsx';
import { minutesAndSeconds } from '../hooks/time-texts.ts';

/** Time left, whether an answer counts yet, and the answers; refusing comes first and works all the time. */
export function Answers({
  approval,
  nowMs,
  armed,
  busy,
  allowable,
  decide,
  children,
}: {
  readonly approval: ApprovalView;
  readonly nowMs: number;
  readonly armed: boolean;
  readonly busy: boolean;
  /** What would be given is something that can be given. */
  readonly allowable: boolean;
  readonly decide: (decision: ApprovalDecision['decision']) => void;
  /** May cover it all. */
  readonly children: ReactNode;
}): ReactNode {
  const { t } = useApp();
  const blockWhat = useId();
  const { content, waiting, offerBlock, unlockFirst, deadlineAtMs } = approval;
  return (
    <Box
      sx={{
        ...{ position: 'relative', px: 3, py: 1.5, borderTop: 1 },
        ...{ borderColor: 'divider', bgcolor: 'background.paper' },
      }}
    >
      {children}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, justifyContent: 'space-between', mb: 1 }}>
        <Typography
          variant="body2"
          color="textSecondary"
          role="timer"
          sx={{ fontVariantNumeric: 'tabular-nums' }}
        >
          {t('approval.left', { time: minutesAndSeconds(deadlineAtMs - nowMs) })}
        </Typography>
        {waiting > 0 && (
          <Typography variant="body2" color="textSecondary">
            {t('approval.position', { count: waiting + 1 })}
          </Typography>
        )}
        {unlockFirst === null && (
          <Typography variant="body2" color="textSecondary">
            {t(armed ? 'approval.armed' : 'approval.arming')}
          </Typography>
        )}
      </Box>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Button variant="outlined" disabled={busy} onClick={() => decide('deny')}>
          {t('approval.deny')}
        </Button>
        {waiting > 0 && (
          <Button disabled={busy} onClick={() => decide('deny-all')}>
            {t('approval.deny-all', { count: waiting + 1 })}
          </Button>
        )}
        {offerBlock && (
          <Button color="error" aria-describedby={blockWhat} disabled={busy} onClick={() => decide('block')}>
            {t('approval.block')}
          </Button>
        )}
        <Box sx={{ flex: 1 }} />
        <Button
          variant="contained"
          disabled={!armed || unlockFirst !== null || busy || !allowable}
          onClick={() => decide('allow')}
          // Enter does nothing: a key that is pressed all day must give nothing away.
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.preventDefault();
          }}
        >
          {t(content.kind === 'add-account' ? 'approval.add-account' : 'approval.allow')}
        </Button>
      </Box>
      {offerBlock && (
        <Typography id={blockWhat} variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {t('approval.block-what')}
        </Typography>
      )}
    </Box>
  );
}
