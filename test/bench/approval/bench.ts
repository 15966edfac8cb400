import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../../scripts/lib/paths.ts';
import { say } from '../../../scripts/lib/say.ts';
import { type Program, runtimeDirectory, type Running, start } from '../launch.ts';
import type { OutsideClient } from '../outside.ts';
import { processTree } from '../process-tree.ts';
import { fillProfile } from '../profile.ts';
import type { Input } from '../types.ts';
import { askedToSeen } from './measure.ts';
import { openScreen, type Screen } from './screen.ts';

/** As many first questions as starts; of the others twice as many. */
const starts = 20;
const perStart = 2;
/** From the first answer of the app to its first question. */
const settleMs = 4_000;
/** Between two questions: what the last one left to do is done. */
const restMs = 700;

/** Milliseconds from the request to the question on the screen. */
export interface ApprovalMeasured {
  /** The first one of the running app. */
  readonly first: readonly number[];
  /** The window had gone, and its process with it. */
  readonly cold: readonly number[];
  readonly warm: readonly number[];
}

export async function benchApproval(
  input: Input,
  outside: OutsideClient,
  base: string,
): Promise<ApprovalMeasured> {
  const program: Program = {
    ...{ executable: input.executable, folder: ROOT, args: ['--hidden'], userData: join(base, 'approval') },
  };
  say('Making a profile for questions …');
  const { accounts } = await fillProfile(program, await outside.mytokens(1, 0), ['ask-always']);
  const socketPath = join(runtimeDirectory(program), 'agent.sock');
  const screen = openScreen(process.env['XDG_RUNTIME_DIR'] ?? '');
  const [first, cold, warm]: number[][] = [[], [], []];
  try {
    for (let round = 0; round < starts; round += 1) {
      if (round % 5 === 0) say(`Questions of start ${round + 1} of ${starts} …`);
      const running = await start(program);
      try {
        await sleep(settleMs);
        const ask = async (): Promise<number> => await askedToSeen(socketPath, accounts[0] ?? '', screen);
        first?.push(await ask());
        for (let each = 0; each < perStart; each += 1) {
          await sleep(restMs);
          warm?.push(await ask());
        }
        for (let each = 0; each < perStart; each += 1) {
          await sleep(restMs);
          await endWindow(running, screen);
          cold?.push(await ask());
        }
      } finally {
        await running.stop();
      }
    }
  } finally {
    screen.close();
  }
  return { first: first ?? [], cold: cold ?? [], warm: warm ?? [] };
}

/**
 * Takes the loaded window away without waiting ten minutes: the app destroys it when its page's process ends, and makes a new one for the
 * next question, just as it does after those ten minutes.
 */
async function endWindow(running: Running, screen: Screen): Promise<void> {
  const pages = processTree(running.pid).filter(isPage);
  if (pages.length !== 1) throw new Error(`There are ${pages.length} windows instead of one that is loaded.`);
  for (const page of pages) process.kill(page, 'SIGKILL');
  await sleep(restMs);
  if (processTree(running.pid).some(isPage)) throw new Error('The window has not gone.');
  if (!screen.isEmpty()) throw new Error('Something is on the screen before there is a question.');
}

function isPage(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
  } catch {
    return false;
  }
}
