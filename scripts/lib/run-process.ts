import { spawn, type SpawnOptions } from 'node:child_process';

export interface ProcessResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and collects what it printed. Never throws for a non-zero exit code. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { input?: string; timeoutMs?: number; echo?: boolean } = {},
): Promise<ProcessResult> {
  const { input, timeoutMs, echo = false, ...rest } = options;
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      ...rest,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            stderr += `${command} did not finish within ${timeoutMs} ms`;
            child.kill('SIGKILL');
          }, timeoutMs);
    child.stdout?.on('data', (data: Buffer) => {
      stdout += data.toString();
      if (echo) process.stderr.write(data);
    });
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (echo) process.stderr.write(data);
    });
    child.stdin?.on('error', () => undefined);
    if (input !== undefined) child.stdin?.end(input);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, stdout, stderr: stderr + error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}
