import { describe, expect, test } from 'vitest';
import { parseTestArguments, PARTS } from '../../../scripts/lib/test-parts.ts';
import { addTallies, closingLine, tallyPlaywright, tallyVitest } from '../../../scripts/lib/test-report.ts';

describe('tallies', () => {
  const vitest = {
    testResults: [
      {
        name: 'a',
        status: 'failed',
        assertionResults: [
          { fullName: 'one', status: 'passed' },
          { fullName: 'two', status: 'failed' },
          { fullName: 'three (needs macOS)', status: 'pending' },
          { fullName: 'four', status: 'todo' },
        ],
      },
      { name: 'does not load', status: 'failed', assertionResults: [] },
    ],
  };
  const playwright = {
    errors: [],
    suites: [
      {
        title: 'a.spec.ts',
        specs: [{ title: 'one', tests: [{ status: 'expected' }] }],
        suites: [
          {
            title: 'inner',
            specs: [
              { title: 'two', tests: [{ status: 'unexpected' }] },
              { title: 'three', tests: [{ status: 'flaky' }] },
              {
                title: 'four',
                tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'needs Windows' }] }],
              },
              { title: 'five', tests: [{ status: 'skipped', annotations: [{ type: 'skip' }] }] },
            ],
          },
        ],
      },
    ],
  };

  test('vitest: a file that does not load is a failure, an unexplained skip is named', () => {
    expect(tallyVitest(vitest)).toEqual({ passed: 1, failed: 2, skipped: 2, unexcused: ['four'] });
  });

  test('playwright: flaky counts as failed, an unexplained skip is named', () => {
    expect(tallyPlaywright(playwright)).toEqual({
      passed: 1,
      failed: 2,
      skipped: 2,
      unexcused: ['a.spec.ts › inner › five'],
    });
  });

  test('playwright: an error outside of tests counts', () => {
    expect(tallyPlaywright({ errors: [{}], suites: [] }).failed).toBe(1);
  });

  test('the closing line adds them up', () => {
    const total = addTallies([tallyVitest(vitest), tallyPlaywright(playwright)]);
    expect(closingLine(total)).toBe('2 passed, 4 failed, 4 skipped');
  });
});

test('parseTestArguments: all parts, or one with arguments for its runner', () => {
  expect(parseTestArguments([]).parts).toEqual(PARTS);
  expect(parseTestArguments(['unit', 'vault'])).toEqual({ parts: ['unit'], rest: ['vault'] });
  expect(() => parseTestArguments(['units'])).toThrow('no part “units”');
});
