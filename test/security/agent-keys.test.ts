import { createHash, timingSafeEqual } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ClientKeys, createClientKeys } from '../../electron/agent/index.ts';
import { CanaryLogger, FakeAccounts, FakeClock, MemoryClients } from '../unit/agent/fakes.ts';

interface Counted {
  keys: ClientKeys;
  work: (presented: string) => string;
}

function counted(): Counted {
  const counts = { digest: 0, equal: 0, lengths: new Set<number>() };
  const keys = createClientKeys({
    storage: new MemoryClients(),
    clock: new FakeClock(),
    log: new CanaryLogger(),
    accounts: new FakeAccounts([]),
    crypto: {
      digest(text) {
        counts.digest += 1;
        return createHash('sha256').update(text).digest();
      },
      equal(a, b) {
        counts.equal += 1;
        counts.lengths.add(a.length).add(b.length);
        return timingSafeEqual(a, b);
      },
    },
  });
  const work = (presented: string): string => {
    counts.digest = 0;
    counts.equal = 0;
    counts.lengths.clear();
    keys.authenticate(presented);
    return `${counts.digest} digests, ${counts.equal} comparisons of ${[...counts.lengths].join()}`;
  };
  return { keys, work };
}

describe('R-42: constant work', () => {
  it('every presented key costs the same: unknown, nearly right, right, former, revoked, expired', () => {
    const { keys, work } = counted();
    const wish = { name: 'x', accountIds: null, expiresInDays: null };
    const made = Array.from({ length: 5 }, () => keys.create(wish));
    const first = made[0]?.key.reveal() ?? '';
    const last = made[4]?.key.reveal() ?? '';
    const former = made[2]?.key.reveal() ?? '';
    keys.rotate(made[2]?.clientId ?? '');
    const gone = keys.create(wish);
    keys.revoke(gone.clientId);
    const presented = [
      '',
      'x',
      'mtd_',
      first,
      last,
      former,
      gone.key.reveal(),
      first.slice(0, -1),
      `${first}x`,
    ];
    const costs = new Set(presented.map(work));
    expect([...costs]).toEqual(['1 digests, 10 comparisons of 32']);
  });
});
