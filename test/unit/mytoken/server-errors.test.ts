import { describe, expect, it } from 'vitest';
import { type CallKind, serverError } from '../../../electron/mytoken/server-errors.ts';
import type { HttpAnswer } from '../../../electron/mytoken/index.ts';
import { json, text } from './fake-server.ts';

const nowMs = Date.UTC(2026, 0, 15, 12);

function map(answer: HttpAnswer, kind: CallKind = 'mytoken') {
  const { code, details, retryable, message } = serverError(answer, kind, nowMs);
  return { code, details, retryable, message };
}

const api = (status: number, error: string, description?: string) =>
  json(status, description === undefined ? { error } : { error, error_description: description });

describe('errors of calls that use a mytoken', () => {
  it.each([
    // The two forms of "this mytoken cannot be used" (mytoken protocol, "Passing the mytoken").
    [401, 'invalid_token', undefined, 'mytoken/token-unusable', 'revoked-or-replaced'],
    [401, 'invalid_token', 'token not valid', 'mytoken/token-unusable', 'invalid'],
    [401, 'invalid_token', 'signature is invalid', 'mytoken/token-unusable', 'invalid'],
    [401, 'invalid_token', 'no mytoken found in request', 'mytoken/token-unusable', 'invalid'],
    [400, 'invalid_request', 'token not valid', 'mytoken/token-unusable', 'invalid'],
    [400, 'invalid_request', 'no token given', 'mytoken/token-unusable', 'invalid'],
    [400, 'invalid_token', undefined, 'mytoken/token-unusable', 'revoked-or-replaced'],
    [401, 'invalid_token', 'token is expired by 3m2s', 'mytoken/expired', undefined],
    [400, 'invalid_request', 'token is expired by 3m2s', 'mytoken/expired', undefined],
    [401, 'invalid_token', 'token is not valid yet', 'mytoken/not-yet-valid', undefined],
    [401, 'invalid_token', 'No refresh token attached', 'mytoken/provider-session-ended', undefined],
    [403, 'usage_restricted', 'The restrictions …', 'mytoken/usage-restricted', undefined],
    [
      403,
      'invalid_grant',
      'The provided token cannot be used to revoke this mom_id',
      'mytoken/invalid-request',
      'foreign-mytoken',
    ],
    [400, 'invalid_grant', 'Unsupported grant_type', 'mytoken/not-supported', undefined],
    [
      400,
      'invalid_request',
      'The provided issuer is not supported',
      'mytoken/invalid-request',
      'provider-not-supported',
    ],
    [400, 'invalid_request', "unknown include name: 'x'", 'mytoken/invalid-request', 'unknown-template'],
    [400, 'invalid_request', 'token would already be expired', 'mytoken/invalid-request', 'already-expired'],
    [400, 'invalid_request', 'token not for specified issuer', 'mytoken/invalid-request', 'other-provider'],
    [
      400,
      'invalid_request',
      'mytoken to be issued cannot have any of the requested capabilities',
      'mytoken/invalid-request',
      'no-capability-left',
    ],
    [400, 'invalid_request', "unexpected '}'", 'mytoken/invalid-request', 'refused'],
    [501, 'not_yet_implemented', undefined, 'mytoken/not-supported', undefined],
    [404, 'Not Found', 'Not Found', 'mytoken/not-supported', undefined],
    [405, 'Method Not Allowed', 'Method Not Allowed', 'mytoken/not-supported', undefined],
    [431, 'Request Header Fields Too Large', undefined, 'mytoken/invalid-request', 'too-large'],
  ] as const)('%i %s %s → %s', (status, error, description, code, reason) => {
    const mapped = map(api(status, error, description));
    expect(mapped.code).toBe(code);
    expect(mapped.details['reason']).toBe(reason);
    expect(mapped.details['sent']).toBe('rejected');
    expect(mapped.retryable).toBe(false);
  });

  it('an empty 400 invalid_token for a sub-mytoken means that the parent lost its session', () => {
    expect(map(api(400, 'invalid_token'), 'sub-mytoken').code).toBe('mytoken/provider-session-ended');
  });

  it('names the missing capability if the server does, and nothing else of its sentence', () => {
    const named = (description: string) =>
      map(api(403, 'insufficient_capabilities', description)).details['capability'];
    expect(
      named('The provided token does not have the required capability for this request: tokeninfo:history'),
    ).toBe('tokeninfo:history');
    expect(named("required capability 'read@settings:grants'.")).toBe('read@settings:grants');
    expect(named('The provided token does not have the required capability <b>evil</b>')).toBeUndefined();
  });
});

