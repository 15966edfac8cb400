import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../shared/errors.ts';
import { errorBody, httpStatus, refusal } from '../../../electron/agent/http/answers.ts';
import { description, schema } from '../../integration/agent/support.ts';

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
    const body = errorBody(
      refusal('mytoken/bad-answer', `before ${secret} after`, { reason: `is ${secret}` }),
    );
    expect(body).not.toContain(secret.slice(-10));
    expect(body).toContain('before [secret] after');
    const validate = schema('Error');
    expect(validate(JSON.parse(body))).toBe(true);
  });

  it('long texts are cut and unknown details left out', () => {
    const body = errorBody(
      refusal('mytoken/bad-answer', 'x'.repeat(5000), { accountId: 'id', path: '/home/user' }),
    );
    expect(body.length).toBeLessThan(700);
    expect(body).not.toMatch(/id"|home/);
  });
});
