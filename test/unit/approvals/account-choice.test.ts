import { describe, expect, it } from 'vitest';
import { unknownCaller } from '../../../electron/agent/index.ts';
import { repeatableOf } from '../../../electron/agent/desk/repeatable.ts';
import {
  createApprovals,
  createBlocks,
  createGrants,
  type Question,
} from '../../../electron/approvals/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import type {
  AccessTokenContent,
  ApprovalAccount,
  ApprovalDecision,
} from '../../../shared/model/approval.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryActivity } from '../../support/memory-activity.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const caller = { ...unknownCaller('agent-socket'), verified: true, program: 'job', identity: 'id-job' };

function account(id: string): ApprovalAccount {
  return { id, displayName: id, shortname: id, instanceUrl: 'https://mt', oidcIssuer: 'https://op' };
}
function token(...scope: readonly string[]): AccessTokenContent {
  return { kind: 'access-token', scope, audience: [] };
}
/** By issuer: `a` is meant, `b` or `c` may be chosen instead. */
function byIssuer(change: Partial<Question> = {}): Question {
  return {
    ...{ caller, account: account('a'), policy: 'ask-once', content: token('openid'), waitMs: 60_000 },
    others: [
      { account: account('b'), policy: 'ask-once', content: token('openid', 'email') },
      { account: account('c'), policy: 'ask-always', content: token('openid') },
    ],
    ...change,
  };
}
/** By name, of what the request by issuer would get of that account. */
function byName(id: string, content: AccessTokenContent = token('openid')): Question {
  return { caller, account: account(id), policy: 'ask-once', content, waitMs: 60_000 };
}

