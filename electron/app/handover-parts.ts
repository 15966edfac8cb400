import { mkdir } from 'node:fs/promises';
import { z } from '../../shared/zod.ts';
import type { HandoverView } from '../../shared/model/handover.ts';
import { type Accounts, adoptLater } from '../accounts/index.ts';
import type { Activity } from '../activity/index.ts';
import type { AgentSocket } from '../agent/index.ts';
import { createKeptFiles, type KeptFilesStorage } from '../files/index.ts';
import {
  type BearerFiles,
  createBearerFiles,
  createMytokenFiles,
  type MytokenFiles,
  type WishStorage,
} from '../handover/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { Vault } from '../vault/index.ts';
import { recordedBroker } from './activity-sources.ts';
import type { JsonStore } from './json-store.ts';
import type { AppPaths } from './paths.ts';
import type { SettingsService } from './settings.ts';

export interface HandoverDeps {
  readonly store: JsonStore;
  readonly accounts: Accounts;
  readonly activity: Activity;
  readonly broker: TokenBroker;
  readonly client: MytokenClient;
  readonly vault: Pick<Vault, 'state' | 'onState'>;
  readonly settings: SettingsService;
  readonly lock: Pick<AppLock, 'isLocked' | 'onChange'>;
  readonly pause: Pick<Pause, 'isPaused' | 'onChange'>;
  readonly agentSocket: Pick<AgentSocket, 'state'>;
  readonly paths: AppPaths;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the app keeps for other tools. */
export interface Handover {
  readonly bearerFiles: BearerFiles;
  readonly mytokenFiles: MytokenFiles;
  view(): HandoverView;
  onChange(listener: () => void): () => void;
  /** What a terminal for this account finds in its environment; begins a token file when there is none. No secret is in it. */
  terminalVariables(accountId: string): Promise<Readonly<Record<string, string>>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('discovery') }),
  z.object({ kind: z.literal('own') }),
  z.object({ kind: z.literal('chosen'), path: z.string().min(1).max(4096) }),
]);
const bearerWishes = z.array(
  z.object({
    accountId: z.string(),
    place,
    scope: z.array(z.string()).nullable(),
    audience: z.array(z.string()).nullable(),
  }),
);
const mytokenWishes = z.array(z.object({ accountId: z.string(), path: z.string().min(1).max(4096) }));

export function createHandover(deps: HandoverDeps): Handover {
  const { accounts, broker, client, vault, settings, lock, pause, paths, clock, log } = deps;
  const document = documentParts(deps.store, log);
  const userId = process.getuid?.() ?? null;

  const serving = {
    allows: (accountId: string) =>
      ['ok', 'session'].includes(vault.state().kind) &&
      !lock.isLocked() &&
      !pause.isPaused() &&
      settings.get().policies[accountId] !== 'deny',
    onChange(listener: () => void) {
      const forget = [
        vault.onState(listener),
        lock.onChange(listener),
        pause.onChange(listener),
        settings.onChange((now, before) => {
          if (now.policies !== before.policies) listener();
        }),
      ];
      return () => {
        for (const each of forget) each();
      };
    },
  };

  const bearerFiles = createBearerFiles({
    storage: document.wishes('bearer', bearerWishes),
    files: createKeptFiles(document.part('bearerWritten'), userId),
    accounts,
    broker: recordedBroker(broker, { kind: 'token-file', door: 'app', by: 'app' }, deps),
    serving,
    discoveryPath: paths.discoveredBearer,
    ownFolder: paths.bearerFolder,
    makeFolder: async (path) => {
      await mkdir(path, { recursive: true, mode: 0o700 });
    },
    clock,
    log,
  });
  const mytokenFiles = createMytokenFiles({
    storage: document.wishes('mytoken', mytokenWishes),
    files: createKeptFiles(document.part('mytokenWritten'), userId),
    accounts,
    broker,
    adopt: (accountId, value) => adoptLater({ accounts, client, clock, log }, accountId, value),
    clock,
    log,
  });

  return {
    bearerFiles,
    mytokenFiles,
    view: () => ({
      bearerFiles: bearerFiles.list(),
      mytokenFiles: mytokenFiles.list(),
      discoveryPath: paths.discoveredBearer,
    }),
    onChange(listener) {
      const forget = [bearerFiles.onChange(listener), mytokenFiles.onChange(listener)];
      return () => {
        for (const each of forget) each();
      };
    },
    async terminalVariables(accountId) {
      const account = accounts.require(accountId);
      if (!bearerFiles.list().some((file) => file.accountId === accountId)) {
        bearerFiles.keep({ accountId, place: { kind: 'own' }, scope: null, audience: null });
      }
      const { path } = await bearerFiles.fresh(accountId);
      const socket = deps.agentSocket.state();
      return {
        BEARER_TOKEN_FILE: path,
        MYTOKEN_URL: account.instanceUrl,
        MYTOKEN_DESKTOP_ACCOUNT: account.shortname,
        ...(socket.state === 'listening' && socket.path !== null ? { OIDC_SOCK: socket.path } : {}),
      };
    },
    async start() {
      await Promise.all([bearerFiles.start(), mytokenFiles.start()]);
    },
    async stop() {
      await Promise.all([bearerFiles.stop(), mytokenFiles.stop()]);
    },
  };
}

/** Several small documents in one store; what cannot be read is put aside, never overwritten unseen. */
function documentParts(
  store: JsonStore,
  log: Logger,
): {
  part(name: string): KeptFilesStorage;
  wishes<T>(name: string, schema: z.ZodType<T[]>): WishStorage<T>;
} {
  const loaded = z.record(z.string(), z.unknown()).safeParse(store.load() ?? {});
  let document: Readonly<Record<string, unknown>> = loaded.success ? loaded.data : {};
  if (!loaded.success) store.setAside();
  const part = (name: string): KeptFilesStorage => ({
    load: () => document[name],
    save(value) {
      const next = { ...document, [name]: value };
      store.save(next);
      document = next;
    },
  });
  return {
    part,
    wishes(name, schema) {
      const own = part(name);
      return {
        load() {
          const wishes = schema.safeParse(own.load() ?? []);
          if (wishes.success) return wishes.data;
          log.error('handover.unreadable', { part: name });
          store.setAside();
          return [];
        },
        save: (wishes) => own.save(wishes),
      };
    },
  };
}
