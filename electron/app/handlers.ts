import { readFile } from 'node:fs/promises';
import { DomainError } from '../../shared/errors.ts';
import type { Accounts, Imports, Logins } from '../accounts/index.ts';
import type { Handlers } from '../ipc/index.ts';
import { Secret } from '../ports/index.ts';
import type { AccessTokenGrant, AccessTokenWish, TokenBroker } from '../tokens/index.ts';
import type { Vault } from '../vault/index.ts';
import { type ActivityHandlerDeps, activityHandlers } from './activity-handlers.ts';
import { recordedBroker } from './activity-sources.ts';
import { type AgentHandlerDeps, agentHandlers } from './agent-handlers.ts';
import { type ComposeHandlerDeps, composeHandlers } from './compose-handlers.ts';
import { type ManageHandlerDeps, manageHandlers } from './manage-handlers.ts';
import { countCertificates } from './ca-files.ts';
import { type LockHandlerDeps, lockHandlers } from './lock-handlers.ts';
import { unverifiedClaims } from './jwt-claims.ts';
import { type NoticesHandlerDeps, noticesHandlers } from './notices-handlers.ts';
import { type HandoverHandlerDeps, handoverHandlers } from './handover-handlers.ts';
import { type TerminalHandlerDeps, terminalHandlers } from './terminal-handlers.ts';
import { type ServerSettingsHandlerDeps, serverSettingsHandlers } from './server-settings-handlers.ts';
import { type PairingHandlerDeps, pairingHandlers } from './pairing-handlers.ts';
import { serverTemplates } from './server-templates.ts';
import type { SettingsService } from './settings.ts';

export interface HandlerDeps
  extends
    ActivityHandlerDeps,
    AgentHandlerDeps,
    ComposeHandlerDeps,
    HandoverHandlerDeps,
    PairingHandlerDeps,
    LockHandlerDeps,
    ManageHandlerDeps,
    ServerSettingsHandlerDeps,
    NoticesHandlerDeps,
    TerminalHandlerDeps {
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly imports: Imports;
  readonly broker: TokenBroker;
  readonly settings: SettingsService;
  readonly vault: Vault;
  /** Revokes at the server first (mode `revoke`), then forgets the account here. */
  readonly removeAccount: (accountId: string, mode: 'revoke' | 'local-only') => Promise<void>;
  /** Puts a fresh or cached access token into the clipboard and says so; the times it is good for. */
  readonly copyAccessToken: (
    wish: AccessTokenWish,
  ) => Promise<{ readonly tokenExpiresAtMs: number; readonly clearsAtMs: number }>;
  readonly copyLoginLink: (flowId: string) => Promise<void>;
  readonly clearClipboard: () => Promise<void>;
  /** Shows the system's file dialog; null when it was closed. */
  readonly pickFile: (purpose: 'mytoken' | 'ca' | 'profile' | 'ssh-key') => Promise<string | null>;
  /** Shows the system's save dialog; null when it was closed. */
  readonly pickSavePath: (
    suggestedName: string,
    what?: 'mytoken' | 'history' | 'activity',
  ) => Promise<string | null>;
  readonly openHelp: (link: string, accountId: string | undefined) => Promise<void>;
  readonly windowReady: () => void;
}

