import { describe, expect, it } from 'vitest';
import { bearerKey, checkRemote, firstObjection } from '../../../electron/agent/http/guards.ts';

describe('guard 1: remote address', () => {
  it.each(['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', '::ffff:127.0.0.1'])(
    '%s is local',
    (address) => {
      expect(checkRemote(address)).toBeNull();
    },
  );

  it.each([
    undefined,
    '',
    '10.0.0.1',
    '128.0.0.1',
    '127.0.0.1.evil.example',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    '127.1',
    'fe80::1',
  ])('%s is not', (address) => {
    expect(checkRemote(address)?.code).toBe('agent/not-local');
  });

  it('decides before everything else', () => {
    const request = { method: 'OPTIONS', url: '/x', headers: { host: 'evil', origin: 'x' }, rawHeaders: [] };
    const door = { host: '127.0.0.1:1', localhost: null };
    expect(firstObjection(request, '10.0.0.1', door, 64)?.code).toBe('agent/not-local');
    expect(firstObjection(request, '127.0.0.1', door, 64)?.code).toBe('agent/bad-host');
  });
});

describe('bearer key', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer   abc ', 'abc'],
    ['Bearer', null],
    ['Bearerabc', null],
    ['Basic abcdefgh', null],
    [undefined, null],
  ])('%s gives %s', (header, key) => {
    expect(bearerKey(header)).toBe(key);
  });
});
