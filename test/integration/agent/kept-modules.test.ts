import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Epoch } from '../../../electron/agent/socket/leases.ts';
import type { FromThread } from '../../../electron/agent/socket/messages.ts';
import { startSocketThread } from '../../../electron/agent/socket/socket-thread.ts';
import { socketThreadUrl } from '../../support/socket-thread.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** In a file of its own: nothing else here may have loaded the module in the main thread. */
it.runIf(process.platform === 'linux')(
  'what the thread has loaded of machine code stays loaded when it ends',
  async () => {
    const directory = temporaryDirectory('socket-thread-');
    const path = join(directory, 'agent.sock');
    const data = { path, platform: process.platform, userId: process.getuid?.() ?? null };
    const told: FromThread[] = [];
    const thread = startSocketThread({
      ...{ url: socketThreadUrl, data: { ...data, epoch: new Epoch().buffer } },
      ...{
        onMessage: (message: FromThread) => told.push(message),
        onEnded: (reason: string) => expect.fail(reason),
      },
    });
    await vi.waitFor(() => expect(told).toEqual([{ kind: 'listening' }]), { timeout: 10_000 });
    const modules = async (): Promise<readonly string[]> =>
      (await readFile('/proc/self/maps', 'utf8')).match(/\S+koffi\.node/g) ?? [];
    const during = await modules();
    expect(during.length).toBeGreaterThan(0);
    await thread.close();
    expect(await modules()).toEqual(during);
  },
);
