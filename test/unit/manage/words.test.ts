import { describe, expect, it } from 'vitest';
import { historyFile } from '../../../electron/manage/index.ts';
import { budgets, countsOtherUses } from '../../../renderer/main/manage/budgets.ts';
import { eventWords, filterEvents, indexEvents } from '../../../renderer/main/manage/history/events.ts';
import { historyOperation } from '../../../renderer/main/manage/history/subject.ts';
import { createTranslate } from '../../../shared/i18n/catalogue.ts';
import type { HistoryEventView } from '../../../shared/ipc/contract.ts';
import { concernsAllMytokens, missingCapability } from '../../../shared/model/operations.ts';
import { unlimitedUses } from '../../../shared/model/restrictions.ts';

const t = createTranslate('en');
const event = (over: Partial<HistoryEventView>): HistoryEventView => ({
  event: 'AT_created',
  atMs: 0,
  comment: null,
  ip: null,
  userAgent: null,
  momId: null,
  ...over,
});

describe('budgets', () => {
  it('count what is limited, from nothing on; without a word of the server there is nothing to count', () => {
    const clause = { usages_AT: 20, usages_other: unlimitedUses };
    expect(budgets(clause, { AT: 4, other: 7 })).toEqual([{ kind: 'AT', done: 4, limit: 20 }]);
    expect(budgets(clause, { AT: null, other: null })).toEqual([{ kind: 'AT', done: 0, limit: 20 }]);
    expect(budgets(clause, undefined)).toEqual([]);
    expect(budgets({}, { AT: 4, other: null })).toEqual([]);
  });

  it('looks wait for a click only where they use something up', () => {
    expect(countsOtherUses([{ usages_AT: 3 }, { usages_other: unlimitedUses }])).toBe(false);
    expect(countsOtherUses([{}, { usages_other: 0 }])).toBe(true);
  });
});

describe('events', () => {
  it('have words, and unknown ones their own name', () => {
    expect(eventWords(t, 'AT_created')).toBe('access token obtained');
    expect(eventWords(t, 'something_new')).toBe('something new');
  });

  it('are found by what is shown, by what the server calls them and by kind', () => {
    const all = indexEvents(t, [
      event({}),
      event({ event: 'MT_created', comment: 'Created MT Job' }),
      event({ event: 'created', ip: '192.0.2.7', userAgent: 'curl' }),
    ]);
    const found = (query: string, kind = ''): string =>
      filterEvents(all, query, kind)
        .map((one) => one.event)
        .join(' ');
    expect(found('')).toBe('AT_created MT_created created');
    expect(found(' Access TOKEN')).toBe('AT_created');
    expect(found('at_created')).toBe('AT_created');
    expect(found('created mt job')).toBe('MT_created');
    expect(found('192.0.2', 'created')).toBe('created');
    expect(found('192.0.2', 'AT_created')).toBe('');
  });

  it('leave as files with times in UTC, and nothing that a spreadsheet runs', () => {
    const events = [event({ atMs: Date.UTC(2026, 0, 2, 3, 4, 5), comment: '=1+1', ip: '192.0.2.7' })];
    expect(historyFile(events, 'csv')).toBe(
      '"time","event","comment","ip","user_agent","mom_id"\r\n"2026-01-02T03:04:05.000Z","AT_created","\'=1+1","192.0.2.7","",""\r\n',
    );
    expect(JSON.parse(historyFile(events, 'json'))).toEqual([
      {
        time: '2026-01-02T03:04:05.000Z',
        event: 'AT_created',
        comment: '=1+1',
        ip: '192.0.2.7',
        userAgent: null,
        momId: null,
      },
    ]);
  });
});

describe('operations', () => {
  it('name the capability that is missing', () => {
    expect(missingCapability(['tokeninfo'], 'history')).toBeNull();
    expect(missingCapability(['AT', 'tokeninfo:introspect'], 'history')).toBe('tokeninfo:history');
    expect(concernsAllMytokens('list-mytokens')).toBe(true);
    expect(concernsAllMytokens('subtokens')).toBe(false);
  });

  it('the history of what was made from a mytoken is its own affair', () => {
    const one = { kind: 'one' as const, momId: 'm', name: '' };
    expect(historyOperation({ ...one, derived: true })).toBeNull();
    expect(historyOperation({ ...one, derived: false })).toBe('history-of-others');
    expect(historyOperation({ kind: 'family' })).toBe('history');
  });
});
