import ContentCopy from '@mui/icons-material/ContentCopy';
import SaveOutlined from '@mui/icons-material/SaveOutlined';
import Terminal from '@mui/icons-material/Terminal';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useState } from 'react';
import type { MintedView } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { QrCode } from '../../components/QrCode.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { Summary } from '../../editor/index.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import { snippets } from './snippets.ts';

/** A new mytoken on its way to where it is needed: shown once, gone from here when the page is left. */
export function ResultPage({
  minted,
  account,
  onDone,
  onAnother,
}: {
  readonly minted: MintedView;
  readonly account: AccountView;
  readonly onDone: () => void;
  readonly onAnother: () => void;
}): ReactNode {
  const { t, call, formatLocale } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [value, setValue] = useState<string | null>(null);
  const [wasShown, setWasShown] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [revoked, setRevoked] = useState(false);
  const { resultId } = minted;
  const isCode = minted.kind === 'transfer_code';

  useEffect(
    () => () => {
      void call('compose:dismiss', { resultId });
    },
    [call, resultId],
  );

  const say = (words: string): void => {
    setSaid(words);
    announce(words);
  };
  const copy = (form: 'value' | 'environment'): void => {
    void task.run(async () => {
      await call('compose:copy', { resultId, form });
      say(t('result.copied'));
    });
  };
  const revoke = async (): Promise<void> => {
    await task.run(async () => {
      await call('compose:revoke', { resultId });
      setRevoked(true);
      setValue(null);
      announce(t('result.revoked'));
    });
    setAsking(false);
  };
  const lines = snippets(minted);

  return (
    <Page title={t('result.title')}>
      <Alert severity="success">{t('result.once')}</Alert>
      <Differences minted={minted} />
      <Card sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button
            variant="contained"
            startIcon={<ContentCopy />}
            disabled={task.busy || revoked}
            onClick={() => copy('value')}
          >
            {t('result.copy')}
          </Button>
          <Button
            startIcon={<Terminal />}
            disabled={task.busy || revoked}
            onClick={() => copy('environment')}
          >
            {t('result.copy-line')}
          </Button>
          <Button
            startIcon={<SaveOutlined />}
            disabled={task.busy || revoked}
            onClick={() => {
              void task.run(async () => {
                const saved = await call('compose:save', { resultId });
                if (saved !== null) say(t('result.saved', { path: saved.path }));
              });
            }}
          >
            {t('result.save')}
          </Button>
          {!wasShown && (
            <Button
              startIcon={<VisibilityOutlined />}
              disabled={task.busy || revoked}
              onClick={() => {
                void task.run(async () => {
                  setValue((await call('compose:reveal', { resultId })).mytoken);
                  setWasShown(true);
                });
              }}
            >
              {t('result.show')}
            </Button>
          )}
          {value !== null && <Button onClick={() => setValue(null)}>{t('token.hide')}</Button>}
        </Box>
        <ErrorNotice error={task.error} />
        {said !== null && <Alert severity="success">{said}</Alert>}
        {value !== null && (
          <>
            <SelectableText label={t('result.value')} value={value} rows={isCode ? 1 : 6} />
            {isCode && <QrCode text={value} label={t('result.qr')} />}
          </>
        )}
        {wasShown && value === null && <Alert severity="info">{t('result.shown')}</Alert>}
      </Card>
      <Section title={t('result.use.title')} hint={t('result.use.hint')}>
        <SelectableText label={t('result.use.curl')} value={lines.curl} rows={3} />
        <SelectableText label={t('result.use.client')} value={lines.client} rows={1} />
      </Section>
      <Section title={t('account.facts.title')}>
        <Summary
          capabilities={minted.capabilities}
          restrictions={minted.restrictions}
          rotation={minted.rotation}
          cautions={[]}
        />
        <Facts
          items={[
            [t('compose.name'), minted.name],
            [t('result.kind'), t(`compose.type.${minted.kind}`)],
            [
              t(isCode ? 'result.code-expires' : 'result.expires'),
              minted.expiresAtMs === null ? t('account.facts.never') : <Moment atMs={minted.expiresAtMs} />,
            ],
            [t('account.facts.server'), account.instanceUrl],
            ...(minted.momId === null
              ? []
              : [[t('account.facts.mom-id'), <code key="mom">{minted.momId}</code>] as const]),
          ]}
        />
      </Section>
      {revoked && <Alert severity="info">{t('result.revoked')}</Alert>}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button variant="contained" onClick={onDone}>
          {t('result.done')}
        </Button>
        <Button onClick={onAnother}>{t('result.another')}</Button>
        {!revoked && (
          <Button color="error" disabled={task.busy} onClick={() => setAsking(true)}>
            {t('result.revoke')}
          </Button>
        )}
      </Box>
      <ConfirmDialog
        open={asking}
        title={t('result.revoke-question', { name: minted.name })}
        confirmLabel={t('result.revoke')}
        busy={task.busy}
        onConfirm={() => void revoke()}
        onClose={() => setAsking(false)}
      >
        <Typography>{t('result.revoke-what')}</Typography>
      </ConfirmDialog>
    </Page>
  );

  function Differences({ minted: { differences } }: { readonly minted: MintedView }): ReactNode {
    if (differences.length === 0) return <Alert severity="info">{t('result.as-asked')}</Alert>;
    return (
      <Alert severity="warning">
        <AlertTitle>{t('result.differs')}</AlertTitle>
        {differences.map((difference) => (
          <div key={difference.kind}>
            {t(`login.difference.${difference.kind}`, { list: listOf([...difference.values], formatLocale) })}
          </div>
        ))}
      </Alert>
    );
  }
}
