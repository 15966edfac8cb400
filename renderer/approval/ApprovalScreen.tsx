import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  type ApprovalDecision,
  type ApprovalView,
  type GrantDuration,
  grantDurations,
} from '../../shared/model/approval.ts';
import { normaliseRestrictions } from '../../shared/model/restrictions.ts';
import type { ParentMytoken } from '../../shared/model/sub-mytoken.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useAnnounce } from '../components/Live.tsx';
import { MytokenEditor, review, Summary, useDraft, wishForCall } from '../editor/index.ts';
import { useApp } from '../hooks/app-context.tsx';
import { listOf, minutesAndSeconds } from '../hooks/time-texts.ts';
import { useNow } from '../hooks/use-now.ts';
import { useTask } from '../hooks/use-task.ts';
import { hostOf } from '../hooks/words.ts';
import { CallerDetails } from './CallerDetails.tsx';
import { NewAccountFacts } from './NewAccountFacts.tsx';
import { useArmed } from './use-armed.ts';

/** Who asks, what for, for how long; “no” is what happens by itself. */
export function ApprovalScreen({
  approval,
  onScreen,
}: {
  readonly approval: ApprovalView;
  /** It has been drawn, and its window can be seen. */
  readonly onScreen: boolean;
}): ReactNode {
  const { t, call } = useApp();
  const { content, caller, account } = approval;
  const announce = useAnnounce();
  const armed = useArmed(onScreen ? `${approval.contentHash} ${approval.unlockFirst ?? ''}` : null);
  const nowMs = useNow(true);
  const nowSeconds = Math.floor(nowMs / 1000);
  const task = useTask();
  const heading = useRef<HTMLHeadingElement>(null);
  const [grant, setGrant] = useState<GrantDuration>('once');
  const [narrowing, setNarrowing] = useState(false);
  const asked = content.kind === 'mytoken' ? content.wish : null;
  const history = useDraft(
    () => asked ?? { name: '', capabilities: [], restrictions: [], rotation: null, responseType: 'token' },
  );
  // Only reductions: what was asked for is the parent of what is given. Asking for no limits means having the account's.
  const restrictions = asked?.restrictions.length
    ? asked.restrictions
    : content.kind === 'mytoken'
      ? content.parent.restrictions
      : [];
  const limit: ParentMytoken | null =
    asked === null
      ? null
      : { capabilities: asked.capabilities, restrictions: normaliseRestrictions(restrictions, nowSeconds) };
  const found = limit === null ? null : review(history.draft, limit, nowSeconds);
  const program = caller.program === '' ? t('approval.unknown-program') : caller.program;

  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (armed) announce(t('approval.armed'));
  }, [armed, announce, t]);

  const decide = (decision: ApprovalDecision['decision']): void => {
    void task.run(() =>
      call('approval:decide', {
        id: approval.id,
        contentHash: approval.contentHash,
        decision,
        grant: approval.grantable ? grant : 'once',
        ...(narrowing && decision === 'allow'
          ? { narrowed: { kind: 'mytoken' as const, wish: wishForCall(history.draft) } }
          : {}),
      }),
    );
  };
  const blocked =
    !armed || approval.unlockFirst !== null || task.busy || (narrowing && found?.sendable === false);

  return (
    <Box
      component="main"
      sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) decide('deny');
      }}
    >
      <Box sx={{ flex: 1, overflow: 'auto', p: 3, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Typography
          variant="h1"
          tabIndex={-1}
          ref={heading}
          sx={{ outline: 'none', overflowWrap: 'anywhere' }}
        >
          {t(`approval.title.${content.kind}`, { program })}
        </Typography>
        {caller.claims.application !== null && (
          <Typography variant="body2" color="textSecondary">
            {t('approval.claims', { application: caller.claims.application })}
          </Typography>
        )}
        {!caller.verified && <Alert severity="warning">{t('approval.unverified')}</Alert>}
        {caller.via === 'ssh' && <Alert severity="warning">{t('approval.via-ssh')}</Alert>}
        {caller.confinement !== null && (
          <Alert severity="info">{t('approval.confined', { kind: caller.confinement })}</Alert>
        )}
        <Alert severity={content.kind === 'mytoken' ? 'warning' : 'info'}>
          {t(`approval.consequence.${content.kind}`, {
            account: account?.displayName ?? (content.kind === 'import-account' ? content.name : ''),
            provider: hostOf(account?.oidcIssuer ?? ('oidcIssuer' in content ? content.oidcIssuer : '')),
          })}
          {approval.asked > 1 && ` ${t('approval.asked', { count: approval.asked })}`}
        </Alert>
        {approval.unlockFirst !== null && (
          <Alert
            severity="warning"
            action={
              <Button
                color="inherit"
                size="small"
                disabled={task.busy}
                onClick={() => void task.run(() => call('approval:unlock', null))}
              >
                {t('lock.unlock')}
              </Button>
            }
          >
            {t(`approval.unlock-first.${approval.unlockFirst}`)}
          </Alert>
        )}
        {content.kind === 'access-token' ? (
          <Wanted scope={content.scope} audience={content.audience} />
        ) : content.kind !== 'mytoken' ? (
          <NewAccountFacts content={content} />
        ) : narrowing && found !== null ? (
          <>
            <MytokenEditor
              history={history}
              review={found}
              parent={limit}
              providerScopes={[]}
              restrictionKeys={null}
              nowMs={nowMs}
            />
            <Summary
              capabilities={history.draft.capabilities}
              restrictions={history.draft.restrictions.length > 0 ? history.draft.restrictions : restrictions}
              rotation={history.draft.rotation}
              cautions={found.cautions}
            />
          </>
        ) : (
          <>
            <Summary
              capabilities={content.wish.capabilities}
              restrictions={restrictions}
              rotation={content.wish.rotation}
              cautions={found?.cautions ?? []}
            />
            <Box>
              <Button onClick={() => setNarrowing(true)}>{t('approval.narrow')}</Button>
            </Box>
          </>
        )}
        {approval.grantable && (
          <TextField
            select
            label={t('approval.remember')}
            value={grant}
            onChange={(event) => setGrant(event.target.value as GrantDuration)}
            sx={{ maxWidth: 320 }}
          >
            {grantDurations.map((duration) => (
              <MenuItem key={duration} value={duration}>
                {t(`approval.remember.${duration}`)}
              </MenuItem>
            ))}
          </TextField>
        )}
        <ErrorNotice error={task.error} />
        <CallerDetails approval={approval} />
      </Box>
      <Box sx={{ p: 2, borderTop: 1, borderColor: 'divider', bgcolor: 'background.paper' }}>
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <Button variant="outlined" disabled={task.busy} onClick={() => decide('deny')}>
            {t('approval.deny')}
          </Button>
          {approval.waiting > 0 && (
            <Button disabled={task.busy} onClick={() => decide('deny-all')}>
              {t('approval.deny-all', { count: approval.waiting + 1 })}
            </Button>
          )}
          {approval.offerBlock && (
            <Button color="error" disabled={task.busy} onClick={() => decide('block')}>
              {t('approval.block')}
            </Button>
          )}
          <Box sx={{ flex: 1 }} />
          <Button variant="contained" disabled={blocked} onClick={() => decide('allow')}>
            {t('approval.allow')}
          </Button>
        </Box>
        <Typography
          variant="body2"
          color="textSecondary"
          role="timer"
          sx={{ mt: 1, fontVariantNumeric: 'tabular-nums' }}
        >
          {t('approval.left', { time: minutesAndSeconds(approval.deadlineAtMs - nowMs) })}
        </Typography>
      </Box>
    </Box>
  );
}

function Wanted({
  scope,
  audience,
}: {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}): ReactNode {
  const { t, formatLocale } = useApp();
  return (
    <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
      <li>
        {scope.length === 0
          ? t('approval.default-scopes')
          : t('approval.scopes', { list: listOf([...scope], formatLocale) })}
      </li>
      {audience.length > 0 && (
        <li>{t('approval.audience', { list: listOf([...audience], formatLocale) })}</li>
      )}
    </Box>
  );
}
