import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import type { CallArgs } from '../../shared/ipc/contract.ts';
import type {
  AccessTokenContent,
  ApprovalContent,
  ApprovalDecision,
  ApprovalOption,
  ApprovalView,
  GrantDuration,
} from '../../shared/model/approval.ts';
import { textWarning } from '../../shared/model/text-warnings.ts';
import { compareWish } from '../../shared/model/wish-comparison.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useAnnounce } from '../components/Live.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { useNow } from '../hooks/use-now.ts';
import { useTask } from '../hooks/use-task.ts';
import { hostOf } from '../hooks/words.ts';
import { AccountChoice } from './AccountChoice.tsx';
import { AccessTokenWanted } from './AccessTokenWanted.tsx';
import { Answers } from './Answers.tsx';
import { CallerDetails } from './CallerDetails.tsx';
import { Comparison } from './Comparison.tsx';
import { Locked } from './Locked.tsx';
import type { GivenWish } from './NarrowMytoken.tsx';
import { NewAccountFacts } from './NewAccountFacts.tsx';
import { Over } from './Over.tsx';
import { programName } from './program-name.ts';
import { Remember } from './Remember.tsx';
import { useArmed } from './use-armed.ts';
import { Who } from './Who.tsx';

type Narrowed = NonNullable<CallArgs<'approval:decide'>['narrowed']>;

const NarrowMytoken = lazy(async () => ({ default: (await import('./NarrowMytoken.tsx')).NarrowMytoken }));

