import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createApprovals,
  createBlocks,
  createGrants,
  type Gate,
  type Question,
} from '../../../electron/approvals/index.ts';
import type { ApprovalContent, ApprovalDecision } from '../../../shared/model/approval.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryActivity } from '../../support/memory-activity.ts';
import { RecordingLog } from '../../support/recording-log.ts';

function caller(change: Partial<CallerView> = {}): CallerView {
  return {
    ...{
      door: 'agent-socket',
      verified: true,
      pid: 42,
      uid: 1000,
      program: 'job',
      executable: '/usr/bin/job',
    },
    ...{ commandLine: ['job'], workingDirectory: '/', chain: [], via: null, confinement: null },
    ...{ claims: { application: null }, identity: 'id-job' },
    ...change,
  };
}

const account = {
  ...{
    id: 'a',
    displayName: 'Alpha',
    shortname: 'alpha',
    instanceUrl: 'https://mt',
    oidcIssuer: 'https://op',
  },
};
const wish: SubMytokenWish = {
  ...{ name: 'job', capabilities: ['AT', 'tokeninfo'], rotation: null, responseType: 'short_token' },
  restrictions: [{ exp: '+1d', usages_AT: 5 }],
};
const mytoken: ApprovalContent = {
  kind: 'mytoken',
  wish,
  parent: { capabilities: ['AT'], restrictions: [] },
};

function question(change: Partial<Question> = {}): Question {
  return {
    ...{ caller: caller(), account, policy: 'ask-once', waitMs: 60_000 },
    content: { kind: 'access-token', scope: ['openid'], audience: [] },
    ...change,
  };
}

