import { join } from 'node:path';
import {
  type Accounts,
  createAccounts,
  createImports,
  createLogins,
  createRemoval,
  type Imports,
  linuxProcesses,
  type Logins,
  readTokenFile,
} from '../../../electron/accounts/index.ts';
import { createHttp, createMytokenClient, type MytokenClient } from '../../../electron/mytoken/index.ts';
import { systemClock } from '../../../electron/ports/index.ts';
import { createTokenBroker, fileJournal, type TokenBroker } from '../../../electron/tokens/index.ts';
import type { LoginView } from '../../../shared/model/state.ts';
import { MemoryAccountStorage } from '../../support/memory-account-storage.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type VaultBench, vaultBench } from '../../support/vault-bench.ts';

/** Everything the accounts need, with real files and sockets. */
export interface Desk {
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly imports: Imports;
  readonly broker: TokenBroker;
  readonly client: MytokenClient;
  readonly vault: Awaited<ReturnType<VaultBench['open']>>;
  readonly log: RecordingLog;
  readonly remove: ReturnType<typeof createRemoval>;
  readonly directory: string;
  /** Polling codes handed out so far. */
  readonly pollingCodes: string[];
  /** Done by whoever is sent to the browser. */
  browser: (consentUri: string) => Promise<unknown>;
  /** Waits for a view that fits; fails when the login ends otherwise. */
  until(fits: (view: LoginView) => boolean): Promise<LoginView>;
  ended(): Promise<LoginView>;
  stop(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const directory = temporaryDirectory('accounts-');
  const clock = systemClock();
  const log = new RecordingLog();
  const files = vaultBench();
  const vault = await files.open();
  const http = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: false,
    clock,
    userAgent: 'test',
  });
  const plain = createMytokenClient({ http, clock, log, appName: 'Mytoken Desktop', appVersion: '0' });
  const pollingCodes: string[] = [];
  const client: MytokenClient = {
    ...plain,
    async startLogin(...args) {
      const started = await plain.startLogin(...args);
      pollingCodes.push(started.pollingCode.reveal());
      return started;
    },
  };
  const accounts = createAccounts({ storage: new MemoryAccountStorage(), vault, clock, log });
  const broker = createTokenBroker({
    ...{ accounts, client, clock, log },
    journal: fileJournal(join(directory, 'journal')),
  });
  await broker.start();
  const logins = createLogins({
    ...{ client, accounts, clock, log, hostName: 'test' },
    openInBrowser: (url) => {
      // A browser goes its own way; nobody waits for it.
      void desk.browser(url).catch((error: unknown) => log.warn('browser', { text: String(error) }));
      return Promise.resolve();
    },
  });
  const imports = createImports({
    ...{ client, accounts, clock, log, readFile: readTokenFile },
    environment: () => ({}),
    userId: null,
    processes: process.platform === 'linux' ? linuxProcesses() : null,
  });

  const until: Desk['until'] = (fits) =>
    new Promise((resolve, reject) => {
      const look = (view: LoginView | null): boolean => {
        if (view && fits(view)) resolve(view);
        else if (view?.state === 'done' || view?.state === 'failed') {
          reject(new Error(`The login ended: ${view.state} ${String(view.problem)}`));
        } else return false;
        return true;
      };
      if (look(logins.view())) return;
      const off = logins.onChange((view) => {
        if (look(view)) off();
      });
    });

  const desk: Desk = {
    ...{ accounts, logins, imports, broker, client, vault, log, directory, pollingCodes, until },
    browser: () => Promise.resolve(),
    remove: createRemoval({
      ...{ accounts, client, log },
      withMytoken: (accountId, task) => broker.withMytoken(accountId, task),
    }),
    ended: () => until(({ state }) => state === 'done' || state === 'failed'),
    async stop() {
      await logins.stop();
      imports.stop();
      await broker.stop();
      accounts.flush();
      await vault.close();
      await http.stop();
    },
  };
  return desk;
}
