import { describe, expect, it } from 'vitest';
import { childCapabilities, has } from '../../../sandbox/rules/capabilities.ts';

describe('the "has" rule', () => {
  it.each([
    // Worked examples of the protocol, section 5.1.
    [['settings'], 'read@settings:grants:ssh', true],
    [['read@settings'], 'read@settings:email', true],
    [['read@settings'], 'settings:email', false],
    [['manage_mytokens'], 'read@manage_mytokens:notify', true],
    // A child does not give its parent, and a common prefix of letters is not a prefix of the path.
    [['tokeninfo:introspect'], 'tokeninfo', false],
    [['tokeninfo'], 'tokeninfo:history', true],
    [['AT'], 'ATX', false],
    [['at'], 'AT', false],
    [[], 'AT', false],
  ])('%j covers %s: %s', (owned, wanted, expected) => {
    expect(has(owned, wanted)).toBe(expected);
  });
});

describe('capabilities of a child', () => {
  it('keeps the requested spelling and order and drops what the parent lacks', () => {
    expect(childCapabilities(['AT', 'settings'], ['read@settings:email', 'create_mytoken', 'AT'])).toEqual([
      'read@settings:email',
      'AT',
    ]);
  });

  it('gives everything of the parent for an empty list, not the default', () => {
    expect(childCapabilities(['AT', 'create_mytoken'], [])).toEqual(['AT', 'create_mytoken']);
  });
});
