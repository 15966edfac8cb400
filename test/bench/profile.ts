/**
 * Fills a profile through the app itself: only Electron can wrap the vault's key, so the accounts go in by the same bridge that
 * the window uses.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import type { AccountPolicy } from '../../shared/model/approval.ts';
import { defaultSettings, type Settings } from '../../shared/model/settings.ts';
import { chromiumSandbox, electronArgs } from '../support/desktop-session.ts';
import { environment, type Program, runtimeDirectory } from './launch.ts';

type Bridge = Record<string, (args: unknown) => Promise<{ ok: boolean; result?: unknown; error?: unknown }>>;

/** Mytokens go over in batches: one evaluation for each would be mostly Playwright's own time. */
const batch = 100;
const launchLimitMs = 60_000;
const closeLimitMs = 20_000;

interface NamedToken {
  readonly text: string;
  readonly shortname: string;
}

/** What the app does when programs ask for the accounts, in their order; the last one counts for all that follow. */
export type Policies = readonly AccountPolicy[];

export interface FilledProfile {
  /** Of a program that may use all accounts. */
  readonly key: string;
  /** Short names of the accounts, in the order of their mytokens. */
  readonly accounts: readonly string[];
}

/** Both doors for programs are open at the next start. */
export async function fillProfile(
  program: Program,
  mytokens: readonly string[],
  policies: Policies,
): Promise<FilledProfile> {
  mkdirSync(program.userData, { recursive: true, mode: 0o700 });
  mkdirSync(runtimeDirectory(program), { recursive: true, mode: 0o700 });
  const app = await _electron.launch({
    executablePath: program.executable,
    args: electronArgs(program.folder, `--user-data-dir=${program.userData}`),
    chromiumSandbox: chromiumSandbox(),
    env: environment(program),
    timeout: launchLimitMs,
  });
  const words: string[] = [];
  const named = mytokens.map((text, index) => ({ text, shortname: `bench${index}` }));
  const ids: string[] = [];
  let key: string;
  app.process().stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString('utf8')));
  try {
    const page = await app.firstWindow({ timeout: launchLimitMs });
    await page.waitForFunction(() => 'mytokenBridge' in window, undefined, { timeout: launchLimitMs });
    for (let from = 0; from < named.length; from += batch) {
      ids.push(...(await importAll(page, named.slice(from, from + batch))));
    }
    const client = await call(page, 'clients:create', {
      name: 'bench',
      accountIds: null,
      expiresInDays: null,
    });
    key = (client as { key: string }).key;
  } catch (error) {
    throw new Error(`The profile was not filled. The app's last words:\n${words.join('').slice(-2000)}`, {
      cause: error,
    });
  } finally {
    await close(app);
  }
  writeSettings(
    program,
    Object.fromEntries(ids.map((id, index) => [id, policies[index] ?? policies.at(-1) ?? 'allow'])),
  );
  return { key, accounts: named.map(({ shortname }) => shortname) };
}

async function close(app: ElectronApplication): Promise<void> {
  const kill = setTimeout(() => app.process().kill('SIGKILL'), closeLimitMs);
  await app.close();
  clearTimeout(kill);
}

/** Not through the bridge: a window of a serving app may refuse to close where there is no tray. */
function writeSettings(program: Program, policies: Settings['policies']): void {
  const settings: Settings = {
    ...defaultSettings,
    endpoint: { enabled: true, port: 0, allowLocalhostName: false },
    socket: { enabled: true },
    policies,
    onboardingDone: true,
  };
  writeFileSync(join(program.userData, 'settings.json'), JSON.stringify({ document: settings }), {
    mode: 0o600,
  });
}

async function importAll(page: Page, tokens: readonly NamedToken[]): Promise<readonly string[]> {
  return await page.evaluate(async (all) => {
    const bridge = (window as unknown as { mytokenBridge: Bridge }).mytokenBridge;
    const ids: string[] = [];
    for (const { text, shortname } of all) {
      const answer = await bridge['accounts:import']?.({ source: { kind: 'paste', text }, shortname });
      if (answer?.ok !== true) throw new Error(`import: ${JSON.stringify(answer?.error)}`);
      ids.push((answer.result as { accountId: string }).accountId);
    }
    return ids;
  }, tokens);
}

async function call(page: Page, channel: string, args: unknown): Promise<unknown> {
  const answer = await page.evaluate(
    ([name, given]) => (window as unknown as { mytokenBridge: Bridge }).mytokenBridge[name]?.(given),
    [channel, args] as [string, unknown],
  );
  if (answer?.ok !== true) throw new Error(`${channel}: ${JSON.stringify(answer?.error)}`);
  return answer.result;
}
