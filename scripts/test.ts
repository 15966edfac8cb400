/**
 * `npm test [-- part [arguments for its runner]]`. Every part runs, whatever the others say; the last line counts all
 * of them, and the exit code is non-zero when anything failed.
 */
import { AdviceError, runScript, say } from './lib/say.ts';
import {
  parseTestArguments,
  runE2e,
  runPackaged,
  runStatic,
  runVitest,
  VITEST_PARTS,
  type Part,
  type PartResult,
} from './lib/test-parts.ts';
import { addTallies, closingLine, emptyTally } from './lib/test-report.ts';

const INTERRUPTED: ReadonlySet<number> = new Set([129, 130, 143]);

/** A part that could not even start counts as one failure and does not keep the others from running. */
async function attempt(name: string, run: () => Promise<PartResult>): Promise<PartResult> {
  const startedMs = Date.now();
  let result: PartResult;
  try {
    result = await run();
  } catch (error) {
    say(`${name}: ${error instanceof AdviceError ? error.message : String((error as Error).stack)}`);
    result = { tally: { ...emptyTally(), failed: 1 }, exitCode: 1 };
  }
  say(`${name}: ${closingLine(result.tally)} (${((Date.now() - startedMs) / 1_000).toFixed(1)} s)`);
  return result;
}

/** What to run: groups one after the other, the members of a group side by side. */
function plan(parts: readonly Part[], rest: readonly string[]): (() => Promise<PartResult>)[][] {
  const vitest = VITEST_PARTS.filter((part) => parts.includes(part));
  const first: (() => Promise<PartResult>)[] = [];
  if (parts.includes('static')) first.push(() => attempt('static', runStatic));
  if (vitest.length > 0) first.push(() => attempt(vitest.join(' + '), () => runVitest(vitest, rest)));
  const groups = [first];
  if (parts.includes('e2e')) groups.push([() => attempt('e2e', () => runE2e(rest))]);
  if (parts.includes('package')) groups.push([() => attempt('package', () => runPackaged(rest))]);
  return groups;
}

await runScript(async (args) => {
  const { parts, rest } = parseTestArguments(args);
  const results: PartResult[] = [];
  for (const group of plan(parts, rest)) {
    results.push(...(await Promise.all(group.map((run) => run()))));
    if (results.some(({ exitCode }) => INTERRUPTED.has(exitCode))) break;
  }
  const total = addTallies(results.map(({ tally }) => tally));
  const strict = Boolean(process.env.CI);
  if (strict && total.unexcused.length > 0) {
    say(`Skipped without a listed reason (IMPOSSIBLE_REASONS in scripts/lib/test-report.ts):`);
    for (const title of total.unexcused) say(`  ${title}`);
  }
  console.log(closingLine(total));
  const failed = total.failed > 0 || results.some(({ exitCode }) => exitCode !== 0);
  return failed || (strict && total.unexcused.length > 0) ? 1 : 0;
});
