import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { secretServiceState } from '../../../electron/vault/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory('dbus-send-');
});

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
