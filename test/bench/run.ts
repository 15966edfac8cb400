/** The benchmark's outer half, started by scripts/bench.ts with Electron chosen and the app built. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runInDesktopSession } from '../../scripts/lib/desktop-session.ts';
import { resolveElectron } from '../../scripts/lib/electron-runtime.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { AdviceError, runScript, say } from '../../scripts/lib/say.ts';
import { ensureSystemPackages } from '../../scripts/lib/system-packages.ts';
import { startOutside } from './outside.ts';
import { agentReport } from './agents/report.ts';
import { appReport } from './app-report.ts';
import { approvalReport } from './approval/report.ts';
import { table } from './table.ts';
import { type Input, inputVariable, type Part, parts } from './types.ts';

/** For the part inside; a round takes about a minute. */
const limitMs = 25 * 60_000;

function readArgs(args: readonly string[]): {
  readonly rounds: number;
  readonly accounts: number;
  readonly parts: readonly Part[];
  readonly json: string | undefined;
} {
  const usage =
    'Usage: npm run bench [-- --quick | --rounds N] [--only app|agents|approval] [--accounts N] [--json FILE]';
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        accounts: { type: 'string', default: '1000' },
        only: { type: 'string' },
        json: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
    const accounts = Number(values.accounts);
    const sensible = [rounds, accounts].every((value) => Number.isInteger(value) && value >= 1);
    if (!sensible || rounds > 20 || accounts > 5000) throw new Error('a number is out of range');
    const { only } = values;
    const chosen = only === undefined ? parts : parts.filter((part) => part === only);
    if (chosen.length === 0) throw new Error(`there is no part “${only ?? ''}”`);
    return { rounds, accounts, parts: chosen, json: values.json };
  } catch (error) {
    throw new AdviceError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

await runScript(async (args) => {
  const { rounds, accounts, parts: chosen, json } = readArgs(args);
  await ensureSystemPackages(['tools']);
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
      parts: chosen,
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
    process.stdout.write(`Electron ${electron.version} (${electron.source})\n`);
    const reports = [
      ...(measured.app === null ? [] : [appReport(measured.app)]),
      ...(measured.agents === null ? [] : [agentReport(measured.agents)]),
      ...(measured.approval === null ? [] : [approvalReport(measured.approval)]),
    ];
    for (const { rows, remarks, against } of reports) {
      process.stdout.write(`\n${table(rows, against)}\n\n${remarks.join('\n')}\n`);
    }
    if (json !== undefined) {
      const rows = reports.flatMap((report) => report.rows);
      const document = { electron: electron.version, source: electron.source, rows, ...measured };
      writeFileSync(json, `${JSON.stringify(document, null, 2)}\n`);
    }
    return 0;
  } finally {
    clearTimeout(abort);
    await outside.stop();
  }
});
