import { join } from 'node:path';
import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type { BearerFileView, KeptPlace } from '../../shared/model/handover.ts';
import type { Accounts } from '../accounts/index.ts';
import type { KeptFiles } from '../files/index.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { BearerFiles, BearerFileWish, Serving, WishStorage } from './types.ts';

export interface BearerFilesDeps {
  readonly storage: WishStorage<BearerFileWish>;
  readonly files: KeptFiles;
  readonly accounts: Pick<Accounts, 'get' | 'require' | 'onChange'>;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly serving: Serving;
  /** Where tools look by themselves; null where this machine has no such place. */
  readonly discoveryPath: string | null;
  /** For the accounts' own places; made when needed (0700). */
  readonly ownFolder: string;
  readonly makeFolder: (path: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A token is replaced when a quarter of its life is left, but not later than this before its end where it lives long enough. */
const leadMs = 60_000;
const retryMs = [2_000, 10_000, 30_000, 120_000, 300_000] as const;

interface Kept {
  readonly wish: BearerFileWish;
  readonly path: string;
  state: BearerFileView['state'];
  expiresAtMs: number | null;
  problem: DomainError | null;
  failures: number;
  cancelTimer: () => void;
  /** All that is done for this file, one after the other. */
  work: Promise<void>;
  ended: boolean;
}

export function createBearerFiles(deps: BearerFilesDeps): BearerFiles {
  const { storage, files, accounts, broker, serving, clock, log } = deps;
  const changed = new Emitter<undefined>();
  const kept = new Map<string, Kept>();
  const unsubscribe: (() => void)[] = [];
  let running = false;

  const show = (entry: Kept, state: Kept['state'], problem: DomainError | null = null): void => {
    if (entry.state === state && entry.problem?.code === problem?.code && state !== 'fresh') return;
    entry.state = state;
    entry.problem = problem;
    changed.emit(undefined);
  };

  const inTurn = (entry: Kept, task: () => Promise<void>): Promise<void> => {
    entry.work = entry.work.then(task).catch((error: unknown) => {
      log.error('handover.bearer-failed', { code: toEnvelope(error).code });
    });
    return entry.work;
  };

  const later = (entry: Kept, delayMs: number): void => {
    entry.cancelTimer();
    entry.cancelTimer = clock.after(delayMs, () => void refresh(entry));
  };

  const withdraw = async (entry: Kept): Promise<void> => {
    entry.cancelTimer();
    await files.remove(entry.path);
    entry.expiresAtMs = null;
  };

  const isWanted = (entry: Kept): boolean => running && !entry.ended && serving.allows(entry.wish.accountId);

  const failed = async (entry: Kept, error: unknown): Promise<void> => {
    const problem =
      error instanceof DomainError
        ? error
        : new DomainError('app/internal', 'Something unexpected went wrong.');
    log.warn('handover.bearer-not-fresh', { accountId: entry.wish.accountId, code: problem.code });
    // A token that has expired only misleads whoever finds it.
    if (entry.expiresAtMs !== null && entry.expiresAtMs <= clock.nowMs()) await withdraw(entry);
    show(entry, 'trouble', problem);
    const waitMs = retryMs[Math.min(entry.failures, retryMs.length - 1)] ?? leadMs;
    entry.failures += 1;
    // Looked at again in any case: what was in the way may have gone without anybody telling.
    const leftMs = entry.expiresAtMs === null ? waitMs : Math.max(0, entry.expiresAtMs - clock.nowMs());
    later(entry, leftMs > 0 ? Math.min(waitMs, leftMs) : waitMs);
  };

  const refresh = (entry: Kept): Promise<void> =>
    inTurn(entry, async () => {
      entry.cancelTimer();
      if (!isWanted(entry)) {
        await withdraw(entry);
        show(entry, 'withdrawn');
        return;
      }
      const { accountId, scope, audience } = entry.wish;
      if (entry.expiresAtMs === null && entry.state !== 'trouble') show(entry, 'fetching');
      try {
        const leftMs = entry.expiresAtMs === null ? 0 : Math.max(0, entry.expiresAtMs - clock.nowMs());
        const grant = await broker.accessToken({
          accountId,
          scope: scope ?? undefined,
          audience: audience ?? undefined,
          // Longer than the one that lies there; without one, what the broker thinks is enough.
          minValidMs: leftMs > 0 ? leftMs + 1_000 : undefined,
          comment: 'token file',
        });
        // The app may have been locked while the server was asked.
        if (!isWanted(entry)) {
          await withdraw(entry);
          show(entry, 'withdrawn');
          return;
        }
        if (entry.wish.place.kind === 'own') await deps.makeFolder(deps.ownFolder);
        await files.write(entry.path, `${grant.accessToken.reveal()}\n`);
        if (entry.ended) return;
        entry.expiresAtMs = grant.expiresAtMs;
        entry.failures = 0;
        show(entry, 'fresh');
        const lifeMs = Math.max(0, grant.expiresAtMs - clock.nowMs());
        const lead = Math.min(Math.max(lifeMs / 4, leadMs), lifeMs / 2);
        later(entry, Math.max(500, lifeMs - lead));
      } catch (error) {
        if (!entry.ended) await failed(entry, error);
      }
    });

  const begin = (wish: BearerFileWish): Kept => {
    const entry: Kept = {
      wish,
      path: pathOf(wish.accountId, wish.place),
      state: 'fetching',
      expiresAtMs: null,
      problem: null,
      failures: 0,
      cancelTimer: () => undefined,
      work: Promise.resolve(),
      ended: false,
    };
    kept.set(wish.accountId, entry);
    return entry;
  };

  const end = async (entry: Kept): Promise<void> => {
    entry.ended = true;
    entry.cancelTimer();
    await inTurn(entry, () => withdraw(entry));
  };

  function pathOf(accountId: string, place: KeptPlace): string {
    switch (place.kind) {
      case 'discovery':
        if (deps.discoveryPath === null) {
          throw new DomainError('handover/place-taken', 'This machine has no such place.');
        }
        return deps.discoveryPath;
      case 'own':
        return join(deps.ownFolder, accounts.require(accountId).id);
      case 'chosen':
        return place.path;
    }
  }

  const save = (): void => storage.save([...kept.values()].map(({ wish }) => wish));
  const refreshAll = (): void => {
    for (const entry of kept.values()) void refresh(entry);
  };

  return {
    list: () =>
      [...kept.values()].map(({ wish, path, state, expiresAtMs, problem }) => ({
        ...wish,
        path,
        state,
        expiresAtMs,
        problem: problem?.code ?? null,
      })),
    onChange: (listener) => changed.on(listener),

    keep(wish) {
      accounts.require(wish.accountId);
      const path = pathOf(wish.accountId, wish.place);
      const other = [...kept.values()].find(
        (entry) => entry.path === path && entry.wish.accountId !== wish.accountId,
      );
      if (other !== undefined) {
        throw new DomainError('handover/place-taken', 'Another account keeps its token there.', {
          details: { path, account: accounts.get(other.wish.accountId)?.shortname ?? '' },
        });
      }
      const former = kept.get(wish.accountId);
      storage.save([
        ...[...kept.values()].filter((entry) => entry !== former).map((entry) => entry.wish),
        wish,
      ]);
      const entry = begin(wish);
      // The former file goes first: it may lie at the same place.
      if (former !== undefined) {
        const gone = end(former);
        entry.work = gone;
      }
      changed.emit(undefined);
      void refresh(entry);
    },

    async stopKeeping(accountId) {
      const entry = kept.get(accountId);
      if (entry === undefined) return;
      kept.delete(accountId);
      save();
      changed.emit(undefined);
      await end(entry);
    },

    async fresh(accountId) {
      const entry = kept.get(accountId);
      if (entry === undefined)
        throw new DomainError('handover/not-kept', 'No token file is kept for this account.');
      await entry.work;
      if (entry.state !== 'fresh') await refresh(entry);
      if (entry.state === 'fresh') return { path: entry.path };
      throw (
        entry.problem ?? new DomainError('handover/not-kept', 'The token file is withdrawn at the moment.')
      );
    },

    async start() {
      // Whatever a crash left behind is outdated or about to be.
      for (const path of files.paths()) await files.remove(path);
      running = true;
      for (const wish of storage.load()) {
        if (accounts.get(wish.accountId) !== null) begin(wish);
      }
      unsubscribe.push(
        serving.onChange(refreshAll),
        accounts.onChange(({ upsert, removed }) => {
          for (const accountId of removed) {
            const entry = kept.get(accountId);
            if (entry === undefined) continue;
            kept.delete(accountId);
            save();
            changed.emit(undefined);
            void end(entry);
          }
          for (const { id } of upsert) {
            const entry = kept.get(id);
            if (entry?.state === 'trouble' && accounts.get(id)?.status === 'ok' && isStuck(entry))
              void refresh(entry);
          }
        }),
      );
      refreshAll();
    },

    resumed: refreshAll,

    async stop() {
      for (const forget of unsubscribe.splice(0)) forget();
      running = false;
      await Promise.all([...kept.values()].map((entry) => end(entry)));
    },
  };

  function isStuck({ problem }: Kept): boolean {
    return problem?.code.startsWith('accounts/') === true || problem?.code.startsWith('vault/') === true;
  }
}
