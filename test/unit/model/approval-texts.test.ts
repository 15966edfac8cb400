import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadestFirst } from '../../../shared/model/scopes.ts';
import { middleEllipsis, textWarning } from '../../../shared/model/text-warnings.ts';
import { compareWish } from '../../../shared/model/wish-comparison.ts';

describe('R-65 names that look like others', () => {
  it.each([
    ['/usr/bin/python3', null],
    ['/home/jörg/Büro/naïve-job.sh', null],
    ['/home/анна/скрипт.sh', null],
    ['/usr/bin/pуthon3', 'mixed-scripts'], // a Cyrillic у
    ['gіt', 'mixed-scripts'],
    ['/home/a/сору', 'look-alike'], // all Cyrillic
    ['ΤΟΡ', 'look-alike'],
    ['日本語ツール', null],
    ['', null],
  ] as const)('%s: %s', (text, warning) => {
    expect(textWarning(text)).toBe(warning);
  });

  it('keeps the file name of a long path', () => {
    const path = '/home/somebody/projects/2026/analysis/very/deep/below/everything/else/night-job.sh';
    const short = middleEllipsis(path, 40);
    expect(Array.from(short)).toHaveLength(40);
    expect(short).toMatch(/^\/home\/.*….*\/night-job\.sh$/);
    expect(middleEllipsis('/usr/bin/env', 40)).toBe('/usr/bin/env');
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 4, max: 80 }),
        (text, most) => {
          const cut = middleEllipsis(text, most);
          expect(Array.from(cut).length).toBeLessThanOrEqual(Math.max(most, 0));
          expect(text.startsWith(cut.split('…')[0] ?? '')).toBe(true);
        },
      ),
    );
  });
});

describe('R-66 what is asked for', () => {
  it('the scopes that allow most come first', () => {
    expect(
      broadestFirst([
        'openid',
        'storage.read:/a/b',
        'compute.read',
        'storage.modify:/',
        'offline_access',
        'storage.read:/',
      ]),
    ).toEqual([
      'offline_access',
      'storage.modify:/',
      'compute.read',
      'storage.read:/',
      'storage.read:/a/b',
      'openid',
    ]);
  });

  const now = 1_700_000_000;
  const wish = { capabilities: ['AT', 'tokeninfo:history', 'settings'], restrictions: [], rotation: null };
  const account = {
    capabilities: ['AT', 'tokeninfo', 'manage_mytokens', 'create_mytoken'],
    restrictions: [],
  };

  it('is held against what the account has', () => {
    expect(compareWish(wish, account, now)).toMatchObject({
      capabilities: [
        { capability: 'settings', against: 'not-held', danger: 'danger' },
        { capability: 'AT', against: 'same' },
        { capability: 'tokeninfo:history', against: 'part' },
      ],
      dropped: ['manage_mytokens', 'create_mytoken'],
      limits: 'none',
      endsAtSeconds: null,
    });
  });

  it.each([
    [[], [{ exp: now + 60 }], 'inherited', now + 60],
    [[{ exp: '+1d' }], [], 'tighter', now + 86_400],
    [[{ exp: now + 60 }], [{ exp: now + 60 }], 'same', now + 60],
    [[{ exp: now + 30 }], [{ exp: now + 60 }], 'tighter', now + 30],
    [[{ exp: now + 30 }, { usages_AT: 1 }], [], 'tighter', null],
    [[{}], [], 'none', null],
  ] as const)('limits %j of %j: %s', (own, others, limits, endsAtSeconds) => {
    expect(
      compareWish({ ...wish, restrictions: own }, { ...account, restrictions: others }, now),
    ).toMatchObject({ limits, endsAtSeconds });
  });
});
