/** The part of the benchmark that runs in the desktop session, as its user. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../../scripts/lib/say.ts';
import { benchAgents } from './agents/bench.ts';
import { benchApp } from './app.ts';
import { benchApproval } from './approval/bench.ts';
import { outsideClient } from './outside.ts';
import { type Input, inputVariable } from './types.ts';

await runScript(async () => {
  const input = JSON.parse(process.env[inputVariable] ?? '') as Input;
  const outside = outsideClient(input.outsideUrl);
  const base = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const app = input.parts.includes('app') ? await benchApp(input, outside, base) : null;
    const agents = input.parts.includes('agents') ? await benchAgents(input, outside, base) : null;
    const approval = input.parts.includes('approval') ? await benchApproval(input, outside, base) : null;
    await outside.deliver({ app, agents, approval });
    return 0;
  } finally {
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
