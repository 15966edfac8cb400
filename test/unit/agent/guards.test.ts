import { describe, expect, it } from 'vitest';
import { bearerKey, checkRemote, firstObjection } from '../../../electron/agent/http/guards.ts';

describe('guard 1: remote address', () => {
  it.each(['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', '::ffff:127.0.0.1'])(
    '%s is local',
    (address) => {
      expect(checkRemote(address, 'tcp')).toBeNull();
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
    expect(checkRemote(address, 'tcp')?.code).toBe('agent/not-local');
  });

  it('at the socket only connections without an address came through it', () => {
    expect(checkRemote(undefined, 'socket')).toBeNull();
    expect(checkRemote('127.0.0.1', 'socket')?.code).toBe('agent/not-local');
  });

  it('decides before everything else', () => {
    const request = { method: 'OPTIONS', url: '/x', headers: { host: 'evil', origin: 'x' }, rawHeaders: [] };
    const door = { kind: 'tcp', host: '127.0.0.1:1', localhost: null, keyless: false } as const;
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
