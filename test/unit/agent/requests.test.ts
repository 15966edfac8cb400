import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAccessTokenRequest,
  parseChallengeRequest,
  plainName,
} from '../../../electron/agent/http/requests.ts';
import { schema } from '../../integration/agent/support.ts';

describe('requests and their description', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'openid',
      'a b',
      ' a  b ',
      'a\tb',
      'a\nb',
      '"',
      '\\',
      'ü',
      'https://a.example/',
      'home',
    ),
    fc.string({ maxLength: 8 }),
  );
  const value = fc.oneof(
    text,
    fc.array(text, { maxLength: 3 }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(0, 60, 86_400, 86_401, -1),
  );
  const wish = fc.dictionary(
    fc.constantFrom(
      'account',
      'issuer',
      'scope',
      'audience',
      'min_valid_seconds',
      'fresh',
      'application',
      'scopes',
      'Account',
    ),
    value,
    { maxKeys: 3 },
  );

  it('what openapi.yaml allows is accepted, and nothing else', () => {
    const described = schema('AccessTokenRequest');
    fc.assert(
      fc.property(wish, (body) => {
        const plain: unknown = JSON.parse(JSON.stringify(body));
        expect(parseAccessTokenRequest(plain).ok).toBe(described(plain));
      }),
      { numRuns: 5000, seed: 42 },
    );
  });

  it('the same for challenges', () => {
    const described = schema('ChallengeRequest');
    const part = fc.oneof(
      fc.constantFrom('mtd_abcdef', 'mtd_abcde', 'n'.repeat(16), 'n'.repeat(129), 'n n n n n n n n n n'),
      value,
    );
    fc.assert(
      fc.property(fc.record({ nonce: part, key_hint: part, more: part }, { requiredKeys: [] }), (body) => {
        const plain: unknown = JSON.parse(JSON.stringify(body));
        expect(parseChallengeRequest(plain).ok).toBe(described(plain));
      }),
      { numRuns: 2000, seed: 42 },
    );
  });

  it('text becomes a list of words', () => {
    expect(parseAccessTokenRequest({ scope: ' a  b ', audience: 'x' })).toEqual({
      ok: true,
      value: { scope: ['a', 'b'], audience: ['x'] },
    });
  });
});

describe('R-65: names programs give themselves', () => {
  it.each([
    ['  Jupyter \n\t Lab ', 'Jupyter Lab'],
    ['a\u202Eb\u200Bc\u2066d', 'abcd'],
    ['e\u0301', 'é'],
    ['\u0000\u0007', ''],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('%j becomes %j', (name, expected) => {
    expect(plainName(name)).toBe(expected);
  });

  it('cuts between characters as people see them', () => {
    const flag = '🇦🇹';
    expect(plainName(flag.repeat(100))).toBe(flag.repeat(64));
  });
});
