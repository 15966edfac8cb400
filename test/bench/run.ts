/** The benchmark's outer half, started by scripts/bench.ts with Electron chosen and the app built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runInDesktopSession } from '../../scripts/lib/desktop-session.ts';
import { resolveElectron } from '../../scripts/lib/electron-runtime.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { AdviceError, runScript, say } from '../../scripts/lib/say.ts';
import { startOutside } from './outside.ts';
import { evaluate, remarks, table } from './report.ts';
import { type Input, inputVariable } from './types.ts';

/** For the part inside; a round takes about 25 seconds. */
const limitMs = 15 * 60_000;

function readArgs(args: readonly string[]): {
  readonly rounds: number;
  readonly accounts: number;
  readonly json: string | undefined;
} {
  const usage = 'Usage: npm run bench [-- --quick | --rounds N] [--accounts N] [--json FILE]';
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        accounts: { type: 'string', default: '1000' },
        json: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
    const accounts = Number(values.accounts);
    const sensible = [rounds, accounts].every((value) => Number.isInteger(value) && value >= 1);
    if (!sensible || rounds > 20 || accounts > 5000) throw new Error('a number is out of range');
    return { rounds, accounts, json: values.json };
  } catch (error) {
    throw new AdviceError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

await runScript(async (args) => {
  const { rounds, accounts, json } = readArgs(args);
  const electron = await resolveElectron();
  const outside = await startOutside();
  const abort = setTimeout(() => {
    say(`The benchmark did not end within ${limitMs / 60_000} minutes.`);
    // The session listens: it ends its own processes and cleans up.
    process.kill(process.pid, 'SIGTERM');
  }, limitMs);
  try {
    const input: Input = {
      executable: electron.executable,
      outsideUrl: outside.url,
      rounds,
      manyAccounts: accounts,
    };
    const session = await runInDesktopSession({
      command: process.execPath,
      args: [join(ROOT, 'test', 'bench', 'inside.ts')],
      env: { [inputVariable]: JSON.stringify(input) },
      keyring: 'gnome',
      display: 'virtual',
    });
    const measured = outside.result();
    if (session.exitCode !== 0 || measured === null) {
      say('The benchmark failed; what is wrong is above.');
      return session.exitCode || 1;
    }
    const rows = evaluate(measured);
    process.stdout.write(`Electron ${electron.version} (${electron.source})\n\n${table(rows)}\n\n`);
    for (const remark of remarks(measured)) process.stdout.write(`${remark}\n`);
    if (json !== undefined) {
      const document = { electron: electron.version, source: electron.source, rows, ...measured };
      writeFileSync(json, `${JSON.stringify(document, null, 2)}\n`);
    }
    return 0;
  } finally {
    clearTimeout(abort);
    await outside.stop();
  }
});
