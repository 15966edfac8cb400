/** Starts a program under measurement and finds out when it serves. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  readonly executable: string;
  /** Folder with the package.json of the app. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly userData: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly pid: number;
  readonly startMs: number;
  /** `http://127.0.0.1:port` */
  readonly address: string;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;
const stopLimitMs = 10_000;
/** How exact {@link Running.startMs} can be. */
const pollMs = 2;

export function commandLine(program: Program): string[] {
  const { folder, args, userData } = program;
  return [folder, `--user-data-dir=${userData}`, '--password-store=gnome-libsecret', ...args];
}

export function environment(program: Program): Record<string, string> {
  const env: Record<string, string> = { ...definedVariables(), ...program.env };
  env['MYTOKEN_DESKTOP_RUNTIME_DIR'] = runtimeDirectory(program);
  delete env['ELECTRON_RUN_AS_NODE'];
  return env;
}

export function runtimeDirectory(program: Program): string {
  return `${program.userData}-run`;
}

export async function start(program: Program): Promise<Running> {
  const runtime = runtimeDirectory(program);
  rmSync(runtime, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const options = { env: environment(program), stdio: ['ignore', 'ignore', 'pipe'] as const };
  const startedMs = performance.now();
  const child = spawn(program.executable, commandLine(program), { ...options, stdio: [...options.stdio] });
  const words: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString('utf8')));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const address = await announced(join(runtime, 'endpoint.json'), child, startedMs);
    await firstAnswer(address);
    const startMs = performance.now() - startedMs;
    return { pid: child.pid ?? 0, startMs, address, stop: () => stop(child, exited) };
  } catch (error) {
    await stop(child, exited);
    throw new Error(`${program.folder} does not serve. Its last words:\n${words.join('').slice(-2000)}`, {
      cause: error,
    });
  }
}

async function announced(path: string, child: ChildProcess, startedMs: number): Promise<string> {
  while (performance.now() - startedMs < startLimitMs) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it has ended');
    try {
      const document = JSON.parse(readFileSync(path, 'utf8')) as { addresses: string[] };
      const address = document.addresses.find((entry) => entry.includes('127.0.0.1'));
      if (address !== undefined) return address;
    } catch {
      // Not there yet, or half written.
    }
    await sleep(pollMs);
  }
  throw new Error(`not within ${startLimitMs} ms`);
}

/** Any answer proves that it serves: the app's is a 401, since the request has no key. */
function firstAnswer(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(`${address}/v1/status`, { agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      if (response.statusCode === 200 || response.statusCode === 401) response.on('end', resolve);
      else reject(new Error(`${address} answered ${response.statusCode ?? 0}`));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await exited;
  clearTimeout(late);
}

function definedVariables(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) found[name] = value;
  return found;
}
