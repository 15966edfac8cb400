import { describe, expect, it } from 'vitest';
import { proxySettings, routeOf } from '../../../electron/mytoken/proxy-settings.ts';

describe('proxySettings', () => {
  it('reads the environment as other tools do', () => {
    expect(proxySettings({})).toEqual({ httpProxy: '', httpsProxy: '', noProxy: '' });
    expect(
      proxySettings({
        HTTPS_PROXY: 'https://proxy.example:3128',
        HTTP_PROXY: 'http://other.example',
        NO_PROXY: ' *.lab ',
      }),
    ).toEqual({
      httpProxy: 'http://other.example',
      httpsProxy: 'https://proxy.example:3128',
      noProxy: '*.lab',
    });
    expect(
      proxySettings({ https_proxy: 'http://small.example', HTTPS_PROXY: 'http://big.example' }).httpsProxy,
    ).toBe('http://small.example');
    expect(proxySettings({ HTTPS_PROXY: 'proxy.example:3128' }).httpsProxy).toBe('http://proxy.example:3128');
    expect(proxySettings({ HTTP_PROXY: 'http://only.example' }).httpsProxy).toBe('http://only.example');
    expect(proxySettings({ https_proxy: '', HTTPS_PROXY: 'http://big.example' }).httpsProxy).toBe('');
  });
});

describe('routeOf', () => {
  const proxied = proxySettings({ HTTPS_PROXY: 'http://proxy.example:3128' });
  const route = (url: string, settings: typeof proxied | null = proxied) => routeOf(new URL(url), settings);

  it('R-1 never sends loopback through a proxy', () => {
    for (const url of [
      'http://localhost:1',
      'https://localhost',
      'http://127.8.7.6',
      'http://[::1]:9',
      'https://127.1',
    ]) {
      expect(route(url)).toBe('direct');
    }
  });

  it('leaves other hosts to the proxy, if there is one', () => {
    expect(route('https://mytoken.example.org')).toBe('maybe-proxy');
    expect(route('https://mytoken.example.org', null)).toBe('direct');
    expect(route('https://mytoken.example.org', proxySettings({}))).toBe('direct');
  });
});
