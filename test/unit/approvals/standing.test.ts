import { describe, expect, it } from 'vitest';
import { repeatableOf } from '../../../electron/agent/desk/repeatable.ts';
import {
  createApprovals,
  createBlocks,
  createGrants,
  type Gate,
  type Question,
} from '../../../electron/approvals/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import type { AccessTokenContent } from '../../../shared/model/approval.ts';
import { unknownCaller } from '../../../electron/agent/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryActivity } from '../../support/memory-activity.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const account = {
  ...{ id: 'a', displayName: 'Alpha', shortname: 'alpha', instanceUrl: 'https://mt' },
  oidcIssuer: 'https://op',
};
const content: AccessTokenContent = { kind: 'access-token', scope: ['openid', 'email'], audience: [] };
const caller = { ...unknownCaller('agent-socket'), verified: true, program: 'job', identity: 'id-job' };

function question(change: Partial<Question> = {}): Question {
  return { caller, account, policy: 'ask-once', waitMs: 60_000, content, ...change };
}

function bench() {
  const clock = new FakeClock();
  const grants = createGrants(clock);
  const blocks = createBlocks(clock);
  const activity = memoryActivity(clock);
  const gate: { -readonly [K in keyof Gate]: Gate[K] } = { closed: null, unlockFirst: null };
  const log = new RecordingLog();
  const approvals = createApprovals({ gate: () => gate, grants, blocks, activity, clock, log });
  const used: string[] = [];
  const accounts = { markUsed: (accountId: string) => void used.push(accountId) };
  const repeatable = (
    asked: Question,
    { lifeMs = 3_600_000, minValidMs = null as number | null, given = content } = {},
  ) =>
    repeatableOf(
      { approvals, accounts, clock },
      {
        ...{ question: asked, given, accountId: 'a', minValidMs },
        grant: {
          ...{ accountId: 'a', accessToken: new Secret('t'), tokenType: 'Bearer', issuer: 'https://op' },
          ...{ expiresAtMs: clock.nowMs() + lifeMs, scope: [], audience: [], fromCache: true },
        },
      },
    );
  const subject = { caller, accountId: 'a', scope: content.scope, audience: content.audience };
  return { clock, grants, blocks, activity, gate, approvals, used, repeatable, subject };
}

describe('a yes that stands', () => {
  it('is there by policy or by a grant, and as long as that', () => {
    const { approvals, grants, subject, clock } = bench();
    expect(approvals.standing(question({ policy: 'allow' }))?.endsInMs).toBe(Infinity);
    expect(approvals.standing(question())).toBeNull();
    grants.add(subject, subject, '15min');
    clock.advance(60_000);
    expect(approvals.standing(question())?.endsInMs).toBe(14 * 60_000);
    clock.advance(14 * 60_000);
    expect(approvals.standing(question())).toBeNull();
  });

  it('is not there for who is asked always, denied, blocked, nobody, or while anything is closed', () => {
    const { approvals, grants, blocks, gate, subject } = bench();
    grants.add(subject, subject, 'until-quit');
    expect(approvals.standing(question())).not.toBeNull();
    expect(approvals.standing(question({ policy: 'ask-always' }))).toBeNull();
    expect(approvals.standing(question({ policy: 'deny' }))).toBeNull();
    expect(approvals.standing(question({ caller: { ...caller, identity: 'id-other' } }))).toBeNull();
    expect(approvals.standing(question({ caller: { ...caller, identity: null } }))).toBeNull();
    expect(approvals.standing(question({ content: { ...content, scope: ['admin'] } }))).toBeNull();
    for (const closed of ['locked', 'paused'] as const) {
      gate.closed = closed;
      expect(approvals.standing(question({ policy: 'allow' })), closed).toBeNull();
    }
    gate.closed = null;
    for (const unlockFirst of ['app', 'store'] as const) {
      gate.unlockFirst = unlockFirst;
      expect(approvals.standing(question({ policy: 'allow' })), unlockFirst).toBeNull();
    }
    gate.unlockFirst = null;
    blocks.add(caller);
    expect(approvals.standing(question({ policy: 'allow' }))).toBeNull();
    approvals.stop();
    expect(
      approvals.standing(question({ policy: 'allow', caller: { ...caller, identity: 'x' } })),
    ).toBeNull();
  });

  it('R-69 looking at it records nothing, a use is recorded and counted', () => {
    const { grants, activity, repeatable, subject, used } = bench();
    grants.add(subject, subject, '1h');
    const found = repeatable(question());
    expect(activity.list()).toHaveLength(0);
    expect(grants.list()[0]?.uses).toBe(0);
    found?.repeated(3);
    found?.repeated(1);
    expect(grants.list()[0]?.uses).toBe(4);
    expect(activity.list()[0]).toMatchObject({ outcome: 'allowed', by: 'grant', program: 'job', count: 4 });
    expect(used).toEqual(['a', 'a']);
  });

  it('a use that is told after the grant was taken back is still recorded', () => {
    const { grants, activity, repeatable, subject } = bench();
    const view = grants.add(subject, subject, '1h');
    const found = repeatable(question());
    grants.revoke(view?.id ?? '');
    found?.repeated(1);
    expect(activity.list()).toHaveLength(1);
    expect(grants.list()).toHaveLength(0);
  });
});

