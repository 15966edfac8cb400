/** `npm run build [-- --force]` */
import { buildApp } from './lib/build-app.ts';
import { runScript, say } from './lib/say.ts';

await runScript(async (args) => {
  const built = await buildApp({ force: args.includes('--force') });
  say(built ? 'The app is built, see out/.' : 'out/ is up to date. Use --force to build again.');
  return 0;
});
