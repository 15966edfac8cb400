/** `npm run sandbox [-- arguments]`: a local OpenID provider and a local mytoken server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runInForeground } from './lib/foreground.ts';
import { ROOT } from './lib/paths.ts';
import { AdviceError, runScript } from './lib/say.ts';

await runScript(async (args) => {
  const entry = join(ROOT, 'sandbox', 'main.ts');
  if (!existsSync(entry)) throw new AdviceError('sandbox/main.ts does not exist in this checkout.');
  return await runInForeground(process.execPath, [entry, ...args], { cwd: ROOT });
});
