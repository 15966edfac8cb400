import { describe, expect, it } from 'vitest';
import { activityCsv, activityJson, filterActivity } from '../../../electron/activity/index.ts';
import type { ActivityFilter, ActivityRecord } from '../../../shared/model/activity.ts';

const any: ActivityFilter = {
  ...{ text: '', program: null, accountId: null, outcome: null, kind: null, fromMs: null },
};

function record(id: string, change: Partial<ActivityRecord> = {}): ActivityRecord {
  return {
    ...{ id, atMs: Date.UTC(2026, 0, 2), durationMs: 5, program: 'backup.sh', verified: true },
    ...{ accountId: 'a', accountName: 'Alice', kind: 'access-token', summary: 'openid', outcome: 'allowed' },
    ...{ by: 'grant', ...change },
  };
}

const records = [
  record('1'),
  record('2', { program: 'ci', accountId: 'b', accountName: 'Bob' }),
  record('3', { outcome: 'denied', by: 'user', summary: 'openid storage.read:/' }),
  record('4', { kind: 'mytoken', lastAtMs: Date.UTC(2026, 0, 9) }),
];
const found = (filter: Partial<ActivityFilter>): string =>
  filterActivity(records, { ...any, ...filter })
    .map(({ id }) => id)
    .join('');

describe('filterActivity', () => {
  it.each([
    ['1234', {}],
    ['3', { text: 'STORAGE.read' }],
    ['2', { text: 'bob ci' }],
    ['', { text: 'bob backup' }],
    ['2', { program: 'ci' }],
    ['134', { accountId: 'a' }],
    ['3', { outcome: 'denied' }],
    ['4', { kind: 'mytoken' }],
    ['4', { fromMs: Date.UTC(2026, 0, 5) }],
  ] as const)('finds %j with %j', (ids, filter) => {
    expect(found(filter)).toBe(ids);
  });
});

describe('activityCsv', () => {
  it.each(['=1+1', '+1', '-1', '@x', '\t=1', '  =1', '＝1'])('never lets %j be a formula', (program) => {
    const [, row = ''] = activityCsv([record('1', { program })]).split('\r\n');
    expect(row).toContain(`"'${program}"`);
  });

  it('doubles quotes', () => {
    const [head, row] = activityCsv([record('1', { program: 'say "hi", now', durationMs: 1 })]).split('\r\n');
    expect(head).toMatch(/^"time","last_time","count","kind"/);
    expect(row).toContain('"say ""hi"", now"');
    expect(row).toContain('"1"');
  });
});

describe('activityJson', () => {
  it('is what is in the log', () => {
    expect(JSON.parse(activityJson(records))).toEqual(JSON.parse(JSON.stringify(records)));
  });
});
