import type { AccountView } from '../../shared/model/account.ts';
import type { AppState, StatePatch } from '../../shared/model/state.ts';
import { type Clock, Emitter } from '../ports/index.ts';

type Part = Exclude<keyof StatePatch, 'version' | 'accounts'>;

/** Everything a window shows, asked for when needed. */
export type StateSources = {
  readonly [P in Part]: () => AppState[P];
} & {
  readonly accounts: () => readonly AccountView[];
};

export interface StateHub {
  /** All of it, for a window that just opened or missed a patch. */
  snapshot(): AppState;
  /** Says that a part changed; several changes within a moment travel as one patch. */
  changed(part: Part | 'accounts'): void;
  onPatch(listener: (patch: StatePatch) => void): () => void;
  /** While nobody looks, nothing is computed. */
  setWatched(watched: boolean): void;
  stop(): void;
}

/** Changes within this time go out together: a burst of account updates must not flood a window. */
const gatherMs = 40;
/** Accounts change by time alone (expiring, expired): look again this often while a window is open. */
const recheckMs = 60_000;

/** The main process is the single source of truth; windows get a snapshot and numbered patches. */
export function createStateHub(sources: StateSources, clock: Clock): StateHub {
  const patched = new Emitter<StatePatch>();
  const dirty = new Set<Part | 'accounts'>();
  let version = 1;
  let watched = false;
  let cancelGather: (() => void) | null = null;
  let cancelRecheck: (() => void) | null = null;
  /** Accounts as last sent, by id, to send only what differs. */
  let sent = new Map<string, string>();
  let sentOrder: readonly string[] = [];

  const remember = (accounts: readonly AccountView[]): void => {
    sent = new Map(accounts.map((account) => [account.id, JSON.stringify(account)]));
    sentOrder = accounts.map((account) => account.id);
  };

  function accountsPatch(): StatePatch['accounts'] | null {
    const accounts = sources.accounts();
    const ids = accounts.map((account) => account.id);
    const present = new Set(ids);
    const upsert = accounts.filter((account) => sent.get(account.id) !== JSON.stringify(account));
    const removed = sentOrder.filter((id) => !present.has(id));
    const order =
      ids.length !== sentOrder.length || ids.some((id, index) => id !== sentOrder[index]) ? ids : null;
    remember(accounts);
    return upsert.length === 0 && removed.length === 0 && order === null ? null : { upsert, removed, order };
  }

  function send(): void {
    cancelGather = null;
    const parts = [...dirty];
    dirty.clear();
    if (!watched) return;
    const patch: Record<string, unknown> = {};
    for (const part of parts) {
      if (part === 'accounts') {
        const accounts = accountsPatch();
        if (accounts) patch['accounts'] = accounts;
      } else patch[part] = sources[part]();
    }
    if (Object.keys(patch).length === 0) return;
    version += 1;
    patched.emit({ ...patch, version });
  }

  const changed = (part: Part | 'accounts'): void => {
    if (!watched) return;
    dirty.add(part);
    cancelGather ??= clock.after(gatherMs, send);
  };

  const recheck = (): void => {
    changed('accounts');
    cancelRecheck = clock.after(recheckMs, recheck);
  };

  return {
    changed,
    snapshot() {
      const accounts = sources.accounts();
      remember(accounts);
      dirty.clear();
      return {
        version,
        accounts,
        storage: sources.storage(),
        endpoint: sources.endpoint(),
        clients: sources.clients(),
        agent: sources.agent(),
        activity: sources.activity(),
        lock: sources.lock(),
        handover: sources.handover(),
        inPlace: sources.inPlace(),
        login: sources.login(),
        clipboard: sources.clipboard(),
        settings: sources.settings(),
        platform: sources.platform(),
      };
    },
    onPatch: (listener) => patched.on(listener),
    setWatched(now) {
      if (watched === now) return;
      watched = now;
      cancelRecheck?.();
      cancelRecheck = now ? clock.after(recheckMs, recheck) : null;
      if (!now) {
        dirty.clear();
        sent = new Map();
        sentOrder = [];
      }
    },
    stop() {
      cancelGather?.();
      cancelRecheck?.();
    },
  };
}
