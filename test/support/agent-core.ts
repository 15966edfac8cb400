import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accounts } from '../../electron/accounts/index.ts';
import { createAccounts } from '../../electron/accounts/accounts.ts';
import { parseStoredAccounts } from '../../electron/accounts/stored-accounts.ts';
import { createHttp, createMytokenClient, type MytokenClient } from '../../electron/mytoken/index.ts';
import { Secret, silentLogger, systemClock } from '../../electron/ports/index.ts';
import { type BrokerDeps, createTokenBroker, fileJournal } from '../../electron/tokens/index.ts';
import { createVault } from '../../electron/vault/index.ts';
import { FakeKeyBackend } from './fake-key-backend.ts';

/** The trust core without Electron: real vault files, journal, client and broker in `directory`. */
export interface AgentCore {
  readonly accounts: Accounts;
  readonly client: MytokenClient;
  readonly broker: ReturnType<typeof createTokenBroker>;
  /** Stores a mytoken as a new account, or as the new mytoken of the only account there is. */
  adopt(mytoken: string): Promise<string>;
  stop(): Promise<void>;
}

export async function openAgentCore(
  directory: string,
  options: Pick<BrokerDeps, 'beforeUse'> = {},
): Promise<AgentCore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const clock = systemClock();
  const log = silentLogger;
  const file = join(directory, 'accounts.json');
  // The same wrapping key in every run, as a keyring would have it.
  const backend = new FakeKeyBackend('safe-storage:fake', Buffer.alloc(32, 7));
  const vault = createVault({ directory: join(directory, 'vault'), backends: [backend], clock, log });
  const accounts = createAccounts({
    vault,
    clock,
    log,
    storage: {
      load: () => parseStoredAccounts(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined),
      save: (data) => {
        writeFileSync(`${file}.tmp`, JSON.stringify(data));
        renameSync(`${file}.tmp`, file);
      },
    },
  });
  const http = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: false,
    clock,
    userAgent: 'test',
  });
  const client = createMytokenClient({ http, clock, log, appName: 'Mytoken Desktop', appVersion: '0' });
  const broker = createTokenBroker({
    accounts,
    client,
    journal: fileJournal(join(directory, 'journal')),
    clock,
    log,
    ...options,
  });
  await vault.open();
  await broker.start();
  await broker.settle();

  return {
    accounts,
    client,
    broker,
    async adopt(mytoken) {
      const value = new Secret(mytoken);
      const claims = await client.verify(value);
      const token = {
        kind: 'jwt' as const,
        value,
        claims,
        momId: null,
        expiresInSeconds: null,
        capabilities: claims.capabilities,
        restrictions: claims.restrictions ?? [],
        rotation: claims.rotation ?? null,
      };
      const [existing] = accounts.all();
      const record = existing
        ? await accounts.replaceMytoken(existing.id, token, claims)
        : await accounts.add({
            instanceUrl: claims.iss,
            token,
            claims,
            wish: null,
            providerName: 'Sandbox',
            providerScopes: [],
          });
      return record.id;
    },
    async stop() {
      await broker.stop();
      await vault.close();
      await http.stop();
    },
  };
}
