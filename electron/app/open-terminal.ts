import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { DomainError } from '../../shared/errors.ts';
import { planTerminal } from '../handover/index.ts';

/** Variables of ours or of Electron's that would confuse a program started from a terminal. */
const notForTerminals = /^(ELECTRON_|CHROME_|MYTOKEN_DESKTOP_RUNTIME_DIR$|NODE_OPTIONS$)/;

/**
 * Opens the user's terminal; programs in it find `variables` in their environment, and nothing on a command line. Rejects with
 * `handover/no-terminal`. On macOS the variables travel through a script in `runtimeDirectory` that removes itself.
 */
export function openTerminal(
  runtimeDirectory: string,
): (variables: Readonly<Record<string, string>>) => Promise<void> {
  return async (variables) => {
    const plan = planTerminal(
      { platform: process.platform, environment: process.env, hasProgram },
      variables,
    );
    let { args } = plan;
    if (plan.script !== null) {
      await mkdir(runtimeDirectory, { recursive: true, mode: 0o700 });
      const script = join(runtimeDirectory, `terminal-${randomBytes(6).toString('hex')}.command`);
      await writeFile(script, plan.script, { flag: 'wx', mode: 0o700 });
      args = args.map((arg) => (arg === '{script}' ? script : arg));
    }
    const inherited = Object.entries(process.env).filter(([name]) => !notForTerminals.test(name));
    await new Promise<void>((resolve, reject) => {
      const child = spawn(plan.command, args, {
        cwd: homedir(),
        env: { ...Object.fromEntries(inherited), ...plan.environment },
        detached: true,
        stdio: 'ignore',
        shell: false,
      });
      child.once('error', (cause) => {
        reject(new DomainError('handover/no-terminal', 'The terminal could not be started.', { cause }));
      });
      child.once('spawn', () => {
        child.unref();
        resolve();
      });
    });
  };
}

function hasProgram(name: string): boolean {
  const places = isAbsolute(name)
    ? [name]
    : (process.env['PATH'] ?? '')
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, name));
  return places.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
