import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { Clause } from '../../shared/model/mytoken.ts';
import type { Operation } from '../../shared/model/operations.ts';
import type { Accounts, OpenInBrowser } from '../accounts/index.ts';
import type { EmailSettings, MytokenClient, SshKeys } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { Secret } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import { readSshPublicKey } from './ssh-public-key.ts';

export interface NewKeyWish {
  /** A line of an OpenSSH public key file. */
  readonly publicKey: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
}

/** A key on its way: the user consents in the browser, then the server tells the user name, once. */
export interface SshKeyFlow {
  readonly flowId: string;
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}

export interface SshAccess {
  /** The line to try it with. */
  readonly command: Secret;
  /** A block for `~/.ssh/config`; null where the server gives none. */
  readonly hostConfig: Secret | null;
}

/**
 * What a mytoken server keeps about the user of an account. Everything goes through the broker, and what a capability is missing for is refused
 * before it is asked (`mytoken/insufficient-capabilities`). Each call counts as an “other” use of the mytoken.
 */
export interface ServerSettings {
  email(accountId: string): Promise<EmailSettings>;
  setEmail(
    accountId: string,
    change: { readonly address?: string | undefined; readonly prefersHtml?: boolean | undefined },
  ): Promise<void>;
  sshKeys(accountId: string): Promise<SshKeys>;
  setSshGrant(accountId: string, enabled: boolean): Promise<void>;
  /** Opens the browser. Throws `server/ssh-key-unreadable`, `mytoken/grant-off`, `mytoken/already-there`. */
  startSshKey(accountId: string, wish: NewKeyWish): Promise<SshKeyFlow>;
  /** Resolves once the user consented; rejects with `login/declined`, `login/expired`, `login/cancelled`, `login/unknown-flow`. */
  awaitSshKey(flowId: string): Promise<void>;
  openAgain(flowId: string): Promise<void>;
  cancelSshKey(flowId: string): void;
  /** What came of it, for ten minutes. Throws `compose/gone`. */
  sshAccess(flowId: string): SshAccess;
  removeSshKey(accountId: string, fingerprint: string): Promise<void>;
  forgetAll(): void;
}

export interface ServerSettingsDeps {
  readonly accounts: Pick<Accounts, 'require'>;
  readonly broker: Pick<TokenBroker, 'withMytoken'>;
  readonly client: Pick<MytokenClient, 'userSettings'>;
  readonly requireOperation: (accountId: string, operation: Operation) => void;
  readonly openInBrowser: OpenInBrowser;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Flow extends SshKeyFlow {
  readonly instanceUrl: string;
  readonly consentUri: Secret;
  readonly pollingCode: Secret;
  readonly intervalMs: number;
  readonly stopped: AbortController;
  outcome: Promise<void> | null;
  access: SshAccess | null;
}

const sshPort = 2222;
const keptMs = 10 * 60_000;

export function createServerSettings(deps: ServerSettingsDeps): ServerSettings {
  const { accounts, broker, client, requireOperation, clock, log } = deps;
  const { userSettings } = client;
  const flows = new Map<string, Flow>();

  const find = (flowId: string): Flow => {
    const flow = flows.get(flowId);
    if (flow === undefined) throw new DomainError('login/unknown-flow', 'This is not under way any more.');
    return flow;
  };

  const poll = async (flow: Flow): Promise<void> => {
    for (;;) {
      await pause(clock, flow.intervalMs, flow.stopped.signal);
      if (clock.nowMs() >= flow.expiresAtMs) {
        throw new DomainError('login/expired', 'The consent was not given in time.');
      }
      try {
        const answer = await userSettings.pollSshKey(flow.instanceUrl, flow.pollingCode, {
          signal: flow.stopped.signal,
        });
        if (answer.kind === 'pending') continue;
        const host = new URL(flow.instanceUrl).hostname;
        flow.access = {
          command: new Secret(`ssh -p ${sshPort} ${answer.userName.reveal()}@${host} MT`),
          hostConfig: answer.hostConfig,
        };
        clock.after(keptMs, () => flows.delete(flow.flowId));
        log.info('manage.ssh-key-added', {});
        return;
      } catch (error) {
        if (flow.stopped.signal.aborted) throw cancelled();
        // The network comes back; the consent is not lost with one question.
        if (!(error instanceof DomainError) || !error.retryable) throw error;
      }
    }
  };

  return {
    async email(accountId) {
      requireOperation(accountId, 'see-email');
      return await broker.withMytoken(accountId, (mytoken) => userSettings.email(mytoken));
    },

    async setEmail(accountId, change) {
      requireOperation(accountId, 'change-email');
      await broker.withMytoken(accountId, (mytoken) => userSettings.setEmail(mytoken, change));
    },

    async sshKeys(accountId) {
      requireOperation(accountId, 'see-ssh-keys');
      return await broker.withMytoken(accountId, (mytoken) => userSettings.sshKeys(mytoken));
    },

    async setSshGrant(accountId, enabled) {
      requireOperation(accountId, 'change-grants');
      await broker.withMytoken(accountId, (mytoken) => userSettings.setSshGrant(mytoken, enabled));
    },

    async startSshKey(accountId, wish) {
      requireOperation(accountId, 'change-ssh-keys');
      const { instanceUrl } = accounts.require(accountId);
      const key = readSshPublicKey(wish.publicKey);
      const started = await broker.withMytoken(accountId, (mytoken) =>
        userSettings.addSshKey(mytoken, { ...wish, publicKey: key.line }),
      );
      const flow: Flow = {
        ...started,
        flowId: randomUUID(),
        fingerprint: key.fingerprint,
        instanceUrl,
        stopped: new AbortController(),
        outcome: null,
        access: null,
      };
      flows.set(flow.flowId, flow);
      flow.outcome = poll(flow);
      flow.outcome.catch((error: unknown) => {
        flows.delete(flow.flowId);
        log.info('manage.ssh-key-not-added', {
          code: error instanceof DomainError ? error.code : 'app/internal',
        });
      });
      // A browser that cannot be started is no end: the page offers to try again.
      await deps.openInBrowser(flow.consentUri.reveal()).catch(() => undefined);
      return { flowId: flow.flowId, fingerprint: flow.fingerprint, expiresAtMs: flow.expiresAtMs };
    },

    async awaitSshKey(flowId) {
      await find(flowId).outcome;
    },

    openAgain: (flowId) => deps.openInBrowser(find(flowId).consentUri.reveal()),

    cancelSshKey(flowId) {
      flows.get(flowId)?.stopped.abort();
    },

    sshAccess(flowId) {
      const access = flows.get(flowId)?.access ?? null;
      if (access === null) throw new DomainError('compose/gone', 'This is not kept any more.');
      return access;
    },

    async removeSshKey(accountId, fingerprint) {
      requireOperation(accountId, 'change-ssh-keys');
      await broker.withMytoken(accountId, (mytoken) => userSettings.removeSshKey(mytoken, fingerprint));
    },

    forgetAll() {
      for (const flow of flows.values()) flow.stopped.abort();
      flows.clear();
    },
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(cancelled());
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function cancelled(): DomainError {
  return new DomainError('login/cancelled', 'Adding the key was cancelled.');
}
