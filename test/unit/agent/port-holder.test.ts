import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPortHolder } from '../../../electron/agent/http/port-holder.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function proc(): string {
  const root = temporaryDirectory('proc-');
  mkdirSync(join(root, 'net'));
  mkdirSync(join(root, '77', 'fd'), { recursive: true });
  mkdirSync(join(root, 'self'));
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  writeFileSync(
    join(root, 'net', 'tcp'),
    `${header}   0: 0100007F:0FA0 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 111 1\n` +
      `   1: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 222 1\n`,
  );
  writeFileSync(
    join(root, 'net', 'tcp6'),
    `${header}   0: 00000000000000000000000001000000:0FA1 00000000000000000000000000000000:0000 0A 0:0 0:0 0 1002 0 333 1\n`,
  );
  symlinkSync('socket:[222]', join(root, '77', 'fd', '5'));
  writeFileSync(join(root, '77', 'comm'), 'evil\u202e) R 1\n');
  return root;
}

describe('who holds a port', () => {
  it('finds the listener, not a connection, and cleans the name it gave itself (R-41)', async () => {
    expect(await findPortHolder(4000, proc())).toEqual({
      port: 4000,
      userId: 1001,
      processId: 77,
      program: 'evil) R 1',
    });
  });

  it('knows only the user of a process it may not look into', async () => {
    expect(await findPortHolder(4001, proc())).toEqual({
      port: 4001,
      userId: 1002,
      processId: null,
      program: null,
    });
  });

  it('knows nothing of a free port or without /proc', async () => {
    expect(await findPortHolder(4002, proc())).toBeNull();
    expect(await findPortHolder(4000, '/nonexistent')).toBeNull();
  });
});