describe('what was answered by rule is decided anew', () => {
  it('not because a question came, was shown, was withdrawn or ran out', async () => {
    const { approvals, clock } = bench();
    let ruled = 0;
    const end = approvals.onRuled(() => (ruled += 1));
    const leave = new AbortController();
    const withdrawn = approvals.ask(question(), leave.signal).catch(() => 'withdrawn');
    approvals.shown(approvals.current()?.id ?? '');
    leave.abort();
    const late = approvals.ask(question()).catch(() => 'late');
    clock.advance(61_000);
    expect([await withdrawn, await late]).toEqual(['withdrawn', 'late']);
    expect(ruled).toBe(0);
    end();
  });

  it('after each decision, before its outcome is told, when the gate moved, and at the end', async () => {
    const { approvals, clock } = bench();
    const told: string[] = [];
    approvals.onRuled(() => told.push('ruled'));
    approvals.onChange(() => told.push('changed'));
    const asked = approvals.ask(question()).catch(() => told.push('denied'));
    const { id, contentHash } = approvals.current() ?? { id: '', contentHash: '' };
    clock.advance(1_000);
    told.length = 0;
    approvals.decide({ id, contentHash, decision: 'block', grant: 'once' });
    expect(told[0]).toBe('ruled');
    await asked;
    for (const change of [() => approvals.gateMoved(), () => approvals.stop()]) {
      told.length = 0;
      change();
      expect(told).toContain('ruled');
    }
  });
});

describe('for how long an answer may be given again', () => {
  it('while the token is good for what was asked, or a minute where nothing was', () => {
    const { repeatable } = bench();
    const allowed = question({ policy: 'allow' });
    expect(repeatable(allowed, { lifeMs: 100_000 })?.forMs).toBe(40_000);
    expect(repeatable(allowed, { lifeMs: 100_000, minValidMs: 0 })?.forMs).toBe(95_000);
    expect(repeatable(allowed, { lifeMs: 100_000, minValidMs: 90_000 })?.forMs).toBe(10_000);
    expect(repeatable(allowed, { lifeMs: 100_000, minValidMs: 100_000 })).toBeNull();
    expect(repeatable(allowed, { lifeMs: 60_000 })).toBeNull();
  });

  it('not longer than the grant, and never when the rule comes to something else than what was given', () => {
    const { repeatable, grants, subject, clock } = bench();
    grants.add(subject, subject, '15min');
    clock.advance(15 * 60_000 - 7_000);
    expect(repeatable(question())?.forMs).toBe(7_000);
    const less = { ...content, scope: ['openid'] };
    expect(repeatable(question(), { given: less })).toBeNull();
  });
});
