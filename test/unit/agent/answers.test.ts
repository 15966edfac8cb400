import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../shared/errors.ts';
import { httpStatus, problemOf, refusal } from '../../../electron/agent/http/problems.ts';
import { description, schema } from '../../integration/agent/support.ts';

const body = (error: unknown): string => JSON.stringify(problemOf(error).members);

describe('errors', () => {
  it('the described codes are exactly those that can come up', () => {
    const { enum: described } = description.components['schemas']?.['ErrorCode'] as { enum: string[] };
    expect([...described].sort()).toEqual(Object.keys(httpStatus).sort());
  });

  it('no code of the vault or of the mytoken server is answered as a fault of ours', () => {
    const passedOn = errorCodes.filter((code) => /^(?:vault|mytoken)\//.test(code));
    expect(passedOn.filter((code) => (httpStatus[code] ?? 500) === 500)).toEqual([]);
  });

  it.each([
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'],
    ['a client key', 'mtd_sSZyuty79FlObF8X5-3rG9k_-orKTTyCjrXlzlk-RxM4Ai6fH'],
    ['a bearer header', 'Bearer c2VjcmV0LXRva2Vu'],
  ])('R-74: %s in a message or detail is taken out', (_what, secret) => {
    const text = body(refusal('mytoken/bad-answer', `before ${secret} after`, { reason: `is ${secret}` }));
    expect(text).not.toContain(secret.slice(-10));
    expect(text).toContain('before [secret] after');
    const validate = schema('Problem');
    expect(validate(JSON.parse(text))).toBe(true);
  });

  it('long texts are cut and unknown details left out', () => {
    const text = body(
      refusal('mytoken/bad-answer', 'x'.repeat(5000), { accountId: 'id', path: '/home/user' }),
    );
    expect(text.length).toBeLessThan(800);
    expect(text).not.toMatch(/id"|home/);
  });
});
