import { expect, it, vi } from 'vitest';
import { z } from '../../../shared/zod.ts';

it('checks are not made by functions from text', () => {
  const made = vi.fn();
  vi.stubGlobal(
    'Function',
    new Proxy(Function, {
      construct(target, args: string[], self) {
        made();
        return Reflect.construct(target, args, self) as object;
      },
    }),
  );
  const schema = z.object({ name: z.string(), count: z.number() });
  expect(schema.parse({ name: 'a', count: 1 })).toEqual({ name: 'a', count: 1 });
  expect(schema.safeParse({ name: 1 }).success).toBe(false);
  vi.unstubAllGlobals();
  expect(made).not.toHaveBeenCalled();
});
