import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import type { ReactNode } from 'react';
import type { MytokenReport } from '../../../shared/ipc/contract.ts';
import { Facts } from '../../components/Facts.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { CapabilityList } from './CapabilityList.tsx';
import { Limits } from './Limits.tsx';

/** Valid or not, and why; with the proof that there is. */
export function Verdict({ report }: { readonly report: MytokenReport }): ReactNode {
  const { t } = useApp();
  const forged = report.signature === 'invalid';
  const good = !forged && (report.server === 'valid' || report.server === 'valid-untold');
  const bad = forged || report.server === 'refused';
  const why = report.problem === null ? null : errorTexts(t, report.problem.code);
  return (
    <Alert severity={good ? 'success' : bad ? 'error' : 'warning'}>
      <AlertTitle>{t(forged ? 'manage.state.forged' : `manage.state.server.${report.server}`)}</AlertTitle>
      {why && <div>{why.text}</div>}
      <div>{t(`manage.state.signature.${report.signature}`)}</div>
      <div>
        {t('manage.state.checked')} <Moment atMs={report.checkedAtMs} />
      </div>
    </Alert>
  );
}

/** What a mytoken may do, its limits and where it comes from. */
export function ReportSections({ report }: { readonly report: MytokenReport }): ReactNode {
  const { t } = useApp();
  const { claims } = report;
  if (claims === null) return <Alert severity="info">{t('manage.state.nothing-known')}</Alert>;
  const moment = (atMs: number | null): ReactNode =>
    atMs === null ? t('account.facts.never') : <Moment atMs={atMs} />;
  return (
    <>
      <Section title={t('account.can.title')}>
        <CapabilityList capabilities={claims.capabilities} />
      </Section>
      <Section title={t('account.limits.title')}>
        <Limits restrictions={claims.restrictions} rotation={claims.rotation} uses={report.uses} />
      </Section>
      <Section title={t('account.facts.title')}>
        <Facts
          items={[
            [t('account.facts.token-name'), claims.name === '' ? t('manage.no-name') : claims.name],
            [t('manage.state.kind'), t(`manage.state.kind.${report.kind}`)],
            [t('account.facts.server'), claims.instanceUrl],
            [t('account.facts.issuer'), claims.oidcIssuer],
            [t('manage.state.subject'), claims.oidcSubject],
            [t('manage.state.issued'), moment(claims.issuedAtMs)],
            ...(claims.notBeforeMs > claims.issuedAtMs
              ? [[t('manage.state.not-before'), moment(claims.notBeforeMs)] as const]
              : []),
            [t('account.facts.expires'), moment(claims.expiresAtMs)],
            ...(claims.loggedInAtMs === null
              ? []
              : [[t('manage.state.logged-in'), moment(claims.loggedInAtMs)] as const]),
            [
              t('manage.state.sequence'),
              t('manage.state.replaced', { count: Math.max(0, claims.sequence - 1) }),
            ],
            ...(claims.version === null ? [] : [[t('manage.state.version'), claims.version] as const]),
          ]}
        />
        {report.momId !== null && (
          <SelectableText label={t('account.facts.mom-id')} value={report.momId} rows={2} />
        )}
      </Section>
    </>
  );
}
