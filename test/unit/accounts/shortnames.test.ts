import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestShortname, transliterate, uniqueShortname } from '../../../electron/accounts/shortnames.ts';
import { shortnamePattern } from '../../../shared/model/account.ts';

describe('made-up short names', () => {
  it.each([
    ['Helmholtz AAI', 'https://login.helmholtz.de/oauth2', 'helmholtz-aai'],
    ['Universität Zürich (Süd)', 'https://x', 'universitaet-zuerich-sued'],
    ['Łódź & Ærø – Crème', 'https://x', 'lodz-and-aero-creme'],
    ['Weiß', 'https://x', 'weiss'],
    ['東京大学', 'https://idp.u-tokyo.ac.jp/', 'u-tokyo'],
    [null, 'https://login.helmholtz.de/oauth2', 'helmholtz'],
    [null, 'https://op.ox.ac.uk', 'ox'],
    [null, 'https://idp.example.com', 'example'],
    [null, 'http://127.0.0.1:8080/', '127.0.0.1'],
    [null, 'http://[::1]:8080/', '1'],
    [null, 'http://localhost:3000', 'localhost'],
    ['...', 'not a url', 'account'],
    ['\u202E\u200B', 'https://aai.egi.eu/', 'egi'],
  ])('%s at %s: %s', (name, issuer, expected) => {
    expect(suggestShortname(name, issuer)).toBe(expected);
  });

  it('always fit the pattern, whatever a server calls itself', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ unit: 'binary', maxLength: 200 })),
        fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' })),
        (name, issuer) => {
          expect(suggestShortname(name, issuer)).toMatch(shortnamePattern);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('do not change when made from themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = transliterate(text);
        expect(transliterate(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('are unique without regard to case, and still fit the pattern', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    fc.assert(
      fc.property(name, fc.integer({ min: 0, max: 30 }), (wanted, taken) => {
        const names = new Set<string>();
        for (let count = 0; count <= taken; count += 1) {
          const made = uniqueShortname(wanted, (candidate) => names.has(candidate.toLowerCase()));
          expect(made).toMatch(shortnamePattern);
          expect(names.has(made.toLowerCase())).toBe(false);
          names.add(made.toLowerCase());
        }
        expect(names.size).toBe(taken + 1);
      }),
    );
  });
});
