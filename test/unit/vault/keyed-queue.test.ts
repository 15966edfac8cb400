import { expect, test } from 'vitest';
import { KeyedQueue } from '../../../electron/vault/keyed-queue.ts';

function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

test('keeps the order of one key while another key goes ahead', async () => {
  const queue = new KeyedQueue();
  const slow = gate();
  const seen: string[] = [];
  const first = queue.run('a', async () => {
    await slow.opened;
    seen.push('a1');
  });
  const second = queue.run('a', () => Promise.resolve(seen.push('a2')));
  await queue.run('b', () => Promise.resolve(seen.push('b1')));
  expect(seen).toEqual(['b1']);
  slow.open();
  await Promise.all([first, second]);
  expect(seen).toEqual(['b1', 'a1', 'a2']);
});

test('a task that fails does not stop the next one', async () => {
  const queue = new KeyedQueue();
  const failing = queue.run('a', () => Promise.reject(new Error('no')));
  const next = queue.run('a', () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});

test('settled waits for what is under way, failures included', async () => {
  const queue = new KeyedQueue();
  const slow = gate();
  let done = false;
  const task = queue.run('a', async () => {
    await slow.opened;
    done = true;
    throw new Error('no');
  });
  const settled = queue.settled().then(() => done);
  slow.open();
  await expect(task).rejects.toThrow('no');
  await expect(settled).resolves.toBe(true);
});
