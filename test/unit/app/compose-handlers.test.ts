import { expect, it } from 'vitest';
import { type ComposeHandlerDeps, composeHandlers } from '../../../electron/app/compose-handlers.ts';

it('a mytoken is only made when nothing afterwards can keep it from its user', async () => {
  let made = 0;
  const handlers = composeHandlers({
    accounts: { require: () => ({ instanceUrl: 'https://mt' }) },
    client: { discover: () => Promise.reject(new Error('server gone')) },
    minter: {
      mint: () => {
        made += 1;
        return Promise.resolve({});
      },
    },
  } as unknown as ComposeHandlerDeps);
  await expect(handlers['compose:issue']({ accountId: 'a', wish: {} as never })).rejects.toThrow(
    'server gone',
  );
  expect(made).toBe(0);
});
