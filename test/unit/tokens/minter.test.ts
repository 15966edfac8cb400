import { describe, expect, it } from 'vitest';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { Accounts } from '../../../electron/accounts/index.ts';
import type {
  HeldMytoken,
  IssuedMytoken,
  IssuedTransferCode,
  MytokenClient,
} from '../../../electron/mytoken/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { createMintedTokens, createMinter, type Minter } from '../../../electron/tokens/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';

const wish: SubMytokenWish = {
  name: 'job',
  capabilities: ['AT'],
  restrictions: [{ exp: '+1h', usages_AT: 2 }],
  rotation: null,
  responseType: 'token',
};

function bench(
  answer: (asked: Record<string, unknown>) => Partial<IssuedMytoken> | IssuedTransferCode = () => ({}),
) {
  const clock = new FakeClock();
  const asked: Record<string, unknown>[] = [];
  const revoked: string[] = [];
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  const account = {
    ...{
      id: 'a',
      instanceUrl: 'https://mt',
      oidcIssuer: 'https://op',
      capabilities: ['AT', 'create_mytoken'],
    },
    restrictions: [{ exp: nowSeconds + 86_400, usages_AT: 5 }],
  };
  const client = {
    discover: () => Promise.resolve({ clockSkewMs: 0 }),
    createSubMytoken: (_held: HeldMytoken, request: Record<string, unknown>) => {
      asked.push(request);
      const issued = {
        ...{
          kind: 'jwt',
          value: new Secret('NEW-TOKEN'),
          claims: null,
          momId: 'mom',
          expiresInSeconds: 3600,
        },
        ...{ capabilities: request['capabilities'], restrictions: request['restrictions'], rotation: null },
        ...answer(request),
      };
      return Promise.resolve({ value: issued, update: null });
    },
    revoke: (held: HeldMytoken) => {
      revoked.push(held.value.reveal());
      return Promise.resolve({ value: null, update: null });
    },
  } as unknown as MytokenClient;
  const minter: Minter = createMinter({
    accounts: { require: () => account } as unknown as Accounts,
    broker: {
      withMytoken: async (_accountId, task) =>
        (await task({ instanceUrl: 'https://mt', value: new Secret('MASTER') })).value,
    },
    client,
    clock,
    log: new RecordingLog(),
  });
  return { minter, asked, revoked, nowSeconds, clock };
}

describe('making a mytoken from an account’s', () => {
  it('asks with the moments that were shown, not with relative times', async () => {
    const { minter, asked, nowSeconds } = bench();
    const minted = await minter.mint('a', wish);
    expect(asked[0]).toMatchObject({ restrictions: [{ exp: nowSeconds + 3_600, usages_AT: 2 }] });
    expect(minted).toMatchObject({ kind: 'token', momId: 'mom', differences: [] });
  });

  it.each([
    ['a mistake', { restrictions: [{ exp: '2026-03-01' }] }, 'compose/invalid'],
    ['no name', { name: ' ' }, 'compose/invalid'],
    ['what the parent has not', { capabilities: ['AT', 'settings'] }, 'compose/not-the-parents'],
    [
      'a clause the server would drop',
      { restrictions: [{ exp: '+1h', usages_AT: 2 }, { exp: '+2h' }] },
      'compose/would-widen',
    ],
    [
      'clauses that would all be lost',
      { restrictions: [{ exp: '+2d', usages_AT: 1 }] },
      'compose/would-widen',
    ],
  ])('refuses %s before the server is asked', async (_what, change, code) => {
    const { minter, asked } = bench();
    await expect(minter.mint('a', { ...wish, ...change })).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it.each([
    ['capabilities', () => ({ capabilities: ['AT', 'create_mytoken'] })],
    ['a later end', () => ({ restrictions: [{ exp: 9_999_999_999, usages_AT: 2 }] })],
    ['no restrictions', () => ({ restrictions: [] })],
  ])('what comes back with more (%s) is revoked and not handed out', async (_what, answer) => {
    const { minter, revoked } = bench(answer);
    await expect(minter.mint('a', wish)).rejects.toMatchObject({
      code: 'compose/widened',
      details: { revoked: true },
    });
    expect(revoked).toEqual(['NEW-TOKEN']);
  });

  it('what comes back with less is kept, and the difference told', async () => {
    const { minter, revoked } = bench((asked) => ({
      restrictions: [{ ...(asked['restrictions'] as object[])[0], usages_AT: 1 }],
    }));
    const minted = await minter.mint('a', wish);
    expect(minted.differences).toEqual([{ kind: 'restrictions-changed', values: ['usages_AT'] }]);
    expect(revoked).toEqual([]);
  });

  it('an address in the place of `this` is no widening', async () => {
    const { minter } = bench((asked) => ({
      restrictions: [{ ...(asked['restrictions'] as object[])[0], hosts: ['192.0.2.7'] }],
    }));
    const minted = await minter.mint('a', {
      ...wish,
      restrictions: [{ exp: '+1h', usages_AT: 2, hosts: ['this'] }],
    });
    expect(minted.restrictions[0]?.hosts).toEqual(['192.0.2.7']);
  });

  it('with no restrictions asked for, the parent’s are what is expected', async () => {
    const { minter, nowSeconds } = bench(() => ({
      restrictions: [{ exp: nowSeconds + 86_400, usages_AT: 5 }],
    }));
    expect((await minter.mint('a', { ...wish, restrictions: [] })).differences).toEqual([]);
  });
});

describe('new mytokens until they are taken away', () => {
  const minted = { value: new Secret('NEW'), kind: 'token' } as never;

  it('are shown once, given out until dismissed, and forgotten after ten minutes', () => {
    const clock = new FakeClock();
    const kept = createMintedTokens(clock);
    const id = kept.keep('a', minted);
    expect(kept.reveal(id).reveal()).toBe('NEW');
    expect(() => kept.reveal(id)).toThrow('shown already');
    expect(kept.take(id).accountId).toBe('a');
    kept.dismiss(id);
    expect(() => kept.take(id)).toThrow('not kept');

    const other = kept.keep('a', minted);
    clock.advance(10 * 60_000);
    expect(() => kept.take(other)).toThrow('not kept');
  });

  it('do not pile up', () => {
    const kept = createMintedTokens(new FakeClock());
    const first = kept.keep('a', minted);
    for (let number = 0; number < 20; number += 1) kept.keep('a', minted);
    expect(() => kept.take(first)).toThrow('not kept');
    kept.forgetAll();
  });
});
