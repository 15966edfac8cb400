/** `npm run package`: the app as a folder, release/linux-unpacked. */
import { packageApp } from './lib/package-app.ts';
import { runScript, say } from './lib/say.ts';

await runScript(async () => {
  const { dir } = await packageApp();
  say(`Packaged: ${dir}`);
  return 0;
});