function bench() {
  const clock = new FakeClock();
  const grants = createGrants(clock);
  const blocks = createBlocks(clock);
  const activity = memoryActivity(clock);
  const gate: { -readonly [K in keyof Gate]: Gate[K] } = { closed: null, unlockFirst: null };
  const approvals = createApprovals({
    gate: () => gate,
    grants,
    blocks,
    activity,
    clock,
    log: new RecordingLog(),
  });
  const outcome = (asked: Promise<unknown>): { value: string } => {
    const seen = { value: 'waiting' };
    asked.then(
      () => (seen.value = 'allowed'),
      (error: unknown) => (seen.value = (error as { code: string }).code),
    );
    return seen;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const decide = (decision: ApprovalDecision['decision'], change: Partial<ApprovalDecision> = {}): void => {
    const current = approvals.current();
    if (current === null) throw new Error('nothing is asked');
    approvals.shown(current.id);
    clock.advance(1_000);
    approvals.decide({
      id: current.id,
      contentHash: current.contentHash,
      decision,
      grant: 'once',
      ...change,
    });
  };
  return { clock, gate, grants, blocks, activity, approvals, outcome, settle, decide };
}

describe('a gate before the questions', () => {
  it('unlock first, then ask: nothing can be allowed before, and the time to read starts anew (R-59)', async () => {
    const { approvals, gate, clock, outcome, settle, decide } = bench();
    gate.unlockFirst = 'app';
    const asked = outcome(approvals.ask(question()));
    approvals.shown(approvals.current()?.id ?? '');
    expect(approvals.current()).toMatchObject({ unlockFirst: 'app' });
    expect(() => decide('allow')).toThrow(expect.objectContaining({ code: 'app/locked' }));
    gate.unlockFirst = null;
    approvals.gateMoved();
    const current = approvals.current();
    approvals.shown(current?.id ?? '');
    const yes = { id: current?.id ?? '', contentHash: current?.contentHash ?? '', grant: 'once' } as const;
    clock.advance(500);
    expect(() => approvals.decide({ ...yes, decision: 'allow' })).toThrow('not waiting');
    clock.advance(500);
    approvals.decide({ ...yes, decision: 'allow' });
    await settle();
    expect(asked.value).toBe('allowed');
  });

  it('refusing needs no unlocking', async () => {
    const { approvals, gate, outcome, settle, decide } = bench();
    gate.unlockFirst = 'store';
    const asked = outcome(approvals.ask(question()));
    decide('deny');
    await settle();
    expect(asked.value).toBe('agent/denied');
  });

  it('what needs nobody is refused at once while the app is locked, so that no script hangs', async () => {
    const { approvals, gate, activity } = bench();
    gate.unlockFirst = 'app';
    for (const needsNobody of [question({ policy: 'allow' }), question({ keyed: true })]) {
      await expect(approvals.ask(needsNobody)).rejects.toMatchObject({ code: 'app/locked', retryable: true });
    }
    expect(approvals.count()).toBe(0);
    expect(activity.list()[0]).toMatchObject({ outcome: 'refused', by: 'lock' });
    gate.unlockFirst = 'store';
    await expect(approvals.ask(question({ policy: 'allow' }))).resolves.toBeDefined();
  });

  it('a question whose time runs out while locked says so, for then asking again is worth it', async () => {
    const { approvals, gate, clock, outcome, settle } = bench();
    gate.unlockFirst = 'app';
    const asked = outcome(approvals.ask(question()));
    clock.advance(60_001);
    await settle();
    expect(asked.value).toBe('app/locked');
  });

  it.each(['locked', 'paused'] as const)('%s refuses what comes and what waits', async (closed) => {
    const { approvals, gate, outcome, settle } = bench();
    const waiting = outcome(approvals.ask(question()));
    gate.closed = closed;
    approvals.gateMoved();
    const coming = outcome(approvals.ask(question({ content: mytoken })));
    await settle();
    expect([waiting.value, coming.value]).toEqual([`app/${closed}`, `app/${closed}`]);
    expect(approvals.count()).toBe(0);
  });
});

describe('approving', () => {
  it('asks, and answers what was decided', async () => {
    const { approvals, outcome, settle, decide, activity } = bench();
    const first = outcome(approvals.ask(question()));
    const second = outcome(
      approvals.ask(question({ caller: caller({ identity: 'id-other', program: 'other' }) })),
    );
    expect(approvals.current()).toMatchObject({ waiting: 1, asked: 1, grantable: true });
    decide('allow');
    await settle();
    expect([first.value, second.value]).toEqual(['allowed', 'waiting']);
    decide('deny');
    await settle();
    expect(second.value).toBe('agent/denied');
    expect(activity.list().map(({ program, outcome: what, by }) => `${program} ${what} ${by}`)).toEqual([
      'other denied user',
      'job allowed user',
    ]);
  });

  it('follows the account’s policy', async () => {
    const { approvals } = bench();
    await expect(approvals.ask(question({ policy: 'allow' }))).resolves.toBeDefined();
    await expect(approvals.ask(question({ policy: 'deny' }))).rejects.toMatchObject({ code: 'agent/denied' });
    expect(approvals.current()).toBeNull();
  });

  it('a mytoken is always asked for, whatever was allowed before', async () => {
    const { approvals, decide, outcome, settle } = bench();
    const asked = outcome(approvals.ask(question({ policy: 'allow', content: mytoken })));
    expect(approvals.current()).toMatchObject({ grantable: false });
    decide('allow', { grant: 'until-quit' });
    await settle();
    expect(asked.value).toBe('allowed');
    const again = outcome(approvals.ask(question({ policy: 'allow', content: mytoken })));
    await settle();
    expect(again.value).toBe('waiting');
  });

  it('R-59 a click that comes before anybody can have read is no approval', async () => {
    const { approvals, clock, outcome, settle } = bench();
    const asked = outcome(approvals.ask(question()));
    const current = approvals.current();
    const decision = {
      id: current?.id ?? '',
      contentHash: current?.contentHash ?? '',
      grant: 'once',
    } as const;
    const allow = (): void => approvals.decide({ ...decision, decision: 'allow' });
    clock.advance(5_000);
    expect(allow).toThrow('not waiting'); // it was never on the screen
    approvals.shown('another');
    clock.advance(5_000);
    expect(allow).toThrow('not waiting');
    approvals.shown(decision.id);
    clock.advance(300);
    expect(allow).toThrow('not waiting');
    await settle();
    expect(asked.value).toBe('waiting');
    approvals.decide({ ...decision, decision: 'deny' }); // refusing needs no reading
    await settle();
    expect(asked.value).toBe('agent/denied');
  });

  it('R-63 identical requests share one question', async () => {
    const { approvals, outcome, settle, decide } = bench();
    const all = [1, 2, 3].map(() => outcome(approvals.ask(question())));
    expect(approvals.count()).toBe(1);
    expect(approvals.current()?.asked).toBe(3);
    decide('allow');
    await settle();
    expect(all.map(({ value }) => value)).toEqual(['allowed', 'allowed', 'allowed']);
  });

  it('R-63 at most five questions of one program and twenty in all', async () => {
    const { approvals } = bench();
    const of = (program: string, scope: string): Promise<unknown> =>
      approvals.ask(
        question({
          caller: caller({ identity: program }),
          content: { kind: 'access-token', scope: [scope], audience: [] },
        }),
      );
    for (let number = 0; number < 5; number += 1) of('one', `s${number}`).catch(() => undefined);
    await expect(of('one', 's9')).rejects.toMatchObject({ code: 'agent/too-many-requests', retryable: true });
    for (const program of ['two', 'three', 'four']) {
      for (let number = 0; number < 5; number += 1) of(program, `s${number}`).catch(() => undefined);
    }
    expect(approvals.count()).toBe(20);
    await expect(of('five', 's')).rejects.toMatchObject({ code: 'agent/too-many-requests' });
    approvals.stop();
  });

  it('R-63 a refused request is refused again without asking, longer each time; after three, blocking is offered', async () => {
    const { approvals, clock, decide, outcome, settle } = bench();
    for (const pauseMs of [30_000, 60_000, 120_000]) {
      const asked = outcome(approvals.ask(question()));
      decide('deny');
      await settle();
      expect(asked.value).toBe('agent/denied');
      await expect(approvals.ask(question())).rejects.toMatchObject({
        code: 'agent/too-many-requests',
        details: { retryAfterMs: pauseMs },
      });
      clock.advance(pauseMs);
    }
    const asked = outcome(approvals.ask(question()));
    expect(approvals.current()?.offerBlock).toBe(true);
    decide('block');
    await settle();
    expect(asked.value).toBe('agent/denied');
    await expect(
      approvals.ask(question({ content: { kind: 'access-token', scope: ['email'], audience: [] } })),
    ).rejects.toMatchObject({ code: 'agent/blocked' });
  });

  it('R-64 nobody answers: no. A late answer has no effect and makes no grant', async () => {
    const { approvals, clock, outcome, settle, grants } = bench();
    const asked = outcome(approvals.ask(question({ waitMs: 60_000 })));
    const late = approvals.current();
    clock.advance(60_000);
    await settle();
    expect(asked.value).toBe('agent/approval-timeout');
    expect(() =>
      approvals.decide({
        id: late?.id ?? '',
        contentHash: late?.contentHash ?? '',
        decision: 'allow',
        grant: '1h',
      }),
    ).toThrow('not waiting');
    expect(grants.list()).toEqual([]);
  });

  it('R-64 a program that goes takes its question along; another asking the same keeps it', async () => {
    const { approvals, outcome, settle } = bench();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = outcome(approvals.ask(question(), one.signal));
    const second = outcome(approvals.ask(question(), two.signal));
    one.abort();
    await settle();
    expect([first.value, second.value, approvals.count()]).toEqual(['agent/withdrawn', 'waiting', 1]);
    two.abort();
    await settle();
    expect([second.value, approvals.count()]).toEqual(['agent/withdrawn', 0]);
  });

  it('R-64 a decision about other content than is shown has no effect', async () => {
    const { approvals, clock, outcome, settle } = bench();
    const asked = outcome(approvals.ask(question()));
    const { id } = approvals.current() ?? { id: '' };
    clock.advance(1_000);
    expect(() => approvals.decide({ id, contentHash: 'other', decision: 'allow', grant: 'once' })).toThrow();
    await settle();
    expect(asked.value).toBe('waiting');
    approvals.stop();
  });

  it('R-68 what is issued is at most what was shown', async () => {
    const { approvals, decide } = bench();
    const asked = approvals.ask(question({ content: mytoken }));
    const wider: Partial<SubMytokenWish>[] = [
      { capabilities: ['AT', 'settings'] },
      { restrictions: [] },
      { restrictions: [{ exp: '+2d', usages_AT: 5 }] },
      { restrictions: [{ exp: '+1d' }] },
      { capabilities: [] },
    ];
    for (const change of wider) {
      expect(
        () => decide('allow', { narrowed: { kind: 'mytoken', wish: { ...wish, ...change } } }),
        JSON.stringify(change),
      ).toThrow('less');
    }
    decide('allow', {
      narrowed: {
        kind: 'mytoken',
        wish: {
          ...wish,
          capabilities: ['AT'],
          restrictions: [{ exp: '+1h', usages_AT: 1 }],
          responseType: 'token',
        },
      },
    });
    expect((await asked).content).toMatchObject({
      wish: {
        capabilities: ['AT'],
        restrictions: [{ exp: '+1h', usages_AT: 1 }],
        responseType: 'short_token',
      },
    });
  });

  it('R-64 nor with less of what its server gives whole whatever is asked for', async () => {
    const { approvals, decide } = bench();
    const content = { kind: 'access-token', scope: ['a', 'b'], audience: ['x'], unlimited: true } as const;
    const asked = approvals.ask(question({ content }));
    const less = { kind: 'access-token', scope: ['b'], audience: ['x'] } as const;
    expect(() => decide('allow', { narrowed: less })).toThrow('less');
    decide('allow', { narrowed: { kind: 'access-token', scope: ['a', 'b'], audience: ['x'] } });
    expect((await asked).content).toMatchObject({ scope: ['a', 'b'] });
  });

  it('R-68 of an access token, too: fewer scopes and audiences, never others', async () => {
    const { approvals, decide } = bench();
    const content = { kind: 'access-token', scope: ['a', 'b'], audience: ['x', 'y'] } as const;
    const asked = approvals.ask(question({ content }));
    for (const change of [
      { scope: ['a', 'c'] },
      { scope: [] },
      { audience: ['z'] },
      { audience: [] },
      { scope: ['a'], audience: ['x', 'z'] },
    ]) {
      const narrowed = { ...content, ...change };
      expect(() => decide('allow', { narrowed }), JSON.stringify(change)).toThrow('less');
    }
    expect(() => decide('allow', { narrowed: { kind: 'mytoken', wish } })).toThrow('less');
    decide('allow', { narrowed: { kind: 'access-token', scope: ['b'], audience: ['x'] } });
    expect((await asked).content).toEqual({ kind: 'access-token', scope: ['b'], audience: ['x'] });
  });

  it('R-68 naming nothing can become any scopes, but no audience', async () => {
    const { approvals, decide } = bench();
    const asked = approvals.ask(question({ content: { kind: 'access-token', scope: [], audience: [] } }));
    const narrowed = { kind: 'access-token', scope: ['a'], audience: ['x'] } as const;
    expect(() => decide('allow', { narrowed })).toThrow('less');
    decide('allow', { narrowed: { ...narrowed, audience: [] } });
    expect((await asked).content).toEqual({ kind: 'access-token', scope: ['a'], audience: [] });
  });

  it('R-67 remembers what was given, not what was asked for', async () => {
    const { approvals, decide, grants } = bench();
    const ask = async (scope: readonly string[]): Promise<ApprovalContent> =>
      (await approvals.ask(question({ content: { kind: 'access-token', scope, audience: [] } }))).content;
    const first = ask(['a', 'b', 'c']);
    decide('allow', {
      grant: '1h',
      narrowed: { kind: 'access-token', scope: ['a', 'b'], audience: [] },
    });
    await first;
    expect(grants.list()).toMatchObject([{ scope: ['a', 'b'] }]);
    expect(await ask(['b'])).toMatchObject({ scope: ['b'] });
    // The very request that was answered with less gets that again, in whatever order it names things.
    expect(await ask(['c', 'b', 'a'])).toMatchObject({ scope: ['a', 'b'] });
    void ask(['b', 'c']).catch(() => undefined);
    expect(approvals.count()).toBe(1);
    approvals.stop();
  });

  it('a key is the yes of accounts that ask once, and of no others', async () => {
    const { approvals, activity, outcome, settle } = bench();
    await approvals.ask(question({ keyed: true, caller: caller({ identity: null }) }));
    expect(activity.list()[0]).toMatchObject({ outcome: 'allowed', by: 'key' });
    const others = [
      question({ keyed: true, policy: 'ask-always' }),
      question({ keyed: true, content: mytoken }),
    ].map((asked) => outcome(approvals.ask(asked)));
    const never = outcome(approvals.ask(question({ keyed: true, policy: 'deny' })));
    await settle();
    expect([...others, never].map(({ value }) => value)).toEqual(['waiting', 'waiting', 'agent/denied']);
    approvals.stop();
  });

  it('identical words do not make two different things one', () => {
    const { approvals } = bench();
    const content: ApprovalContent = {
      kind: 'import-account',
      ...{ name: 'kit', instanceUrl: 'https://mt', oidcIssuer: 'https://op' },
      capabilities: null,
    };
    for (const particular of ['one', 'two', 'one']) {
      void approvals.ask(question({ account: null, content, particular })).catch(() => undefined);
    }
    expect(approvals.count()).toBe(2);
    expect(approvals.current()).toMatchObject({ account: null, asked: 2, grantable: false });
    approvals.stop();
  });

  it('R-69 every end of a request leaves a record that says by what rule, automatic ones too', async () => {
    const { approvals, activity, gate, decide, clock, grants } = bench();
    const ask = (change: Partial<Question> = {}, signal?: AbortSignal): Promise<string> =>
      approvals.ask(question(change), signal).then(
        () => 'allowed',
        (error: unknown) => (error as { code: string }).code,
      );
    const gone = new AbortController();
    const granted = ask();
    decide('allow', { grant: '1h' });
    await granted;
    await ask();
    grants.clear();
    await ask({ keyed: true });
    await ask({ policy: 'allow' });
    await ask({ policy: 'deny' });
    const withdrawn = ask({}, gone.signal);
    gone.abort();
    await withdrawn;
    const expired = ask();
    clock.advance(60_001);
    await expired;
    const denied = ask();
    decide('deny');
    await denied;
    await ask();
    const blocked = ask({ content: mytoken });
    decide('block');
    await blocked;
    await ask({ content: mytoken });
    gate.closed = 'paused';
    await ask();
    expect(
      activity
        .list()
        .map(({ outcome, by }) => `${outcome} by ${by}`)
        .reverse(),
    ).toEqual([
      ...['allowed by user', 'allowed by grant', 'allowed by key', 'allowed by policy', 'refused by policy'],
      ...['withdrawn by program', 'expired by time', 'denied by user', 'refused by flood', 'denied by user'],
      ...['refused by block', 'refused by lock'],
    ]);
  });

  it('R-63 programs that cannot be recognised share no question, and no new process buys them room', async () => {
    const { approvals, decide, outcome, settle } = bench();
    const of = (pid: number): Promise<unknown> =>
      approvals.ask(question({ caller: caller({ identity: null, pid }) }));
    const first = outcome(of(1));
    const second = outcome(of(2));
    expect(approvals.count()).toBe(2);
    for (const pid of [3, 4, 5]) of(pid).catch(() => undefined);
    await expect(of(6)).rejects.toMatchObject({ code: 'agent/too-many-requests' });
    decide('allow');
    await settle();
    expect([first.value, second.value]).toEqual(['allowed', 'waiting']);
    decide('deny');
    await settle();
    await expect(of(7)).rejects.toMatchObject({ code: 'agent/too-many-requests' });
    approvals.stop();
  });

  it('R-67 a remembered yes covers the same program and no more than was shown, for its time', async () => {
    const { approvals, clock, decide, outcome, settle, grants } = bench();
    const ask = (change: Partial<Question>): { value: string } => outcome(approvals.ask(question(change)));
    ask({ content: { kind: 'access-token', scope: ['openid', 'email'], audience: [] } });
    decide('allow', { grant: '15min' });
    await settle();
    const same = ask({});
    const more = ask({ content: { kind: 'access-token', scope: ['openid', 'profile'], audience: [] } });
    const everything = ask({ content: { kind: 'access-token', scope: [], audience: [] } });
    const other = ask({ caller: caller({ identity: 'id-other' }) });
    const always = ask({ policy: 'ask-always', caller: caller({ pid: 43 }) });
    await settle();
    expect([same, more, everything, other, always].map(({ value }) => value)).toEqual([
      'allowed',
      ...Array<string>(4).fill('waiting'),
    ]);
    expect(grants.list()).toMatchObject([{ uses: 1, accountId: 'a' }]);
    clock.setWallClock(clock.nowMs() - 3_600_000); // setting the clock back lengthens nothing
    clock.advance(15 * 60_000);
    expect(grants.list()).toEqual([]);
    approvals.stop();
  });

  it('R-67 a program that cannot be recognised again gets no grant', async () => {
    const { approvals, decide, grants, settle } = bench();
    void approvals.ask(question({ caller: caller({ identity: null }) }));
    expect(approvals.current()?.grantable).toBe(false);
    decide('allow', { grant: '1h' });
    await settle();
    expect(grants.list()).toEqual([]);
  });

  it('nothing waits or is remembered for an account that was removed', async () => {
    const { approvals, decide, grants, outcome, settle } = bench();
    void approvals.ask(question());
    decide('allow', { grant: '1h' });
    const other = { ...account, id: 'b' };
    const [gone, stays] = [
      outcome(approvals.ask(question({ content: mytoken }))),
      outcome(approvals.ask(question({ account: other }))),
    ];
    approvals.forgetAccount('a');
    await settle();
    expect([gone.value, stays.value, approvals.count()]).toEqual(['accounts/not-found', 'waiting', 1]);
    expect(grants.list()).toEqual([]);
    approvals.stop();
  });

  it('R-68 what the window may not offer to remember is not remembered', async () => {
    const { approvals, decide, grants, settle } = bench();
    void approvals.ask(question({ policy: 'ask-always' }));
    expect(approvals.current()?.grantable).toBe(false);
    decide('allow', { grant: 'until-quit' });
    await settle();
    expect(grants.list()).toEqual([]);
  });

  it('random lives: every promise settles, nothing is allowed that nobody allowed', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('ask' as const),
        who: fc.constantFrom('a', 'b', 'c'),
        scope: fc.constantFrom('x', 'y', 'z'),
      }),
      fc.record({ do: fc.constantFrom('allow', 'deny', 'deny-all', 'abort', 'stale') }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { approvals, clock, settle, decide } = bench();
        const allowedByUser = new Set<string>();
        const asked: { who: string; scope: string; end: string; abort: AbortController }[] = [];
        for (const next of steps) {
          const current = approvals.current();
          if (next.do === 'ask' && 'who' in next) {
            const abort = new AbortController();
            const entry = { who: next.who, scope: next.scope, end: '', abort };
            asked.push(entry);
            const content = { kind: 'access-token' as const, scope: [next.scope], audience: [] };
            approvals.ask(question({ caller: caller({ identity: next.who }), content }), abort.signal).then(
              () => (entry.end = 'allowed'),
              (error: unknown) => (entry.end = (error as { code: string }).code),
            );
          } else if (next.do === 'wait' && 'ms' in next) clock.advance(next.ms);
          else if (next.do === 'abort') asked.find(({ end }) => end === '')?.abort.abort();
          else if (next.do === 'stale' && current !== null) {
            expect(() =>
              approvals.decide({
                id: 'no',
                contentHash: current.contentHash,
                decision: 'allow',
                grant: '1h',
              }),
            ).toThrow();
          } else if (
            current !== null &&
            (next.do === 'allow' || next.do === 'deny' || next.do === 'deny-all')
          ) {
            const was = current.content.kind === 'access-token' ? current.content.scope[0] : '';
            try {
              decide(next.do);
              if (next.do === 'allow') allowedByUser.add(`${current.caller.identity ?? ''} ${was ?? ''}`);
            } catch {
              // Its time ran out in the second before.
            }
          }
          expect(approvals.count()).toBeLessThanOrEqual(20);
          await settle();
        }
        approvals.stop();
        await settle();
        for (const { who, scope, end } of asked) {
          expect(end).not.toBe('');
          if (end === 'allowed') expect(allowedByUser).toContain(`${who} ${scope}`);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('one yes for many', () => {
  it('R-63 a program has no more than sixty requests waiting for one answer; others still can ask', async () => {
    const { approvals, outcome, settle, decide } = bench();
    const asked = Array.from({ length: 61 }, () => outcome(approvals.ask(question())));
    const other = outcome(approvals.ask(question({ caller: caller({ identity: 'id-other' }) })));
    await settle();
    expect(asked.at(-1)?.value).toBe('agent/too-many-requests');
    expect(approvals.current()?.asked).toBe(60);
    decide('allow');
    await settle();
    expect(asked.filter(({ value }) => value === 'allowed')).toHaveLength(60);
    expect(other.value).toBe('waiting');
  });

  const wanted = () => question({ content: mytoken });

  it('R-59 a mytoken that joins after the question was read has to be read, too', async () => {
    const { approvals, clock, outcome, settle } = bench();
    const first = outcome(approvals.ask(wanted()));
    const read = approvals.current();
    approvals.shown(read?.id ?? '');
    clock.advance(5_000);
    const second = outcome(approvals.ask(wanted()));
    const yes = { id: read?.id ?? '', decision: 'allow', grant: 'once' } as const;
    expect(() => approvals.decide({ ...yes, contentHash: read?.contentHash ?? '' })).toThrow('not waiting');
    const now = { ...yes, contentHash: approvals.current()?.contentHash ?? '' };
    expect(() => approvals.decide(now)).toThrow('not waiting');
    clock.advance(1_000);
    approvals.decide(now);
    await settle();
    expect([first.value, second.value]).toEqual(['allowed', 'allowed']);
  });

  it('a no to what was read is one for those that joined, too', async () => {
    const { approvals, outcome, settle } = bench();
    const first = outcome(approvals.ask(wanted()));
    const read = approvals.current();
    const second = outcome(approvals.ask(wanted()));
    const no = { id: read?.id ?? '', contentHash: read?.contentHash ?? '', grant: 'once' } as const;
    approvals.decide({ ...no, decision: 'deny' });
    await settle();
    expect([first.value, second.value]).toEqual(['agent/denied', 'agent/denied']);
  });
});

it('R-64 no yes after the time that was shown, though the machine slept and timers stood still', async () => {
  const { approvals, clock, activity, outcome, settle, decide } = bench();
  const asked = outcome(approvals.ask(question()));
  clock.sleep(120_000);
  expect(() => decide('allow')).toThrow('not waiting');
  await settle();
  expect(asked.value).toBe('agent/approval-timeout');
  expect(activity.list()[0]).toMatchObject({ outcome: 'expired', by: 'time' });
  expect(approvals.current()).toBeNull();
});

it('a block that cannot be stored has denied: the next question is told', async () => {
  const { approvals, blocks, outcome, settle, decide } = bench();
  const [asked, other] = [
    outcome(approvals.ask(question())),
    outcome(approvals.ask(question({ caller: caller({ identity: 'id-other', program: 'other' }) }))),
  ];
  let told = 0;
  approvals.onChange(() => (told += 1));
  blocks.add = () => {
    throw new Error('disk full');
  };
  expect(() => decide('block')).toThrow('disk full');
  await settle();
  expect([asked.value, other.value]).toEqual(['agent/denied', 'waiting']);
  expect(told).toBe(1);
  expect(approvals.current()?.caller.program).toBe('other');
});
