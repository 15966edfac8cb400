import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoveryFile } from '../../../electron/agent/http/discovery-file.ts';
import { CanaryLogger, FakeClock } from './fakes.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('discovery file', () => {
  it('is not written into a directory of another user', () => {
    const directory = temporaryDirectory('agent-');
    const log = new CanaryLogger();
    const someoneElse = (process.getuid?.() ?? 0) + 1;
    const file = discoveryFile({ directory, clock: new FakeClock(), log, userId: someoneElse });
    expect(file.write(['http://127.0.0.1:1'], null)).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    expect(log.lines.join()).toContain('agent.discovery-directory-unsafe');
  });

  it('a directory that cannot be made is told, not thrown', () => {
    const log = new CanaryLogger();
    const blocked = join(temporaryDirectory('agent-'), 'file');
    writeFileSync(blocked, '');
    const file = discoveryFile({ directory: join(blocked, 'runtime'), clock: new FakeClock(), log });
    expect(file.write(['http://127.0.0.1:1'], null)).toBeNull();
    expect(log.lines.join()).toContain('agent.discovery-not-written');
    file.remove();
  });
});
