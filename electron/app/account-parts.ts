import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type Accounts,
  createAccounts,
  createImports,
  createLogins,
  type Imports,
  linuxProcesses,
  type Logins,
  type OpenInBrowser,
  readTokenFile,
} from '../accounts/index.ts';
import { createHttp, createMytokenClient, type Http, type MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { createVault, type KeyBackend, type Vault } from '../vault/index.ts';
import { loadCaFiles } from './ca-files.ts';
import type { JsonStore } from './json-store.ts';
import type { AppPaths } from './paths.ts';
import type { SettingsService } from './settings.ts';
import { accountStorage } from './stores.ts';

export interface AccountPartsDeps {
  readonly store: JsonStore;
  readonly backends: readonly KeyBackend[];
  readonly openInBrowser: OpenInBrowser;
  readonly settings: Pick<SettingsService, 'get'>;
  readonly paths: Pick<AppPaths, 'vault'>;
  readonly appVersion: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The accounts, where their mytokens are kept, the servers these are of, and the ways in which accounts come here. */
export interface AccountParts {
  readonly http: Http;
  readonly client: MytokenClient;
  readonly vault: Vault;
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly imports: Imports;
}

const appName = 'Mytoken Desktop';

export function createAccountParts(deps: AccountPartsDeps): AccountParts {
  const { settings, appVersion, clock, log } = deps;
  const http = createHttp({
    extraCa: () => loadCaFiles(settings.get().extraCaFiles, log),
    proxyFromEnvironment: true,
    clock,
    userAgent: `mytoken-desktop/${appVersion}`,
  });
  const client = createMytokenClient({ http, clock, log, appName, appVersion });
  const vault = createVault({
    directory: deps.paths.vault,
    backends: deps.backends,
    clock,
    log,
    random: randomBytes,
  });
  const accounts = createAccounts({ storage: accountStorage(deps.store, clock, log), vault, clock, log });
  const logins = createLogins({
    client,
    accounts,
    openInBrowser: deps.openInBrowser,
    clock,
    log,
    hostName: hostname(),
  });
  const imports = createImports({
    client,
    accounts,
    readFile: readTokenFile,
    environment: () => process.env,
    processes: process.platform === 'linux' ? linuxProcesses() : null,
    userId: process.getuid?.() ?? null,
    clock,
    log,
  });
  return { http, client, vault, accounts, logins, imports };
}
