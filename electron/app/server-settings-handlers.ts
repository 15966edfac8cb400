import { basename } from 'node:path';
import { DomainError } from '../../shared/errors.ts';
import { type ReadTokenFile } from '../accounts/index.ts';
import type { Handlers } from '../ipc/index.ts';
import { readSshPublicKey, type ServerSettings } from '../manage/index.ts';
import type { Secret } from '../ports/index.ts';

export interface ServerSettingsHandlerDeps {
  readonly serverSettings: ServerSettings;
  readonly pickFile: (purpose: 'ssh-key') => Promise<string | null>;
  readonly readSmallFile: ReadTokenFile;
  readonly copyMinted: (accountId: string, text: Secret) => Promise<{ readonly clearsAtMs: number }>;
}

type ServerChannel = Extract<keyof Handlers, `server:${string}`>;

/** Mail address, grants and ssh keys of an account's user at the mytoken server. */
export function serverSettingsHandlers(deps: ServerSettingsHandlerDeps): Pick<Handlers, ServerChannel> {
  const { serverSettings } = deps;
  return {
    'server:email': ({ accountId }) => serverSettings.email(accountId),
    async 'server:set-email'({ accountId, ...change }) {
      await serverSettings.setEmail(accountId, change);
      return null;
    },
    async 'server:ssh-keys'({ accountId }) {
      const { enabled, keys } = await serverSettings.sshKeys(accountId);
      return { enabled, keys: [...keys] };
    },
    async 'server:set-ssh-grant'({ accountId, enabled }) {
      await serverSettings.setSshGrant(accountId, enabled);
      return null;
    },
    async 'server:ssh-pick'() {
      const path = await deps.pickFile('ssh-key');
      if (path === null) return null;
      const { text } = await deps.readSmallFile(path);
      const { line, comment } = readSshPublicKey(text);
      return { publicKey: line, name: comment === '' ? basename(path, '.pub') : comment };
    },
    'server:ssh-add'({ expiresAt, ...wish }) {
      const { accountId, ...key } = wish;
      return serverSettings.startSshKey(accountId, {
        ...key,
        restrictions: expiresAt === null ? [] : [{ exp: expiresAt }],
      });
    },
    async 'server:ssh-await'({ flowId }) {
      await serverSettings.awaitSshKey(flowId);
      return null;
    },
    async 'server:ssh-open-again'({ flowId }) {
      await serverSettings.openAgain(flowId);
      return null;
    },
    'server:ssh-cancel'({ flowId }) {
      serverSettings.cancelSshKey(flowId);
      return Promise.resolve(null);
    },
    'server:ssh-access'({ flowId }) {
      const { command, hostConfig } = serverSettings.sshAccess(flowId);
      return Promise.resolve({
        sshAccessCommand: command.reveal(),
        sshAccessConfig: hostConfig?.reveal() ?? null,
      });
    },
    'server:ssh-copy'({ accountId, flowId, what }) {
      const { command, hostConfig } = serverSettings.sshAccess(flowId);
      const text = what === 'command' ? command : hostConfig;
      if (text === null) throw new DomainError('compose/gone', 'The server gave no such block.');
      return deps.copyMinted(accountId, text);
    },
    async 'server:ssh-remove'({ accountId, fingerprint }) {
      await serverSettings.removeSshKey(accountId, fingerprint);
      return null;
    },
  };
}