/** Who asks, what for, for how long; “no” is what happens by itself. */
export function ApprovalScreen({
  approval,
  onScreen,
  over,
  missed,
  overAnswers,
}: {
  readonly approval: ApprovalView;
  /** It has been drawn, and its window can be seen. */
  readonly onScreen: boolean;
  /** Its time ran out: there is nothing to answer any more. */
  readonly over: boolean;
  readonly missed: ApprovalView | null;
  readonly overAnswers: ReactNode;
}): ReactNode {
  const { t, call } = useApp();
  const [chosenId, setChosenId] = useState(approval.account?.id ?? null);
  const chosen = approval.others.find((other) => other.account.id === chosenId) ?? approval;
  const { content, account, grantable } = chosen;
  const announce = useAnnounce();
  const armed = useArmed(
    onScreen && !over ? `${approval.contentHash} ${chosenId ?? ''} ${approval.unlockFirst ?? ''}` : null,
  );
  const nowMs = useNow(true);
  const nowSeconds = Math.floor(nowMs / 1000);
  const task = useTask();
  const heading = useRef<HTMLHeadingElement>(null);
  const [grant, setGrant] = useState<GrantDuration>('once');
  const [given, setGiven] = useState<AccessTokenContent | null>(
    content.kind === 'access-token' ? content : null,
  );
  const [narrowing, setNarrowing] = useState(false);
  const [wish, setWish] = useState<GivenWish | null>(null);

  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (armed) announce(t('approval.armed'));
  }, [armed, announce, t]);

  /** What one account would give has nothing to do with what another would. */
  const choose = ({ account: next, content: offered }: ApprovalOption): void => {
    setChosenId(next.id);
    setGiven(offered.kind === 'access-token' ? offered : null);
    setNarrowing(false);
    setWish(null);
  };

  const narrowed = narrowedFrom(content, given, narrowing ? wish : null);
  const decide = (decision: ApprovalDecision['decision']): void => {
    void task.run(() =>
      call('approval:decide', {
        id: approval.id,
        contentHash: approval.contentHash,
        decision,
        grant: grantable ? grant : 'once',
        ...(account === null ? {} : { accountId: account.id }),
        ...(narrowed !== null && decision === 'allow' ? { narrowed } : {}),
      }),
    );
  };

  return (
    <Box
      component="main"
      sx={{ height: '100%', display: 'flex', flexDirection: 'column', overflow: 'auto' }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        if (over) window.close();
        else decide('deny');
      }}
    >
      {/* Never less than some lines, so that large print leaves something to read: then the whole page scrolls. */}
      <Box
        sx={{
          flex: '1 0 0px',
          minHeight: over ? 'min(40%, 16rem)' : 'min(60%, 16rem)',
          overflow: 'auto',
          p: { xs: 2, sm: 3 },
          display: 'flex',
          flexDirection: 'column',
          gap: 2,
          '& > *': { flex: 'none' },
        }}
      >
        {missed !== null && (
          <Alert severity="warning">{t('approval.missed', { program: programName(missed.caller, t) })}</Alert>
        )}
        <Who approval={approval} heading={heading} />
        <Alert severity={content.kind === 'access-token' ? 'info' : 'warning'}>
          {t(`approval.consequence.${content.kind}`, {
            account: account?.displayName ?? (content.kind === 'import-account' ? content.name : ''),
            provider: hostOf(account?.oidcIssuer ?? ('oidcIssuer' in content ? content.oidcIssuer : '')),
          })}
          {approval.asked > 1 && ` ${t('approval.asked', { count: approval.asked })}`}
        </Alert>
        <Locked approval={approval} />
        {approval.account !== null && approval.others.length > 0 ? (
          <AccountChoice
            options={[{ ...approval, account: approval.account }, ...approval.others]}
            chosenId={account?.id ?? ''}
            onChoose={choose}
          />
        ) : (
          account !== null && (
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              {t('approval.account', { account: account.displayName, provider: hostOf(account.oidcIssuer) })}
            </Typography>
          )
        )}
        {content.kind === 'access-token' && given !== null && (
          <AccessTokenWanted asked={content} given={given} onChange={setGiven} />
        )}
        {content.kind === 'mytoken' && (
          <>
            <Comparison
              title={t('approval.would-get')}
              against="account"
              comparison={compareWish(content.wish, content.parent, nowSeconds)}
              nowMs={nowMs}
            />
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              {t('approval.mytoken-name', { name: content.wish.name })}{' '}
              {textWarning(content.wish.name) !== null && `(${t('approval.odd-letters')}) `}
              {t('approval.revocable')}
            </Typography>
            <Box>
              <Button
                variant="outlined"
                aria-expanded={narrowing}
                onClick={() => setNarrowing((before) => !before)}
              >
                {t(narrowing ? 'approval.as-asked' : 'approval.narrow')}
              </Button>
            </Box>
            {narrowing && (
              <Suspense fallback={null}>
                <NarrowMytoken key={chosenId} content={content} nowMs={nowMs} onChange={setWish} />
              </Suspense>
            )}
          </>
        )}
        {(content.kind === 'import-account' || content.kind === 'add-account') && (
          <NewAccountFacts content={content} />
        )}
        {grantable && <Remember value={grant} onChange={setGrant} />}
        <ErrorNotice error={task.error} />
        <CallerDetails approval={approval} account={account} />
      </Box>
      {over ? (
        <Over program={programName(approval.caller, t)} />
      ) : (
        <Answers
          approval={approval}
          nowMs={nowMs}
          armed={armed}
          busy={task.busy}
          allowable={narrowing ? wish !== null : isSomething(content, given)}
          decide={decide}
        >
          {overAnswers}
        </Answers>
      )}
    </Box>
  );
}

/** What is given, where that is less than was asked for; null where it is not. */
function narrowedFrom(
  content: ApprovalContent,
  given: AccessTokenContent | null,
  wish: GivenWish | null,
): Narrowed | null {
  if (wish !== null) return { kind: 'mytoken', wish };
  if (content.kind !== 'access-token' || given === null) return null;
  const less = given.scope.length < content.scope.length || given.audience.length < content.audience.length;
  return less ? { ...given, scope: [...given.scope], audience: [...given.audience] } : null;
}

/** Naming nothing would mean the default: without any of the scopes or audiences that were asked for there is only “no”. */
function isSomething(content: ApprovalContent, given: AccessTokenContent | null): boolean {
  if (content.kind !== 'access-token' || given === null) return true;
  return (
    (content.scope.length === 0 || given.scope.length > 0) &&
    (content.audience.length === 0 || given.audience.length > 0)
  );
}
