import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { AdviceError } from './say.ts';

/**
 * Runs a program in the foreground with our terminal and passes signals on; the result is the exit code as a shell
 * reports it. A terminal's Ctrl+C reaches the program by itself and is not sent a second time.
 */
export function runInForeground(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: 'inherit' });
    const removers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
      const listener = (): void => {
        if (signal === 'SIGINT' && process.stdin.isTTY) return;
        child.kill(signal);
      };
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    const done = (): void => {
      for (const remove of removers) remove();
    };
    child.on('error', (error) => {
      done();
      reject(new AdviceError(`${command} could not be started: ${error.message}`));
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
