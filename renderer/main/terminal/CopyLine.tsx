import ContentCopy from '@mui/icons-material/ContentCopy';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import type { TerminalLine } from '../../../shared/model/terminal-lines.ts';
import { useAnnounce } from '../../components/Live.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { mono } from '../../theme/theme.ts';

/** A line to take to a terminal: shown whole, copied by main. */
export function CopyLine({
  line,
  accountId,
}: {
  readonly line: TerminalLine;
  readonly accountId: string | null;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const id = useId();
  const what = t(`terminal.line.${line.id}`);
  return (
    <div>
      <Typography variant="body2" color="textSecondary" id={id}>
        {what}
      </Typography>
      <Box sx={{ display: 'flex', gap: 0.5, alignItems: 'flex-start', mt: 0.5 }}>
        <Box
          component="pre"
          role="group"
          aria-labelledby={id}
          tabIndex={0}
          sx={{
            flex: 1,
            minWidth: 0,
            m: 0,
            p: 1,
            fontFamily: mono,
            fontSize: '0.8rem',
            whiteSpace: 'pre-wrap',
            overflowWrap: 'anywhere',
            border: 1,
            borderColor: 'divider',
            borderRadius: 1,
            bgcolor: 'background.default',
          }}
        >
          {line.text}
        </Box>
        <Tooltip title={t('terminal.copy', { what })}>
          <IconButton
            aria-label={t('terminal.copy', { what })}
            disabled={task.busy}
            onClick={() => {
              void task
                .run(() => call('terminal:copy', { line: line.id, accountId }))
                .then((done) => {
                  if (done) announce(t('terminal.copied', { what }));
                });
            }}
          >
            <ContentCopy fontSize="small" />
          </IconButton>
        </Tooltip>
      </Box>
      <ErrorNotice error={task.error} />
    </div>
  );
}
