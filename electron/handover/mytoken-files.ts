import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type { MytokenFileView } from '../../shared/model/handover.ts';
import { rotates } from '../../shared/model/mytoken.ts';
import type { AccountRecord, Accounts, Kinship } from '../accounts/index.ts';
import type { KeptFiles } from '../files/index.ts';
import { type Clock, Emitter, type Logger, Secret } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { MytokenFiles, MytokenFileWish, WishStorage } from './types.ts';

export interface MytokenFilesDeps {
  readonly storage: WishStorage<MytokenFileWish>;
  readonly files: KeptFiles;
  readonly accounts: Pick<Accounts, 'get' | 'require' | 'onChange'>;
  readonly broker: Pick<TokenBroker, 'withStill'>;
  /** See `adoptLater`. */
  readonly adopt: (accountId: string, value: Secret) => Promise<Kinship>;
  /** Tells when something in the folder changed; returns the function that ends it. */
  readonly watchFolder?: (directory: string, onChange: (name: string | null) => void) => () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Programs write in pieces; one look after they are done. */
const settleMs = 150;
const retryMs = 30_000;

interface Shared {
  readonly wish: MytokenFileWish;
  state: MytokenFileView['state'];
  problem: string | null;
  takenOverAtMs: number | null;
  unwatch: () => void;
  /** A look at the file is due. */
  willLook: boolean;
  cancelLook: () => void;
}

export function createMytokenFiles(deps: MytokenFilesDeps): MytokenFiles {
  const { storage, files, accounts, broker, clock, log } = deps;
  const watchFolder = deps.watchFolder ?? watchWithNode;
  const changed = new Emitter<undefined>();
  const shared = new Map<string, Shared>();
  let unsubscribe: () => void = () => undefined;

  const show = (entry: Shared, state: Shared['state'], problem: string | null = null): void => {
    if (entry.state === state && entry.problem === problem) return;
    entry.state = state;
    entry.problem = problem;
    changed.emit(undefined);
  };

  /** Takes over what another program left in the file. What is in the way of that is thrown. */
  const takeOver = async (entry: Shared): Promise<void> => {
    const { accountId, path } = entry.wish;
    const text = await files.read(path);
    const line = text === null ? '' : firstLine(text);
    if (text === null || line === '') return;
    const kinship = await deps.adopt(accountId, new Secret(line));
    if (kinship === 'foreign') {
      throw new DomainError('handover/foreign-file', 'The file holds something else than this mytoken.', {
        details: { path },
      });
    }
    // Written by a program we share the file with: ours to replace from now on.
    files.acknowledge(path, text);
    if (kinship === 'later') {
      entry.takenOverAtMs = clock.nowMs();
      changed.emit(undefined);
    }
  };

  /** Both sides the same: takes over what is later there, then writes what is later here. */
  const level = async (entry: Shared): Promise<void> => {
    const { accountId, path } = entry.wish;
    try {
      await broker.withStill(accountId, async (mytoken) => {
        if (shared.get(accountId) !== entry) return;
        const content = `${mytoken.reveal()}\n`;
        const there = await files.read(path);
        // `beforeUse` has looked at the file already: what is left to differ is older, or nothing of ours.
        if (there === null || firstLine(there) !== mytoken.reveal()) await files.write(path, content);
        show(entry, 'fresh');
      });
    } catch (error) {
      const { code } = toEnvelope(error);
      log.warn('handover.mytoken-file-not-level', { accountId, code });
      if (shared.get(accountId) !== entry) return;
      show(entry, 'trouble', code);
      // The file may have changed meanwhile, and be about to be looked at sooner.
      if (!entry.willLook) look(entry, retryMs);
    }
  };

  const look = (entry: Shared, delayMs: number): void => {
    entry.cancelLook();
    entry.willLook = true;
    entry.cancelLook = clock.after(delayMs, () => {
      entry.willLook = false;
      void level(entry);
    });
  };

  const begin = (entry: Shared): void => {
    const { wish } = entry;
    shared.set(wish.accountId, entry);
    try {
      entry.unwatch = watchFolder(dirname(wish.path), (name) => {
        if (name === null || name === basename(wish.path)) look(entry, settleMs);
      });
    } catch (error) {
      // Without watching, the file is still looked at before each use of the mytoken.
      log.warn('handover.not-watching', { code: toEnvelope(error).code });
    }
  };

  const end = (entry: Shared): void => {
    shared.delete(entry.wish.accountId);
    entry.unwatch();
    entry.cancelLook();
  };

  const save = (): void => storage.save([...shared.values()].map(({ wish }) => wish));

  return {
    list: () =>
      [...shared.values()].map(({ wish, state, problem, takenOverAtMs }) => ({
        ...wish,
        state,
        problem,
        takenOverAtMs,
      })),
    onChange: (listener) => changed.on(listener),

    async share(wish) {
      const account = accounts.require(wish.accountId);
      refuseUnshareable(account);
      const taken = [...shared.values()].some(
        (entry) => entry.wish.path === wish.path && entry.wish.accountId !== wish.accountId,
      );
      if (taken) {
        throw new DomainError('handover/place-taken', 'Another account shares its mytoken there.', {
          details: { path: wish.path },
        });
      }
      const former = shared.get(wish.accountId);
      const entry = newEntry(wish);
      // A file with this very mytoken may lie there already: the later of the two counts, anything else is refused.
      await broker.withStill(wish.accountId, () => takeOver(entry));
      await broker.withStill(wish.accountId, (mytoken) => files.write(wish.path, `${mytoken.reveal()}\n`));
      if (former !== undefined) {
        end(former);
        if (former.wish.path !== wish.path) await files.remove(former.wish.path);
      }
      begin(entry);
      save();
      show(entry, 'fresh');
      changed.emit(undefined);
    },

    async stopSharing(accountId) {
      const entry = shared.get(accountId);
      if (entry === undefined) return;
      // What the other program got meanwhile is the only mytoken that still works.
      if (accounts.get(accountId) !== null) await broker.withStill(accountId, () => Promise.resolve());
      end(entry);
      save();
      await files.remove(entry.wish.path);
      changed.emit(undefined);
    },

    async beforeUse(accountId) {
      const entry = shared.get(accountId);
      if (entry === undefined) return;
      try {
        await takeOver(entry);
      } catch (error) {
        show(entry, 'trouble', toEnvelope(error).code);
        throw error;
      }
    },

    async start() {
      for (const wish of storage.load()) {
        if (accounts.get(wish.accountId) !== null) begin(newEntry(wish));
      }
      unsubscribe = accounts.onChange(({ upsert, removed }) => {
        for (const accountId of removed) {
          const entry = shared.get(accountId);
          if (entry === undefined) continue;
          end(entry);
          save();
          void files.remove(entry.wish.path);
          changed.emit(undefined);
        }
        for (const { id } of upsert) {
          const entry = shared.get(id);
          if (entry !== undefined) look(entry, settleMs);
        }
      });
      for (const entry of shared.values()) look(entry, 0);
      return Promise.resolve();
    },

    stop() {
      unsubscribe();
      for (const entry of [...shared.values()]) {
        entry.unwatch();
        entry.cancelLook();
      }
      return Promise.resolve();
    },
  };
}

function newEntry(wish: MytokenFileWish): Shared {
  return {
    wish,
    state: 'fetching',
    problem: null,
    takenOverAtMs: null,
    unwatch: () => undefined,
    willLook: false,
    cancelLook: () => undefined,
  };
}

function refuseUnshareable(account: AccountRecord): void {
  const { rotation } = account;
  if (!rotates(rotation)) return;
  const reason =
    rotation?.auto_revoke === true ? 'auto-revoke' : account.tokenKind === 'short' ? 'short-rotating' : null;
  if (reason === null) return;
  throw new DomainError('handover/not-shareable', 'This mytoken cannot be shared with another program.', {
    details: { reason },
  });
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? '';
}

function watchWithNode(directory: string, onChange: (name: string | null) => void): () => void {
  const watcher = watch(directory, { persistent: false }, (_event, name) => onChange(name));
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