describe('errors of the provider', () => {
  it.each([
    ['invalid_grant: Token is not active', 400, 'mytoken/provider-session-ended', undefined, false],
    ['invalid_grant', 401, 'mytoken/provider-session-ended', undefined, false],
    ['invalid_scope: no such scope', 400, 'mytoken/provider-error', 'invalid_scope', false],
    ['invalid_grants_are_odd', 400, 'mytoken/provider-error', 'invalid_grants_are_odd', false],
    ['temporarily_unavailable: later', 503, 'mytoken/provider-error', 'temporarily_unavailable', true],
    ['SELECT * FROM secrets', 500, 'mytoken/provider-error', undefined, true],
  ] as const)('%s with status %i', (description, status, code, providerError, retryable) => {
    const mapped = map(api(status, 'oidc_error', description));
    expect(mapped).toMatchObject({ code, retryable, details: { sent: 'rejected' } });
    expect(mapped.details['providerError']).toBe(providerError);
  });

  it('knows the status 555 of HTML pages', () => {
    expect(map(text(555, '<h1>oops</h1>'))).toMatchObject({
      code: 'mytoken/provider-error',
      details: { sent: 'maybe' },
    });
  });
});

describe('errors while polling and redeeming', () => {
  it.each([
    ['login', 'access_denied', 'user declined consent', 'login/declined'],
    ['login', 'expired_token', 'polling or transfer code is expired', 'login/expired'],
    ['login', 'invalid_token', 'Bad polling or transfer code', 'login/taken'],
    ['code', 'expired_token', 'polling or transfer code is expired', 'mytoken/expired'],
    ['code', 'invalid_token', 'Bad polling or transfer code', 'mytoken/token-unusable'],
  ] as const)('%s: %s %s → %s', (kind, error, description, code) => {
    const mapped = map(api(401, error, description), kind);
    expect(mapped.code).toBe(code);
    expect(mapped.retryable).toBe(false);
  });
});

describe('fate of the request', () => {
  it.each([
    ['500 in the server’s own words', api(500, 'internal_server_error', 'x'), 'rejected'],
    ['500 of the framework', api(500, 'Internal Server Error'), 'rejected'],
    ['500 of somebody in between', text(500, '<html>'), 'maybe'],
    ['502', text(502, 'Bad Gateway'), 'maybe'],
    ['503 as JSON of a gateway', api(503, 'service_unavailable'), 'maybe'],
    ['504', text(504, ''), 'maybe'],
    ['404 as HTML', text(404, '<html>'), 'rejected'],
    ['278', json(278, { url: '/' }), 'maybe'],
    ['302', text(302, ''), 'maybe'],
  ])('%s', (_name, answer, sent) => {
    expect(map(answer).details['sent']).toBe(sent);
  });

  it('repeats only make sense for what may pass', () => {
    expect(map(api(500, 'internal_server_error')).retryable).toBe(true);
    expect(map(text(503, '')).retryable).toBe(true);
    expect(map(text(302, '')).code).toBe('mytoken/bad-answer');
  });
});

describe('429', () => {
  const limited = (retryAfter?: string) =>
    map(text(429, 'Too Many Requests', retryAfter === undefined ? {} : { 'retry-after': retryAfter }));

  it('carries the time to wait, in seconds or as a date', () => {
    expect(limited('17')).toMatchObject({
      code: 'mytoken/rate-limited',
      retryable: true,
      details: { retryAfterMs: 17_000, sent: 'rejected', status: 429 },
    });
    expect(limited(new Date(nowMs + 42_000).toUTCString()).details['retryAfterMs']).toBe(42_000);
    expect(limited(new Date(nowMs - 42_000).toUTCString()).details['retryAfterMs']).toBe(0);
    expect(limited('999999999').details['retryAfterMs']).toBe(3_600_000);
  });

  it('says nothing when the server does not', () => {
    for (const header of [undefined, '', 'soon', '-5'])
      expect(limited(header).details).not.toHaveProperty('retryAfterMs');
  });
});

describe('what errors may tell', () => {
  it('R-74 never repeats the words of the server, and keeps the request id of 5xx', () => {
    const sql = "Error 1062: Duplicate entry 'eyJhbGciOi' for key 'MTokens.PRIMARY'";
    const answers = [500, 400, 401, 403, 503].flatMap((status) =>
      ['internal_server_error', 'invalid_request', 'invalid_token', 'oidc_error', sql].map((error) =>
        json(status, { error, error_description: sql }, { 'x-request-id': 'a1-b2' }),
      ),
    );
    for (const answer of answers) {
      const mapped = map(answer);
      expect(JSON.stringify(mapped)).not.toMatch(/Duplicate|eyJ|PRIMARY/);
      expect(mapped.details['requestId']).toBe(answer.status >= 500 ? 'a1-b2' : undefined);
    }
  });

  it('does not take everything for a request id', () => {
    const odd = json(500, { error: 'x' }, { 'x-request-id': 'Bearer eyJ <script>' });
    expect(map(odd).details).not.toHaveProperty('requestId');
  });
});
