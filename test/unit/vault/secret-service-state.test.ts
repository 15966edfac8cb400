import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secretServiceState } from '../../../electron/vault/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dbus-send-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function answering(script: string): Promise<string> {
  const tool = join(directory, 'dbus-send');
  writeFileSync(tool, `#!/bin/sh\n${script}\n`);
  chmodSync(tool, 0o755);
  return secretServiceState('linux', { PATH: directory });
}

test.each([
  ["echo '   variant       boolean true'", 'locked'],
  ["echo '   variant       boolean false'", 'open'],
  ["echo 'Error org.freedesktop.DBus.Error.ServiceUnknown: nobody' >&2; exit 1", 'absent'],
  ["echo 'Failed to open connection to session bus' >&2; exit 1", 'absent'],
  ["echo 'Error org.freedesktop.DBus.Error.UnknownMethod: No such object' >&2; exit 1", 'unknown'],
])('%s means %s', async (script, state) => {
  expect(await answering(script)).toBe(state);
});

test('without the tool, and on other systems, nothing is known', async () => {
  expect(await secretServiceState('linux', { PATH: directory })).toBe('unknown');
  expect(await secretServiceState('darwin', { PATH: directory })).toBe('unknown');
});