/** What each call of a window does. Arguments and results are checked by ipc/ against the contract. */
export function createHandlers(deps: HandlerDeps): Handlers {
  const { hub, accounts, logins, imports, client, broker, settings, vault } = deps;

  const shown = recordedBroker(broker, { kind: 'show-access-token', door: 'window', by: 'user' }, deps);

  return {
    'state:get': () => Promise.resolve(hub.snapshot()),

    async 'instances:check'({ url, refresh }) {
      const instance = await client.discover(url, { refresh: refresh === true });
      return {
        issuer: instance.issuer,
        version: instance.version,
        providers: instance.providers.map((provider) => ({ ...provider, scopes: [...provider.scopes] })),
        documentation: instance.documentation,
        clockSkewMs: instance.clockSkewMs,
        restrictionKeys: instance.restrictionKeys === null ? null : [...instance.restrictionKeys],
      };
    },

    'instances:templates': ({ url, kind }) => serverTemplates(client, url, kind),

    'login:start': (request) => logins.start(request),

    async 'login:cancel'({ flowId }) {
      await logins.cancel(flowId);
      return null;
    },

    async 'login:open-again'({ flowId }) {
      await logins.openAgain(flowId);
      return null;
    },

    async 'login:copy-link'({ flowId }) {
      await deps.copyLoginLink(flowId);
      return null;
    },

    'login:dismiss'({ flowId }) {
      logins.dismiss(flowId);
      return Promise.resolve(null);
    },

    async 'accounts:import-candidates'() {
      return [...(await imports.candidates())];
    },

    async 'accounts:import'({ source, shortname, displayName }) {
      const names = { shortname, displayName };
      switch (source.kind) {
        case 'paste': {
          const account = await imports.fromText(source.text, { ...names, instanceUrl: source.instanceUrl });
          return { accountId: account.id, warnings: account.warnings };
        }
        case 'file': {
          const path = await deps.pickFile('mytoken');
          if (path === null) return null;
          const account = await imports.fromFile(path, { ...names, instanceUrl: source.instanceUrl });
          return { accountId: account.id, warnings: account.warnings };
        }
        case 'transfer-code': {
          const account = await imports.fromTransferCode(new Secret(source.code), source.instanceUrl, names);
          return { accountId: account.id, warnings: account.warnings };
        }
        case 'environment': {
          const account = await imports.fromCandidate(source.ref, names);
          return { accountId: account.id, warnings: account.warnings };
        }
      }
    },

    'accounts:edit'({ accountId, ...edit }) {
      accounts.edit(accountId, edit);
      return Promise.resolve(null);
    },

    'accounts:reorder'({ accountIds }) {
      accounts.reorder(accountIds);
      return Promise.resolve(null);
    },

    'accounts:set-default'({ accountId }) {
      accounts.setDefault(accountId);
      return Promise.resolve(null);
    },

    async 'accounts:remove'({ accountId, mode }) {
      await deps.removeAccount(accountId, mode);
      return null;
    },

    'accounts:check': ({ accountId }) => broker.resolveUncertain(accountId),

    'tokens:copy': (wish) => deps.copyAccessToken(wish),

    async 'tokens:reveal'(wish) {
      return reveal(await shown.accessToken(wish));
    },

    ...composeHandlers(deps),

    ...activityHandlers(deps),

    ...manageHandlers(deps),
    ...noticesHandlers(deps),

    ...handoverHandlers(deps),

    ...serverSettingsHandlers(deps),
    ...terminalHandlers(deps),

    ...agentHandlers(deps),

    ...pairingHandlers(deps),

    ...lockHandlers(deps),

    async 'clipboard:clear'() {
      await deps.clearClipboard();
      return null;
    },

    'settings:update'(patch) {
      settings.update(patch);
      return Promise.resolve(null);
    },

    async 'settings:add-ca-file'() {
      const path = await deps.pickFile('ca');
      if (path === null) return null;
      const certificates = countCertificates(await readCaFile(path));
      if (certificates === 0) {
        throw new DomainError('settings/invalid', 'This file holds no certificate in PEM form.', {
          details: { field: 'extraCaFiles' },
        });
      }
      const { extraCaFiles } = settings.get();
      if (!extraCaFiles.includes(path)) settings.update({ extraCaFiles: [...extraCaFiles, path] });
      return { path, certificates };
    },

    async 'storage:retry'() {
      await deps.retryStorage();
      return null;
    },

    async 'storage:use-session'() {
      await vault.useSessionOnly();
      return null;
    },

    async 'storage:reset'() {
      await vault.reset();
      return null;
    },

    async 'help:open'({ link, accountId }) {
      await deps.openHelp(link, accountId);
      return null;
    },

    'window:ready'() {
      deps.windowReady();
      return Promise.resolve(null);
    },
  };
}

/** Access tokens are opaque to clients (RFC 6749, 1.4); showing the claims of a JWT is for the person reading. */
function reveal(grant: AccessTokenGrant): {
  accessToken: string;
  expiresAtMs: number;
  scope: string[];
  audience: string[];
  claims: Record<string, unknown> | null;
} {
  return {
    accessToken: grant.accessToken.reveal(),
    expiresAtMs: grant.expiresAtMs,
    scope: [...grant.scope],
    audience: [...grant.audience],
    claims: unverifiedClaims(grant.accessToken),
  };
}

async function readCaFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new DomainError('settings/invalid', 'The file could not be read.', {
      details: { field: 'extraCaFiles' },
      cause,
    });
  }
}
