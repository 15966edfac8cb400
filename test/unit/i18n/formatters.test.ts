import { describe, expect, it, vi } from 'vitest';
import { createTranslate } from '../../../shared/i18n/catalogue.ts';

describe('numbers in texts', () => {
  it.each([
    ['en', 0, 'no mytokens'],
    ['en', 999, '1 mytoken directly, 999 in all'],
    ['en', 1000, '1 mytoken directly, 1,000 in all'],
    ['de', 1000, '1 Mytoken unmittelbar, 1.000 insgesamt'],
    ['de', 12345, '1 Mytoken unmittelbar, 12.345 insgesamt'],
  ] as const)('are written as its readers do: %s, %i', (locale, below, text) => {
    expect(createTranslate(locale)('manage.node.made', { children: 1, below })).toBe(text);
  });

  it('keep their decimals', () => {
    expect(createTranslate('de')('activity.fact.took-seconds', { seconds: 1.25 })).toBe('1,3 s');
    expect(createTranslate('en')('activity.fact.took-seconds', { seconds: 2 })).toBe('2.0 s');
  });

  it('do not make Intl list all locales as long as they are short', () => {
    const [list, format] = [
      vi.spyOn(Intl.NumberFormat, 'supportedLocalesOf'),
      vi.spyOn(Intl, 'NumberFormat'),
    ];
    createTranslate('de', 'de-AT')('manage.node.made', { children: 2, below: 3 });
    expect([list.mock.calls, format.mock.calls]).toEqual([[], []]);
    vi.restoreAllMocks();
  });
});
