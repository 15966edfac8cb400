import { describe, expect, it } from 'vitest';
import type { AgentAnswer } from '../../../../electron/agent/socket/answers.ts';
import { createLeaseOffice } from '../../../../electron/agent/socket/lease-office.ts';
import {
  Epoch,
  LeaseShelf,
  type LeaseTerms,
  longestLeaseMs,
} from '../../../../electron/agent/socket/leases.ts';
import { Secret } from '../../../../electron/ports/index.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

function shelf() {
  const epoch = new Epoch();
  const clocks = { machine: 1_000, wall: 500_000 };
  const held = new LeaseShelf(new Epoch(epoch.buffer), {
    machineMs: () => clocks.machine,
    nowMs: () => clocks.wall,
  });
  const terms = (change: Partial<LeaseTerms> = {}): LeaseTerms => ({
    ...{ id: 1, epoch: epoch.now, endsAtMachineMs: clocks.machine + 100, endsAtMs: clocks.wall + 100 },
    ...change,
  });
  return { epoch, clocks, held, terms };
}

describe('answers that may be given again', () => {
  it('are for the one who asked the same', () => {
    const { held, terms } = shelf();
    held.put('job request', terms(), 'answer');
    expect(held.find('job request')?.json).toBe('answer');
    expect(held.find('job other')).toBeNull();
    expect(held.find('other request')).toBeNull();
  });

  it('end with their epoch, in every thread at once', () => {
    const { epoch, held, terms } = shelf();
    held.put('a', terms(), 'answer');
    epoch.next();
    expect(held.find('a')).toBeNull();
    // Decided on before the change, arrived after it.
    held.put('a', terms({ epoch: epoch.now - 1 }), 'answer');
    expect(held.find('a')).toBeNull();
  });

  it('end when one of two clocks says so, and when the wall clock was set back', () => {
    for (const move of [{ machine: 1_100 }, { wall: 500_100 }, { wall: 500_100 - longestLeaseMs - 1 }]) {
      const { clocks, held, terms } = shelf();
      held.put('a', terms(), 'answer');
      expect(held.find('a')).not.toBeNull();
      Object.assign(clocks, move);
      expect(held.find('a'), JSON.stringify(move)).toBeNull();
    }
  });

  it('leave memory when they are to be forgotten, and are not without number', () => {
    const { held, terms } = shelf();
    for (let index = 0; index < 200; index += 1) held.put(`${index}`, terms(), 'answer');
    expect(held.find('0')).toBeNull();
    expect(held.find('199')).not.toBeNull();
    held.clear();
    expect(held.find('199')).toBeNull();
  });
});

describe('what the main thread lets be given again', () => {
  const answer = (forMs: number, repeated = (_times: number): void => undefined): AgentAnswer => ({
    ...{ kind: 'access-token', accessToken: new Secret('t'), issuer: 'https://op', expiresAtMs: 1 },
    repeatable: { forMs, repeated },
  });

  it('nothing that was decided on before something changed', () => {
    const office = createLeaseOffice(new FakeClock());
    const before = office.now();
    expect(office.leaseFor(answer(5_000), before)).not.toBeNull();
    office.forget();
    expect(office.leaseFor(answer(5_000), before)).toBeNull();
  });

  it('nothing but access tokens that say so, for a minute at most', () => {
    const clock = new FakeClock();
    const office = createLeaseOffice(clock);
    const lifeMs = (given: AgentAnswer): number | null => {
      const terms = office.leaseFor(given, office.now());
      return terms === null ? null : terms.endsAtMs - clock.nowMs();
    };
    expect(lifeMs(answer(5_000))).toBe(5_000);
    expect(lifeMs(answer(3_600_000))).toBe(longestLeaseMs);
    expect(lifeMs(answer(Infinity))).toBe(longestLeaseMs);
    expect(lifeMs(answer(0))).toBeNull();
    expect(lifeMs(answer(-1))).toBeNull();
    expect(lifeMs({ ...answer(5_000), repeatable: null } as AgentAnswer)).toBeNull();
    expect(lifeMs({ kind: 'done' })).toBeNull();
    expect(lifeMs({ kind: 'refused', error: 'no' })).toBeNull();
  });

  it('R-69 each use is counted, also one told after the end', () => {
    const clock = new FakeClock();
    const office = createLeaseOffice(clock);
    let uses = 0;
    const terms = office.leaseFor(
      answer(5_000, (times) => (uses += times)),
      office.now(),
    );
    const id = terms?.id ?? 0;
    office.used(new Map([[id, 2]]));
    office.forget();
    clock.advance(6_000);
    office.used(
      new Map([
        [id, 1],
        [id + 1, 5],
      ]),
    );
    expect(uses).toBe(3);
  });
});
