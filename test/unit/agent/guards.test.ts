import { describe, expect, it } from 'vitest';
import { bearerKey, checkHost, checkRemote, firstObjection } from '../../../electron/agent/http/guards.ts';

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

describe('guard 2: the announced address by the letter', () => {
  const socket = { kind: 'socket', host: 'mytoken-desktop', localhost: null, keyless: false } as const;
  const tcp = { kind: 'tcp', host: '127.0.0.1:80', localhost: 'localhost:80', keyless: false } as const;

  it.each([
    [socket, 'mytoken-desktop', true],
    [socket, 'Mytoken-Desktop', false],
    [socket, 'mytoken-desktop:80', false],
    [tcp, '127.0.0.1:80', true],
    [tcp, 'localhost:80', true],
    [tcp, 'LOCALHOST:80', false],
    [tcp, 'localhost', false],
    [tcp, '127.0.0.1', false],
    [tcp, '127.0.0.1:80, 127.0.0.1:80', false],
    [tcp, undefined, false],
  ])('%o and %s: %s', (door, host, isLetIn) => {
    expect(checkHost(host, door)).toEqual(
      isLetIn ? null : expect.objectContaining({ code: 'agent/bad-host' }),
    );
  });
});

describe('the number of headers', () => {
  it.each([
    [64, undefined],
    [65, 'agent/too-large'],
  ])('%i: %s', (count, code) => {
    const door = { kind: 'tcp', host: '127.0.0.1:1', localhost: null, keyless: false } as const;
    const rawHeaders = Array.from({ length: count }, (_, index) => [`x-${index}`, '1']).flat();
    const request = { method: 'GET', url: '/v1/status', headers: { host: '127.0.0.1:1' }, rawHeaders };
    expect(firstObjection(request, '127.0.0.1', door, 64)?.code).toBe(code);
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
