import ArrowBack from '@mui/icons-material/ArrowBack';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import type { MintedView } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { clauseFor, normaliseRestrictions } from '../../../shared/model/restrictions.ts';
import { longestTokenName, type ResponseType, responseTypes } from '../../../shared/model/sub-mytoken.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page, Section } from '../../components/Page.tsx';
import {
  type DraftHistory,
  emptyDraft,
  MytokenEditor,
  problemsAt,
  problemWords,
  ProfilePicker,
  review,
  Summary,
  useDraft,
  useTemplates,
  wishForCall,
} from '../../editor/index.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useTask } from '../../hooks/use-task.ts';
import { clauseWords } from '../../hooks/words.ts';
import { useInstance } from '../add-account/use-instance.ts';
import type { Place } from '../navigation.ts';
import { ResultPage } from './ResultPage.tsx';

/** A mytoken made from an account's: what it shall be, then what came back. */
export function ComposePage({
  account,
  go,
}: {
  readonly account: AccountView;
  readonly go: (place: Place) => void;
}): ReactNode {
  const [minted, setMinted] = useState<MintedView | null>(null);
  const back = (): void => go({ page: 'account', accountId: account.id });
  // Kept here, so that “make another one” finds the form as it was.
  const history = useDraft(() => ({ ...emptyDraft, name: `${account.displayName} sub` }));
  return minted === null ? (
    <ComposeForm account={account} history={history} onMinted={setMinted} onBack={back} />
  ) : (
    <ResultPage
      key={minted.resultId}
      minted={minted}
      account={account}
      onDone={back}
      onAnother={() => setMinted(null)}
    />
  );
}

function ComposeForm({
  account,
  history,
  onMinted,
  onBack,
}: {
  readonly account: AccountView;
  readonly history: DraftHistory;
  readonly onMinted: (minted: MintedView) => void;
  readonly onBack: () => void;
}): ReactNode {
  const { t, call, formatLocale } = useApp();
  const { draft, set } = history;
  const instance = useInstance(account.instanceUrl);
  const templates = useTemplates(account.instanceUrl);
  const nowMs = useNow(false) + (instance.view?.clockSkewMs ?? 0);
  const nowSeconds = Math.floor(nowMs / 1000);
  const found = review(draft, account, nowSeconds);
  const task = useTask();
  const nameProblem = problemsAt(found.problems, null, 'name')[0];
  const open =
    found.problems.length +
    found.wider.filter((keys) => keys.length > 0).length +
    (found.prediction?.refused ? 1 : 0) +
    (found.prediction?.droppedCapabilities.length ? 1 : 0);
  const inherits = normaliseRestrictions(draft.restrictions, nowSeconds).length === 0;

  if (!account.capabilities.includes('create_mytoken')) {
    return (
      <Page
        title={t('compose.title', { account: account.displayName })}
        action={<Back account={account} onBack={onBack} />}
      >
        <Alert severity="info">{t('compose.cannot')}</Alert>
      </Page>
    );
  }
  return (
    <Page
      title={t('compose.title', { account: account.displayName })}
      action={<Back account={account} onBack={onBack} />}
    >
      <ProfilePicker draft={draft} onChange={set} templates={templates} />
      <TextField
        label={t('compose.name')}
        value={draft.name}
        onChange={(event) => set({ ...draft, name: event.target.value })}
        error={nameProblem !== undefined}
        helperText={nameProblem === undefined ? t('compose.name-hint') : problemWords(t, nameProblem)}
        slotProps={{ htmlInput: { maxLength: longestTokenName + 1 } }}
      />
      {clauseFor(account.restrictions, { kind: 'other' }, { nowSeconds, ip: null, country: null }) ===
        null && <Alert severity="warning">{t('compose.parent.not-now')}</Alert>}
      {account.restrictions.length > 0 && (
        <Alert severity="info" icon={false}>
          <strong>{t('compose.parent.title')}</strong>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {account.restrictions.map((clause, index) => (
              <li key={JSON.stringify(clause)}>
                {account.restrictions.length > 1 && t('restriction.alternative', { number: index + 1 })}{' '}
                {clauseWords(t, clause, formatLocale).join(' ')}
              </li>
            ))}
          </Box>
        </Alert>
      )}
      <MytokenEditor
        history={history}
        review={found}
        parent={account}
        providerScopes={account.providerScopes}
        restrictionKeys={instance.view?.restrictionKeys ?? null}
        nowMs={nowMs}
      />
      <Section title={t('compose.type.title')}>
        <TextField
          select
          label={t('compose.type.title')}
          value={draft.responseType}
          onChange={(event) => set({ ...draft, responseType: event.target.value as ResponseType })}
          helperText={t(`compose.type.${draft.responseType}-hint`)}
          sx={{ maxWidth: 420 }}
        >
          {responseTypes.map((type) => (
            <MenuItem key={type} value={type}>
              {t(`compose.type.${type}`)}
            </MenuItem>
          ))}
        </TextField>
      </Section>
      <Section title={t('compose.summary.title')}>
        <Summary
          capabilities={draft.capabilities}
          restrictions={inherits ? account.restrictions : draft.restrictions}
          rotation={draft.rotation}
          cautions={found.cautions}
        />
        {found.prediction?.refused && (
          <Alert severity="error">{t(`compose.refused.${found.prediction.refused}`)}</Alert>
        )}
        {found.prediction !== null && found.prediction.droppedCapabilities.length > 0 && (
          <Alert severity="error">
            {t('compose.dropped', { list: listOf([...found.prediction.droppedCapabilities], formatLocale) })}
          </Alert>
        )}
        {found.prediction?.outcome === 'all-lost' && <Alert severity="error">{t('compose.wider.all')}</Alert>}
        <ErrorNotice error={task.error} />
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
          <Button
            variant="contained"
            size="large"
            disabled={!found.sendable || task.busy}
            onClick={() => {
              void task.run(async () => {
                onMinted(await call('compose:issue', { accountId: account.id, wish: wishForCall(draft) }));
              });
            }}
          >
            {t('compose.issue')}
          </Button>
          {!found.sendable && (
            <Typography variant="body2" color="error" role="status">
              {t('compose.fix-first', { count: open })}
            </Typography>
          )}
        </Box>
      </Section>
    </Page>
  );
}

function Back({
  account,
  onBack,
}: {
  readonly account: AccountView;
  readonly onBack: () => void;
}): ReactNode {
  const { t } = useApp();
  return (
    <Button startIcon={<ArrowBack />} onClick={onBack}>
      {t('compose.back', { account: account.displayName })}
    </Button>
  );
}
