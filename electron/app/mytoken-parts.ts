import { type Accounts, type OpenInBrowser, readTokenFile } from '../accounts/index.ts';
import {
  createInspector,
  createManager,
  createNotices,
  createServerSettings,
  type Inspector,
  type Manager,
  type Notices,
  operationCheck,
  type ServerSettings,
} from '../manage/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import {
  createMintedTokens,
  createMinter,
  type MintedTokens,
  type Minter,
  type TokenBroker,
} from '../tokens/index.ts';

export interface MytokenPartsDeps {
  readonly accounts: Accounts;
  readonly broker: TokenBroker;
  readonly client: MytokenClient;
  readonly openInBrowser: OpenInBrowser;
  /** Throws while no mytoken may be used. */
  readonly refuseClosed: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What can be done with the mytokens of the accounts beside fetching access tokens. */
export interface MytokenParts {
  readonly minter: Minter;
  readonly minted: MintedTokens;
  readonly manager: Manager;
  readonly inspector: Inspector;
  readonly serverSettings: ServerSettings;
  readonly notices: Notices;
  /** New mytokens that nobody took yet, and what was read of and about others: nothing of it outlives an open store. */
  readonly forgetRead: () => void;
}

export function createMytokenParts(deps: MytokenPartsDeps): MytokenParts {
  const { accounts, broker, client, openInBrowser, refuseClosed, clock, log } = deps;
  const requireOperation = operationCheck(accounts);
  const minted = createMintedTokens(clock);
  const inspector = createInspector({ accounts, client, readFile: readTokenFile, clock });
  const serverSettings = createServerSettings({
    accounts,
    broker,
    client,
    requireOperation,
    openInBrowser,
    clock,
    log,
  });
  const notices = createNotices({ accounts, broker, client, requireOperation, log });
  return {
    minter: createMinter({ accounts, broker, client, clock, log, refuseClosed }),
    minted,
    manager: createManager({ accounts, broker, client, minted, clock, log }),
    inspector,
    serverSettings,
    notices,
    forgetRead() {
      minted.forgetAll();
      inspector.forget();
      serverSettings.forgetAll();
      notices.forgetAll();
    },
  };
}
