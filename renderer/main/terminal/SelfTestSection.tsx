import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutlined from '@mui/icons-material/ErrorOutlined';
import RemoveCircleOutline from '@mui/icons-material/RemoveCircleOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { SelfTestResult } from '../../../shared/model/self-test.ts';
import type { Translate } from '../../../shared/i18n/catalogue.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { mono } from '../../theme/theme.ts';

/** “Ask myself”: the app tries its own doors, and says what to do about one that does not work. */
export function SelfTestSection(): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [results, setResults] = useState<readonly SelfTestResult[] | null>(null);

  const run = (): void => {
    void task.run(async () => {
      const found = await call('terminal:self-test', null);
      setResults(found);
      announce(summary(t, found));
    });
  };

  return (
    <Section title={t('self-test.title')} hint={t('self-test.hint')}>
      <Box>
        <Button variant="outlined" disabled={task.busy} onClick={run}>
          {t(task.busy ? 'self-test.running' : 'self-test.run')}
        </Button>
      </Box>
      <ErrorNotice error={task.error} />
      {results !== null && (
        <>
          <Alert severity={results.some(isTrouble) ? 'warning' : results.some(isFine) ? 'success' : 'info'}>
            {summary(t, results)}
          </Alert>
          <Box
            component="ul"
            aria-label={t('self-test.title')}
            sx={{ m: 0, p: 0, listStyle: 'none', display: 'flex', flexDirection: 'column', gap: 1 }}
          >
            {results.map((result) => (
              <Result key={`${result.check} ${result.subject ?? ''}`} result={result} />
            ))}
          </Box>
        </>
      )}
    </Section>
  );
}

function Result({ result }: { readonly result: SelfTestResult }): ReactNode {
  const { t } = useApp();
  const { check, problem, subject } = result;
  let icon = <ErrorOutlined color="warning" fontSize="small" />;
  if (problem === null) icon = <CheckCircleOutlined color="success" fontSize="small" />;
  else if (problem === 'off') icon = <RemoveCircleOutline color="disabled" fontSize="small" />;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
      <Box aria-hidden sx={{ display: 'flex', pt: 0.125 }}>
        {icon}
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2">
          <strong>{t(`self-test.check.${check}`)}</strong>:{' '}
          {problem === null ? t('self-test.ok') : t(`self-test.problem.${problem}`)}
        </Typography>
        {problem !== null && problem !== 'off' && (
          <Typography variant="body2">{t(`self-test.next.${problem}`)}</Typography>
        )}
        {subject !== null && (
          <Typography
            variant="body2"
            color="textSecondary"
            sx={{ fontFamily: mono, fontSize: '0.8rem', overflowWrap: 'anywhere' }}
          >
            {subject}
          </Typography>
        )}
      </Box>
    </Box>
  );
}

function isFine({ problem }: SelfTestResult): boolean {
  return problem === null;
}

function isTrouble({ problem }: SelfTestResult): boolean {
  return problem !== null && problem !== 'off';
}

function summary(t: Translate, results: readonly SelfTestResult[]): string {
  const troubles = results.filter(isTrouble).length;
  if (troubles > 0) return t('self-test.fails', { count: troubles });
  const works = results.filter(isFine).length;
  return works === 0 ? t('self-test.nothing') : t('self-test.works', { count: works });
}
