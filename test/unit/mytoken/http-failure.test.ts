import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../electron/mytoken/http-failure.ts';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const progress = (started: boolean, answered = false) => ({ started, answered, host: 'mytoken.example.org' });

describe('failureOf', () => {
  it.each([
    ['ENOTFOUND', 'mytoken/unreachable', 'dns', true],
    ['EAI_AGAIN', 'mytoken/unreachable', 'dns', true],
    ['ECONNREFUSED', 'mytoken/unreachable', 'refused', true],
    ['ENETUNREACH', 'mytoken/unreachable', 'no-route', true],
    ['ECONNRESET', 'mytoken/unreachable', 'reset', true],
    ['UND_ERR_SOCKET', 'mytoken/unreachable', 'reset', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'mytoken/timeout', 'connect', true],
    ['ETIMEDOUT', 'mytoken/timeout', 'connect', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'mytoken/tls', 'self-signed', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'mytoken/tls', 'unknown-authority', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'mytoken/tls', 'unknown-authority', false],
    ['CERT_HAS_EXPIRED', 'mytoken/tls', 'expired', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'mytoken/tls', 'wrong-name', false],
    ['EPROTO', 'mytoken/tls', 'protocol', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'mytoken/tls', 'protocol', false],
    ['UND_ERR_PRX_TLS', 'mytoken/tls', 'proxy', false],
    ['UND_ERR_HEADERS_OVERFLOW', 'mytoken/bad-answer', 'http', false],
    ['', 'mytoken/unreachable', 'reset', true],
  ])('%s before anything was written', (code, expected, reason, retryable) => {
    const error = failureOf(coded(code), progress(false));
    expect(error).toMatchObject({ code: expected, retryable });
    expect(error.details).toEqual({ reason, sent: 'no', host: 'mytoken.example.org' });
  });

  it('is uncertain from the first byte on', () => {
    for (const code of [
      'ECONNRESET',
      'EPROTO',
      'UND_ERR_HEADERS_TIMEOUT',
      'HPE_INVALID_CONSTANT',
      'ENOTFOUND',
    ]) {
      expect(failureOf(coded(code), progress(true)).details['sent']).toBe('maybe');
    }
  });

  it('tells a lost answer from one that was cut off', () => {
    expect(failureOf(coded('UND_ERR_SOCKET'), progress(true)).code).toBe('mytoken/unreachable');
    expect(failureOf(coded('UND_ERR_SOCKET'), progress(true, true))).toMatchObject({
      code: 'mytoken/bad-answer',
      retryable: true,
      details: { reason: 'truncated', sent: 'maybe' },
    });
  });

  it('looks into causes and into attempts at several addresses', () => {
    const several = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
    expect(failureOf(several, progress(false)).details['reason']).toBe('refused');
    const wrapped = new Error('outer', { cause: coded('CERT_HAS_EXPIRED') });
    expect(failureOf(wrapped, progress(false)).details['reason']).toBe('expired');
  });

  it('R-74 keeps foreign messages out of its own', () => {
    const parser = Object.assign(new Error('secret'), { name: 'HTTPParserError', data: 'secret' });
    for (const cause of [coded('ECONNRESET', 'secret'), parser, coded('EPROTO', 'secret')]) {
      const error = failureOf(cause, progress(true));
      expect(
        inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error.toEnvelope()),
      ).not.toContain('secret');
    }
    expect(failureOf(parser, progress(true)).code).toBe('mytoken/bad-answer');
  });
});