function bench() {
  const clock = new FakeClock();
  const grants = createGrants(clock);
  const activity = memoryActivity(clock);
  const approvals = createApprovals({
    gate: () => ({ closed: null, unlockFirst: null }),
    ...{ grants, blocks: createBlocks(clock), activity, clock, log: new RecordingLog() },
  });
  const decide = (decision: ApprovalDecision['decision'], change: Partial<ApprovalDecision> = {}): void => {
    const current = approvals.current();
    if (current === null) throw new Error('nothing is asked');
    const { id, contentHash } = current;
    approvals.shown(id);
    clock.advance(1_000);
    approvals.decide({ id, contentHash, decision, grant: 'once', ...change });
  };
  const ask = async (question: Question): Promise<string> => {
    try {
      const { account: of, content } = await approvals.ask(question);
      return `${of?.id ?? ''}: ${content.kind === 'access-token' ? content.scope.join(' ') : content.kind}`;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { clock, grants, activity, approvals, decide, ask };
}

describe('several accounts that can answer', () => {
  it('are all shown, each with what it would give and whether that can be remembered', () => {
    const { approvals } = bench();
    void approvals.ask(byIssuer());
    expect(approvals.current()).toMatchObject({
      account: { id: 'a' },
      grantable: true,
      others: [
        { account: { id: 'b' }, content: token('openid', 'email'), grantable: true },
        { account: { id: 'c' }, content: token('openid'), grantable: false },
      ],
    });
  });

  it.each([
    [undefined, 'a: openid'],
    ['a', 'a: openid'],
    ['b', 'b: openid email'],
    ['c', 'c: openid'],
  ])('chosen %s: that one gives what it was shown with, and is recorded', async (accountId, given) => {
    const { ask, decide, activity } = bench();
    const asked = ask(byIssuer());
    decide('allow', { accountId });
    expect(await asked).toBe(given);
    expect(activity.list()[0]).toMatchObject({ outcome: 'allowed', by: 'user', accountId: accountId ?? 'a' });
  });

  it('R-64 one that was not shown cannot be chosen', async () => {
    const { ask, decide } = bench();
    const asked = ask(byIssuer());
    expect(() => decide('allow', { accountId: 'd' })).toThrow(
      expect.objectContaining({ code: 'agent/request-gone' }),
    );
    decide('deny');
    expect(await asked).toBe('agent/denied');
  });

  it('R-64 the hash is of all that can be chosen', () => {
    const { approvals, ask, decide } = bench();
    const hashes = [byIssuer(), byIssuer({ others: [] })].map((question) => {
      void ask(question);
      const shown = approvals.current()?.contentHash;
      decide('allow');
      return shown;
    });
    expect(new Set(hashes).size).toBe(2);
  });

  it('R-68 less is less than what the chosen one was shown with', async () => {
    const { ask, decide } = bench();
    const asked = ask(byIssuer());
    expect(() => decide('allow', { accountId: 'a', narrowed: token('email') })).toThrow('less');
    decide('allow', { accountId: 'b', narrowed: token('email') });
    expect(await asked).toBe('b: email');
  });

  it('R-67 what is remembered is for the chosen one, and answers the same request from then on', async () => {
    const { ask, decide, approvals, grants, activity } = bench();
    const first = ask(byIssuer());
    decide('allow', { accountId: 'b', grant: '15min' });
    await first;
    expect(grants.list()).toMatchObject([{ accountId: 'b', scope: ['openid', 'email'] }]);
    expect(await ask(byIssuer())).toBe('b: openid email');
    expect(activity.list()[0]).toMatchObject({ by: 'grant', accountId: 'b' });
    expect(grants.list()).toMatchObject([{ uses: 1 }]);
    void ask(byName('a'));
    expect(approvals.count()).toBe(1);
  });

  it('R-67 one that has to be asked about every time is not remembered', async () => {
    const { ask, decide, grants } = bench();
    const asked = ask(byIssuer());
    decide('allow', { accountId: 'c', grant: '1h' });
    await asked;
    expect(grants.list()).toEqual([]);
  });

  it('rules of the one that is meant come first; those of the others choose nothing', async () => {
    const { ask, decide, approvals } = bench();
    const remembered = ask(byName('b', token('openid', 'email')));
    decide('allow', { grant: '15min' });
    await remembered;
    expect(await ask(byIssuer({ policy: 'allow' }))).toBe('a: openid');
    expect(await ask(byIssuer({ keyed: true }))).toBe('a: openid');
    expect(await ask(byIssuer({ policy: 'deny' }))).toBe('agent/denied');
    const others = [{ account: account('b'), policy: 'allow' as const, content: token('openid') }];
    const asked = [byIssuer({ others }), byIssuer({ others, policy: 'ask-always', keyed: true })].map(ask);
    expect(approvals.current()).toMatchObject({ asked: 2 });
    decide('deny');
    expect(await Promise.all(asked)).toEqual(['agent/denied', 'agent/denied']);
  });

  it('a no is one for all of them; by name too', async () => {
    const { ask, decide, clock, approvals } = bench();
    const asked = ask(byIssuer());
    decide('deny');
    expect(await asked).toBe('agent/denied');
    expect(await ask(byIssuer())).toBe('agent/too-many-requests');
    expect(await ask(byName('a'))).toBe('agent/too-many-requests');
    expect(await ask(byName('b', token('openid', 'email')))).toBe('agent/too-many-requests');
    expect(approvals.current()).toBeNull();
    clock.advance(30_000);
    void ask(byIssuer());
    // It was refused once, however many accounts it was about.
    expect(approvals.current()).toMatchObject({ offerBlock: false });
  });

  it('a no to one of them is none to the others', async () => {
    const { ask, decide, approvals } = bench();
    const asked = ask(byName('a'));
    decide('deny');
    await asked;
    void ask(byIssuer());
    expect(approvals.current()).toMatchObject({ account: { id: 'a' } });
  });

  it('R-63 shares its question with no request for one of them alone', async () => {
    const { ask, decide, approvals } = bench();
    const [issuer, same, name] = [ask(byIssuer()), ask(byIssuer()), ask(byName('a'))];
    expect(approvals.current()).toMatchObject({ asked: 2, waiting: 1 });
    decide('allow', { accountId: 'b' });
    expect(await issuer).toBe('b: openid email');
    expect(await same).toBe('b: openid email');
    decide('allow');
    expect(await name).toBe('a: openid');
  });

  it.each(['a', 'b'])('ends when %s is removed: what was shown is not there any more', async (id) => {
    const { ask, approvals } = bench();
    const asked = ask(byIssuer());
    approvals.forgetAccount(id);
    expect(await asked).toBe('accounts/not-found');
    expect(approvals.current()).toBeNull();
  });

  it('a yes that stands is for the account it was given to: only its answers are given again', () => {
    const { approvals, grants, clock } = bench();
    const repeatable = (accountId: string) =>
      repeatableOf(
        { approvals, accounts: { markUsed: () => undefined }, clock },
        {
          ...{ question: byIssuer(), given: token('openid', 'email'), accountId, minValidMs: null },
          grant: {
            ...{ accountId, accessToken: new Secret('t'), tokenType: 'Bearer', issuer: 'https://op' },
            ...{ expiresAtMs: clock.nowMs() + 3_600_000, scope: [], audience: [], fromCache: true },
          },
        },
      );
    expect(repeatable('b')).toBeNull();
    const given = token('openid', 'email');
    grants.add({ caller, accountId: 'b', ...given }, given, '1h');
    expect(approvals.standing(byIssuer())).toMatchObject({ account: { id: 'b' } });
    expect(repeatable('b')).not.toBeNull();
    expect(repeatable('a')).toBeNull();
  });
});
