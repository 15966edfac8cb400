import { describe, expect, it } from 'vitest';
import { isLoopbackHost, parseInstanceUrl } from '../../../electron/mytoken/index.ts';
import { requireSameOrigin } from '../../../electron/mytoken/instance-url.ts';
import { DomainError } from '../../../shared/errors.ts';

function reasonFor(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'mytoken/url-not-allowed') {
      expect(error.details['sent']).toBe('no');
      return error.details['reason'];
    }
    throw error;
  }
}

describe('parseInstanceUrl', () => {
  it.each([
    ['mytoken.example.org', 'https://mytoken.example.org'],
    ['  mytoken.example.org/ ', 'https://mytoken.example.org'],
    ['mytoken.example.org:8443', 'https://mytoken.example.org:8443'],
    ['https://MYTOKEN.example.org//', 'https://mytoken.example.org'],
    ['https://example.org/mytoken/', 'https://example.org/mytoken'],
    ['https://example.org/a@b', 'https://example.org/a@b'],
    ['http://localhost:8000', 'http://localhost:8000'],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
    ['http://127.9.8.7', 'http://127.9.8.7'],
    ['http://127.1:80', 'http://127.0.0.1'],
    ['http://[::1]:9', 'http://[::1]:9'],
    ['HTTPS://example.org', 'https://example.org'],
    ['localhost:8080', 'https://localhost:8080'],
  ])('reads %s', (input, expected) => {
    expect(parseInstanceUrl(input)).toBe(expected);
  });

  it.each([
    ['http://mytoken.example.org', 'plain-http'],
    ['http://127.0.0.1.example.org', 'plain-http'],
    ['http://localhost.example.org', 'plain-http'],
    ['http://localhost.', 'plain-http'],
    ['http://[::ffff:127.0.0.1]', 'plain-http'],
    ['http://128.0.0.1', 'plain-http'],
    ['http://0.0.0.0', 'plain-http'],
    ['https://user@example.org', 'userinfo'],
    ['https://user:pw@example.org', 'userinfo'],
    ['https://@example.org', 'userinfo'],
    ['user@example.org', 'userinfo'],
    ['https://example.org/#', 'fragment'],
    ['https://example.org/#x', 'fragment'],
    ['https://example.org/?x=1', 'query'],
    ['ftp://example.org', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['mailto:a@example.org', 'scheme'],
    ['', 'malformed'],
    ['https://', 'malformed'],
    ['https://exa mple.org', 'malformed'],
    ['https://exam\tple.org', 'malformed'],
    ['https:\\\\example.org', 'scheme'],
    ['https://example.org\\@evil.example', 'malformed'],
    [`https://example.org/${'a'.repeat(3000)}`, 'malformed'],
  ])('R-56 R-1 refuses %s', (input, reason) => {
    expect(reasonFor(() => parseInstanceUrl(input))).toBe(reason);
  });
});

describe('isLoopbackHost', () => {
  it('R-1 knows the names that never leave the machine, and no others', () => {
    const yes = ['localhost', '127.0.0.1', '127.255.255.254', '[::1]'];
    const no = [
      'localhost.example.org',
      '127.0.0.1.nip.io',
      '[::]',
      '0.0.0.0',
      '10.0.0.1',
      'mylocalhost',
      '',
    ];
    expect(yes.filter((host) => !isLoopbackHost(host))).toEqual([]);
    expect(no.filter(isLoopbackHost)).toEqual([]);
  });
});

describe('requireSameOrigin', () => {
  const instance = 'https://mytoken.example.org/base';

  it('returns the URL unchanged', () => {
    const consent = 'https://mytoken.example.org:443/c/KqRt%57bNx';
    expect(requireSameOrigin(consent, instance, 'consent_uri')).toBe(consent);
  });

  it.each([
    ['https://evil.example/c/KqRtWbNx', 'other-origin'],
    ['https://mytoken.example.org.evil.example/c', 'other-origin'],
    ['https://mytoken.example.org:8443/c', 'other-origin'],
    ['http://mytoken.example.org/c', 'not-secure'],
    ['https://mytoken.example.org@evil.example/c', 'not-secure'],
    ['https://u:p@mytoken.example.org/c', 'not-secure'],
    ['javascript:alert(1)', 'not-secure'],
    ['/c/KqRtWbNx', 'malformed'],
  ])('R-55 R-56 refuses %s', (candidate, reason) => {
    expect(reasonFor(() => requireSameOrigin(candidate, instance, 'consent_uri'))).toBe(reason);
  });

  it('R-1 does not let an https server lead to http on this machine', () => {
    expect(reasonFor(() => requireSameOrigin('http://127.0.0.1/x', 'https://127.0.0.1', 'jwks_uri'))).toBe(
      'other-origin',
    );
  });
});
