import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ActivityRecord, IssuedMytokenNote } from '../../../shared/model/activity.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { absoluteTime } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import { programName, whatHappened, why } from './record-words.ts';

type Fact = readonly [label: string, value: ReactNode];

/** All that is known of one entry; a mytoken that was given out can be revoked here. */
export function RecordDetails({ record }: { readonly record: ActivityRecord }): ReactNode {
  const { t, formatLocale } = useApp();
  const { mytoken } = record;
  const moment = (atMs: number): string => absoluteTime(atMs, formatLocale);
  const scope = record.summary === '' ? t('activity.default-scope') : record.summary;
  const isAboutScopes = !['mytoken', 'import-account', 'add-account', 'pairing', 'lock', 'unlock'].includes(
    record.kind,
  );
  const isAboutCapabilities = record.kind === 'mytoken' || record.kind === 'import-account';
  const program = programName(record, t);
  const facts: (Fact | null)[] = [
    [t('activity.fact.when'), moment(record.atMs)],
    fact('activity.fact.last', record.lastAtMs, moment),
    fact('activity.fact.how-often', record.count, String),
    isOwn(record)
      ? null
      : [
          t('activity.fact.program'),
          record.verified ? program : t('activity.fact.not-verified', { program }),
        ],
    fact('activity.fact.file', record.executable),
    fact('activity.fact.client', record.clientName),
    fact('activity.fact.door', record.door, (door) => t(`activity.door.${door}`)),
    fact('activity.fact.account', record.accountName === '' ? undefined : record.accountName),
    [t('activity.fact.asked'), t(`activity.kind.${record.kind}`)],
    isAboutScopes ? [t('activity.fact.scope'), scope] : null,
    isAboutCapabilities ? [t('activity.fact.capabilities'), record.summary.replaceAll(' ', ', ')] : null,
    fact('activity.fact.restrictions', record.restrictions),
    [t('activity.fact.outcome'), why(record, t)],
    fact('activity.fact.problem', record.problem, (code) => errorTexts(t, code).text),
    fact('activity.fact.grant', record.grantId),
    fact('activity.fact.took', record.durationMs >= 100 ? record.durationMs / 1000 : undefined, (seconds) =>
      t('activity.fact.took-seconds', { seconds }),
    ),
    fact('activity.fact.token-name', mytoken?.name === '' ? undefined : mytoken?.name),
    fact('activity.fact.server', mytoken?.instanceUrl),
    fact('activity.fact.mom-id', mytoken?.momId ?? undefined),
    mytoken === undefined
      ? null
      : [
          t('activity.fact.expires'),
          mytoken.expiresAtMs === null ? t('activity.never') : moment(mytoken.expiresAtMs),
        ],
    fact('activity.fact.revoked', mytoken?.revokedAtMs ?? undefined, moment),
  ];
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 }}>
      <Typography
        variant="h3"
        component="h2"
        sx={{ fontSize: '1rem', fontWeight: 600, overflowWrap: 'anywhere' }}
      >
        {whatHappened(record, t)}
      </Typography>
      <Facts items={facts.filter((each) => each !== null)} />
      {mytoken !== undefined && <Revoking record={record} mytoken={mytoken} />}
    </Box>
  );

  function fact<T>(
    label: Parameters<typeof t>[0],
    value: T | undefined,
    show: (value: T) => string = String,
  ): Fact | null {
    return value === undefined ? null : [t(label), show(value)];
  }
}

function Revoking({
  record,
  mytoken,
}: {
  readonly record: ActivityRecord;
  readonly mytoken: IssuedMytokenNote;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  if (mytoken.revokedAtMs !== null) return <Alert severity="success">{t('activity.revoke.done')}</Alert>;
  if (mytoken.momId === null) return <Alert severity="info">{t('activity.revoke.no-id')}</Alert>;
  const revoke = async (): Promise<void> => {
    await task.run(async () => {
      await call('activity:revoke', { recordId: record.id });
      announce(t('activity.revoke.done'));
    });
    setAsking(false);
  };
  const program = isOwn(record) ? t('app.name') : programName(record, t);
  return (
    <>
      {mytoken.revokeProblem !== null && (
        <Box>
          <Typography variant="body2">{t('activity.revoke.failed')}</Typography>
          <ErrorNotice code={mytoken.revokeProblem} />
        </Box>
      )}
      <ErrorNotice error={task.error} />
      <Box>
        <Button color="error" variant="outlined" onClick={() => setAsking(true)}>
          {t('activity.revoke')}
        </Button>
      </Box>
      <ConfirmDialog
        open={asking}
        title={t('activity.revoke.title', { name: mytoken.name })}
        confirmLabel={t('activity.revoke')}
        busy={task.busy}
        onConfirm={() => void revoke()}
        onClose={() => setAsking(false)}
      >
        <Typography>{t('activity.revoke.text', { program, account: record.accountName })}</Typography>
      </ConfirmDialog>
    </>
  );
}

/** Done by the user or the app, not by a program. */
function isOwn({ door }: ActivityRecord): boolean {
  return door === 'window' || door === 'tray' || door === 'app';
}
