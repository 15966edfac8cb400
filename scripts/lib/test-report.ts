/** Counts what the test runners report, and decides which skipped tests are excused. */

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Skipped without a listed reason. */
  unexcused: string[];
}

/** What cannot run on the machine that runs the checks. A skipped test names one of these in its title or reason. */
export const IMPOSSIBLE_REASONS: readonly string[] = [
  'needs macOS',
  'needs Windows',
  'needs the official Electron',
];

export function emptyTally(): Tally {
  return { passed: 0, failed: 0, skipped: 0, unexcused: [] };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) {
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    total.unexcused.push(...tally.unexcused);
  }
  return total;
}

/** The last line of a run, alone on its line. */
export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

function countSkip(tally: Tally, title: string, reasons: readonly string[]): void {
  tally.skipped += 1;
  const text = [title, ...reasons].join('\n');
  if (!IMPOSSIBLE_REASONS.some((reason) => text.includes(reason))) tally.unexcused.push(title);
}

interface VitestReport {
  testResults?: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string; meta?: unknown }[];
  }[];
}

/** From vitest's JSON reporter. A file that could not be loaded counts as one failure. */
export function tallyVitest(report: unknown): Tally {
  const tally = emptyTally();
  for (const file of (report as VitestReport).testResults ?? []) {
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      tally.failed += 1;
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') tally.failed += 1;
      else countSkip(tally, test.fullName, [JSON.stringify(test.meta ?? '')]);
    }
  }
  return tally;
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    tests: { status: string; annotations?: { type: string; description?: string }[] }[];
  }[];
}

/** From Playwright's JSON reporter. An error outside of tests counts as one failure. */
export function tallyPlaywright(report: unknown): Tally {
  const { suites = [], errors = [] } = report as { suites?: PlaywrightSuite[]; errors?: unknown[] };
  const tally = emptyTally();
  tally.failed += errors.length;
  const visit = (suite: PlaywrightSuite, titles: readonly string[]): void => {
    for (const { title, tests } of suite.specs ?? []) {
      for (const { status, annotations = [] } of tests) {
        if (status === 'expected') tally.passed += 1;
        else if (status === 'skipped') {
          const reasons = annotations.map(({ description }) => description ?? '');
          countSkip(tally, [...titles, title].join(' › '), reasons);
        } else tally.failed += 1;
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...titles, inner.title]);
  };
  for (const suite of suites) visit(suite, [suite.title]);
  return tally;
}
