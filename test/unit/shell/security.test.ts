import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, fileFor, parseManifest } from '../../../electron/security/app-files.ts';
import { createExternalOpener, mayOpen } from '../../../electron/security/open-external.ts';
import { scrub } from '../../../shared/model/scrub.ts';
import { refusalToStart } from '../../../electron/security/start-checks.ts';
import { windowOptions } from '../../../electron/windows/options.ts';

describe('scrub (R-74)', () => {
  const jwt = `eyJhbGciOiJFUzUxMiJ9.${'a'.repeat(40)}.${'b'.repeat(40)}`;
  it.each([
    ['a JWT', `failed with ${jwt}`, jwt],
    ['a client key', `key mtd_${'x'.repeat(43)}abc`, `mtd_${'x'.repeat(43)}`],
    ['a bearer header', 'Authorization: Bearer abcdefghijklmnop', 'abcdefghijklmnop'],
    ['a consent link', 'opened https://mt.example.org/c/KqRtWbNx', 'KqRtWbNx'],
    ['a short token', `got ${'AbCdEfGh'.repeat(8)} back`, 'AbCdEfGh'.repeat(8)],
    ['a JSON field', '{"polling_code": "UzNGU2RG"}', 'UzNGU2RG'],
  ])('takes out %s', (_what, text, secret) => {
    expect(scrub(text)).not.toContain(secret);
  });

  it('leaves ordinary lines alone', () => {
    const line =
      '{"at":"2026-01-15T12:00:00.000Z","level":"info","event":"vault.opened","backend":"safe-storage:gnome_libsecret"}';
    expect(scrub(line)).toBe(line);
  });
});

describe('refusalToStart (R-19)', () => {
  const facts = (
    switches: Record<string, string>,
    over: Partial<Parameters<typeof refusalToStart>[0]> = {},
  ) => ({
    isPackaged: true,
    platform: 'linux' as const,
    uid: 1000,
    hasSwitch: (name: string) => name in switches,
    switchValue: (name: string) => switches[name] ?? '',
    ...over,
  });

  it.each(['remote-debugging-port', 'inspect', 'inspect-brk', 'no-sandbox'])(
    'refuses --%s in a release',
    (name) => {
      expect(refusalToStart(facts({ [name]: '' }))).toContain(`--${name}`);
      expect(refusalToStart(facts({ [name]: '' }, { isPackaged: false }))).toBeNull();
    },
  );

  it('refuses root and the plain password store, and nothing else', () => {
    expect(refusalToStart(facts({}, { uid: 0 }))).toContain('root');
    expect(refusalToStart(facts({ 'password-store': 'basic' }))).toContain('password-store');
    expect(refusalToStart(facts({ 'password-store': 'gnome-libsecret' }))).toBeNull();
    expect(refusalToStart(facts({}))).toBeNull();
  });
});

describe('files of the window (R-14)', () => {
  const files = parseManifest(
    '[{"path":"main/index.html","mime":"text/html"},{"path":"assets/a.js","mime":"text/javascript"}]',
  );
  it('serves what is listed and nothing else', () => {
    expect(fileFor('app://main/main/index.html?x#y', 'main', files)?.path).toBe('main/index.html');
    expect(fileFor('app://main/', 'main', files)?.path).toBe('main/index.html');
    for (const url of [
      'app://main/../package.json',
      'app://main/%2e%2e/package.json',
      'app://main/%252e%252e/package.json',
      'app://main/assets/%2e%2e/main/main.js',
      'app://main/assets/a.js.map',
      'app://main/%ff',
      'app://approval/main/index.html',
      'app://user@main/main/index.html',
      'file:///etc/passwd',
      'not a url',
    ]) {
      expect(fileFor(url, 'main', files), url).toBeNull();
    }
  });

  it('has a policy without any hole (R-7)', () => {
    const policy = contentSecurityPolicy('abc');
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain("'nonce-abc'");
  });
});

describe('mayOpen (R-11)', () => {
  const rules = { knownOrigins: () => ['http://127.0.0.1:8080', 'https://10.0.0.1'] };
  it.each([
    ['https://op.example.org/login?x=1', true],
    ['http://127.0.0.1:8080/c/abc', true],
    ['https://10.0.0.1/c/abc', true],
    ['http://127.0.0.1:8081/c/abc', false],
    ['http://op.example.org/', false],
    ['https://192.0.2.1/', false],
    ['https://[2001:db8::1]/', false],
    ['https://user:pw@op.example.org/', false],
    ['http://127.0.0.1:8080@evil.example/', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
    ['smb://host/share', false],
    ['', false],
  ])('%s: %s', (url, allowed) => {
    expect(mayOpen(url, rules)).toBe(allowed);
  });

  it('says when no browser could be started', async () => {
    const opener = createExternalOpener(() => Promise.reject(new Error('no browser')), rules);
    await expect(opener.open('https://op.example.org/')).rejects.toMatchObject({
      code: 'login/browser-failed',
    });
    await expect(opener.open('file:///x')).rejects.toMatchObject({ code: 'mytoken/url-not-allowed' });
  });
});

describe('windowOptions (R-2, R-3, R-4, R-6, R-8, R-21)', () => {
  it('cannot be weakened', () => {
    const { webPreferences } = windowOptions({
      title: 't',
      backgroundColor: '#fff',
      iconPath: null,
      place: null,
      preloadPath: '/p.cjs',
      session: {} as never,
      devTools: false,
    });
    expect(webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      devTools: false,
    });
    for (const name of [
      'webSecurity',
      'allowRunningInsecureContent',
      'experimentalFeatures',
      'enableBlinkFeatures',
    ]) {
      expect(webPreferences).not.toHaveProperty(name);
    }
  });
});
