import { expect, it } from 'vitest';
import { createMytokenFiles, type MytokenFileWish } from '../../../electron/handover/index.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

it('a file that changes while a look at it fails is looked at as soon as any other', async () => {
  const clock = new FakeClock();
  const wish: MytokenFileWish = { accountId: 'a', path: '/home/u/alice.mytoken' };
  const readings: { readonly fail: (error: Error) => void }[] = [];
  let changed: (name: string | null) => void = () => undefined;
  const files = createMytokenFiles({
    storage: { load: () => [wish], save: () => undefined },
    files: {
      read: () => new Promise<string | null>((_resolve, fail) => readings.push({ fail })),
    } as never,
    accounts: { get: () => ({ id: 'a' }), onChange: () => () => undefined } as never,
    broker: {
      withStill: (_id: string, use: (mytoken: Secret) => Promise<unknown>) => use(new Secret('mine')),
    } as never,
    adopt: () => Promise.reject(new Error('must not be asked')),
    watchFolder(_directory, onChange) {
      changed = onChange;
      return () => undefined;
    },
    clock,
    log: silentLogger,
  });
  await files.start();
  clock.advance(0);
  expect(readings).toHaveLength(1);
  changed('alice.mytoken');
  readings[0]?.fail(new Error('not to be read'));
  await expect.poll(() => files.list()[0]?.state).toBe('trouble');
  clock.advance(1_000);
  expect(readings).toHaveLength(2);
  // Without a change the next look comes by itself, later.
  readings[1]?.fail(new Error('not to be read'));
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(1_000);
  expect(readings).toHaveLength(2);
  clock.advance(60_000);
  expect(readings).toHaveLength(3);
});
