/** The parts of `npm test`: what each runs, and what it counts. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './build-app.ts';
import { runInDesktopSession } from './desktop-session.ts';
import { resolveElectron } from './electron-runtime.ts';
import { runInForeground } from './foreground.ts';
import { ROOT } from './paths.ts';
import { runProcess } from './run-process.ts';
import { AdviceError, say } from './say.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { emptyTally, tallyPlaywright, tallyVitest, type Tally } from './test-report.ts';

export const VITEST_PARTS = ['unit', 'renderer', 'integration'] as const;
export const PARTS = ['static', ...VITEST_PARTS, 'e2e', 'package'] as const;
export type Part = (typeof PARTS)[number];

export interface PartResult {
  tally: Tally;
  exitCode: number;
}

const RESULTS = join(ROOT, 'test-results');

/** `[part] [arguments for its runner]`; without a part, everything. */
export function parseTestArguments(args: readonly string[]): {
  parts: readonly Part[];
  rest: readonly string[];
} {
  const [first, ...rest] = args;
  if (first === undefined) return { parts: PARTS, rest: [] };
  const part = PARTS.find((name) => name === first);
  if (part === undefined) {
    throw new AdviceError(
      `There is no part “${first}”. Usage: npm test [-- part [arguments]], part: ${PARTS.join(', ')}`,
    );
  }
  return { parts: [part], rest };
}

function tool(path: string): string {
  return join(ROOT, 'node_modules', path);
}

/** Compiler, linter and formatter, each counted as one test. Their output appears when all are done. */
export async function runStatic(): Promise<PartResult> {
  const checks: readonly [string, readonly string[]][] = [
    ['tsc -b', [tool('typescript/bin/tsc'), '-b']],
    ['eslint', [tool('eslint/bin/eslint.js'), '--max-warnings=0', '.']],
    ['prettier', [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  ];
  const tally = emptyTally();
  for (const [name, args] of checks) {
    const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: ROOT });
    if (code === 0) tally.passed += 1;
    else tally.failed += 1;
    console.log(
      `static: ${name} ${code === 0 ? 'passed' : 'failed'}${code === 0 ? '' : `\n${stdout}${stderr}`}`,
    );
  }
  return { tally, exitCode: tally.failed === 0 ? 0 : 1 };
}

/** Reads a runner's report. A runner that left none, or ran nothing, has failed. */
function readReport(name: string, exitCode: number, count: (report: unknown) => Tally): PartResult {
  const file = join(RESULTS, name);
  const tally = existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : emptyTally();
  const ran = tally.passed + tally.failed + tally.skipped;
  if (ran === 0) say(`${name}: no test ran.`);
  if (tally.failed === 0 && (exitCode !== 0 || ran === 0)) tally.failed += 1;
  return { tally, exitCode };
}

export async function runVitest(projects: readonly Part[], rest: readonly string[]): Promise<PartResult> {
  if (projects.includes('integration')) await ensureSystemPackages(['desktop', 'tools']);
  const name = `vitest-${projects.join('-')}.json`;
  mkdirSync(RESULTS, { recursive: true });
  rmSync(join(RESULTS, name), { force: true });
  const exitCode = await runInForeground(
    process.execPath,
    [
      ...[tool('vitest/vitest.mjs'), 'run', ...projects.map((project) => `--project=${project}`)],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${join(RESULTS, name)}`, ...rest],
    ],
    { cwd: ROOT },
  );
  return readReport(name, exitCode, tallyVitest);
}

async function runPlaywright(
  project: 'app' | 'packaged',
  rest: readonly string[],
  stageAlso: readonly string[],
): Promise<PartResult> {
  const report = `playwright-${project}.json`;
  rmSync(join(RESULTS, report), { force: true });
  rmSync(join(RESULTS, 'playwright'), { recursive: true, force: true });
  const { exitCode } = await runInDesktopSession({
    command: process.execPath,
    args: [tool('playwright/cli.js'), 'test', `--project=${project}`, ...rest],
    env: { MYTOKEN_DESKTOP_REPORT: report },
    keyring: 'gnome',
    display: 'virtual',
    stageAlso,
  });
  return readReport(report, exitCode, tallyPlaywright);
}

export async function runE2e(rest: readonly string[]): Promise<PartResult> {
  await ensureSystemPackages(['runtime', 'desktop', 'browser', 'tools']);
  await resolveElectron();
  await buildApp();
  return await runPlaywright('app', rest, []);
}

export async function runPackaged(rest: readonly string[]): Promise<PartResult> {
  await ensureSystemPackages(['runtime', 'desktop', 'tools']);
  // Loaded here: electron-builder is large, and the other parts do not need it.
  const { packageApp } = await import('./package-app.ts');
  await packageApp();
  return await runPlaywright('packaged', rest, ['release/linux-unpacked']);
}
