import type { Accounts } from '../accounts/index.ts';
import { shownPath } from './shown-path.ts';
import { writePrivateFile } from '../files/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import { Secret } from '../ports/index.ts';
import type { Profiles } from '../profiles/index.ts';
import type { MintedTokens, Minter } from '../tokens/index.ts';
import type { ActivityLog } from '../activity/index.ts';
import { recordComposed } from './activity-sources.ts';
import { environmentLine } from './environment-line.ts';

export interface ComposeHandlerDeps {
  readonly activity: ActivityLog;
  readonly accounts: Accounts;
  readonly client: MytokenClient;
  readonly minter: Minter;
  readonly minted: MintedTokens;
  readonly profiles: Profiles;
  readonly copyMinted: (accountId: string, text: Secret) => Promise<{ readonly clearsAtMs: number }>;
  /** Where other programs keep profile files, the machine's before the user's. */
  readonly profileFolders: () => readonly string[];
  readonly pickFile: (purpose: 'profile') => Promise<string | null>;
  /** Shows the system's save dialog; null when it was closed. */
  readonly pickSavePath: (suggestedName: string, what?: 'mytoken') => Promise<string | null>;
}

type ComposeChannel = Extract<keyof Handlers, `compose:${string}` | `profiles:${string}`>;

/** Composing mytokens and what is done with the results; strings leave main only through `compose:reveal`, once. */
export function composeHandlers(deps: ComposeHandlerDeps): Pick<Handlers, ComposeChannel> {
  const { accounts, client, minter, minted, profiles } = deps;
  return {
    async 'compose:issue'({ accountId, wish }) {
      // First: once the mytoken is made, nothing may keep it from its user any more.
      const account = accounts.require(accountId);
      const { endpoints } = await client.discover(account.instanceUrl);
      const made = await minter.mint(accountId, wish);
      recordComposed(deps.activity, account, made);
      const resultId = minted.keep(accountId, made);
      return {
        resultId,
        kind: made.kind,
        name: made.name,
        momId: made.momId,
        expiresAtMs: made.expiresAtMs,
        capabilities: [...made.capabilities],
        restrictions: [...made.restrictions],
        rotation: made.rotation,
        differences: [...made.differences],
        instanceUrl: made.instanceUrl,
        accessUrl: endpoints.accessToken,
        mytokenUrl: endpoints.mytoken,
      };
    },

    'compose:reveal': ({ resultId }) => Promise.resolve({ mytoken: minted.reveal(resultId).reveal() }),

    async 'compose:copy'({ resultId, form }) {
      const { minted: made, accountId } = minted.take(resultId);
      const text = form === 'environment' ? new Secret(environmentLine(made.kind, made.value)) : made.value;
      const { clearsAtMs } = await deps.copyMinted(accountId, text);
      return { clearsAtMs };
    },

    async 'compose:save'({ resultId }) {
      const { minted: made } = minted.take(resultId);
      const suggested = made.kind === 'transfer_code' ? 'transfer-code.txt' : 'mytoken.txt';
      const path = await deps.pickSavePath(suggested);
      if (path === null) return null;
      await writePrivateFile(path, `${made.value.reveal()}\n`);
      return { path };
    },

    async 'compose:revoke'({ resultId }) {
      const { minted: made } = minted.take(resultId);
      await minter.revoke(made);
      minted.dismiss(resultId);
      return null;
    },

    'compose:dismiss'({ resultId }) {
      minted.dismiss(resultId);
      return Promise.resolve(null);
    },

    'profiles:list': () => Promise.resolve(profiles.list().map((profile) => ({ payload: null, ...profile }))),

    'profiles:save': ({ name, payload }) =>
      Promise.resolve({ payload, ...profiles.put('profiles', name, payload) }),

    'profiles:remove'({ profileId }) {
      profiles.remove(profileId);
      return Promise.resolve(null);
    },

    async 'profiles:import'() {
      const path = await deps.pickFile('profile');
      if (path === null) return null;
      const profile = await profiles.importFile(path);
      return { imported: [profile.name] };
    },

    async 'profiles:import-found'() {
      const folders = deps.profileFolders();
      const { imported, unreadable } = await profiles.importFolders(folders);
      return {
        imported: imported.map(({ name }) => name),
        unreadable: [...unreadable],
        folders: folders.map((folder) => shownPath(folder)),
      };
    },
  };
}
