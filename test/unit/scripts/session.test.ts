import { describe, expect, test } from 'vitest';
import { cleanEnvironment } from '../../../scripts/lib/desktop-session.ts';
import { busConfiguration } from '../../../scripts/lib/session-bus.ts';
import { ownerOf } from '../../../scripts/lib/session-cleanup.ts';
import { parsePasswd } from '../../../scripts/lib/session-user.ts';
import { relocate } from '../../../scripts/lib/staging.ts';
import { authorityRecord } from '../../../scripts/lib/virtual-display.ts';

describe('relocate', () => {
  test.each([
    ['/src/app', '/new'],
    ['/src/app/out/main.js', '/new/out/main.js'],
    ['/src/app/bin:/usr/bin:/src/app/x', '/new/bin:/usr/bin:/new/x'],
    ['--config=/src/app/x', '--config=/new/x'],
    ['/src/application', '/src/application'],
    ['/other/src/app', '/other/src/app'],
  ])('%s becomes %s', (text, expected) => {
    expect(relocate(text, '/src/app', '/new')).toBe(expected);
  });
});

test('a session takes over no secrets, no display and no bus of the caller', () => {
  const env = cleanEnvironment({
    PATH: '/bin',
    LC_ALL: 'C',
    CI: 'true',
    HOME: '/root',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
    DISPLAY: ':0',
    NPM_TOKEN: 'secret',
    ELECTRON_RUN_AS_NODE: '1',
    MYTOKEN_DESKTOP_RUNTIME_DIR: '/x',
    ELECTRON_OVERRIDE_DIST_PATH: '/dist',
  });
  expect(env).toEqual({ PATH: '/bin', LC_ALL: 'C', CI: 'true', ELECTRON_OVERRIDE_DIST_PATH: '/dist' });
});

test('parsePasswd finds a user, and never one that is root under another name', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nme:x:999:998::/var/lib/me:/bin/sh\nfake:x:0:0::/:/bin/sh\n';
  expect(parsePasswd(passwd, 'me')).toEqual({ uid: 999, gid: 998 });
  expect(parsePasswd(passwd, 'fake')).toBeNull();
  expect(parsePasswd(passwd, 'm')).toBeNull();
});

test('only folders of our own sessions are cleared', () => {
  expect(ownerOf('mytoken-session-42-AbCdEf')).toBe(42);
  expect(ownerOf('mytoken-session-')).toBeNull();
  expect(ownerOf('other-42-AbCdEf')).toBeNull();
});

test('the session bus activates nothing by itself', () => {
  expect(busConfiguration('/run/bus')).not.toContain('servicedir');
  expect(busConfiguration('/run/bus', '/run/services')).toContain('<servicedir>/run/services</servicedir>');
});

test('the cookie is valid for any host and any display', () => {
  const record = authorityRecord(Buffer.alloc(16, 1));
  expect(record.subarray(0, 6)).toEqual(Buffer.from([0xff, 0xff, 0, 0, 0, 0]));
  expect(record.subarray(8, 26).toString()).toBe('MIT-MAGIC-COOKIE-1');
  expect(record).toHaveLength(6 + 2 + 18 + 2 + 16);
});
