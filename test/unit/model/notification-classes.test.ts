import { describe, expect, it } from 'vitest';
import {
  coversClass,
  coversPartOf,
  notificationClasses,
  withClass,
} from '../../../shared/model/notification-classes.ts';

describe('withClass', () => {
  it('takes the parts along with their whole', () => {
    expect(withClass(['security:ips', 'expiration'], 'security', true)).toEqual(['expiration', 'security']);
    expect(withClass(['security:ips', 'security:revoked', 'expiration'], 'security', false)).toEqual([
      'expiration',
    ]);
  });

  it('leaves the other parts of a whole when one is taken away, however deep', () => {
    expect(withClass(['security'], 'security:blocked_usages:capabilities', false)).toEqual([
      'security:ips',
      'security:blocked_usages:restrictions',
      'security:revoked',
    ]);
  });

  it('adds nothing that is covered, and keeps names that it does not know', () => {
    expect(withClass(['security'], 'security:ips', true)).toEqual(['security']);
    expect(withClass(['from_the_future'], 'expiration', true)).toEqual(['from_the_future', 'expiration']);
    expect(withClass(['from_the_future', 'expiration'], 'expiration', false)).toEqual(['from_the_future']);
  });

  it('comes back to what it was for each class', () => {
    for (const name of notificationClasses) {
      const on = withClass([], name, true);
      expect(coversClass(on, name)).toBe(true);
      expect(withClass(on, name, false)).toEqual([]);
    }
  });
});

it('knows a part from the whole', () => {
  expect(coversPartOf(['security:ips'], 'security')).toBe(true);
  expect(coversPartOf(['security'], 'security')).toBe(false);
  expect(coversClass(['AT_creations'], 'AT')).toBe(false);
});
