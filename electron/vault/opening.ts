import { DomainError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { systemCode, UnsafePathError } from './failures.ts';
import type { HeaderRead } from './header-store.ts';
import type { VaultHeader } from './header.ts';
import { type CustodyDeps, KeyCustody } from './key-custody.ts';
import type { PrivateDirectory } from './private-directory.ts';
import type { RecordStore } from './record-store.ts';
import type { BackendName, KeyBackend, ProtectionLevel, VaultState } from './types.ts';

export interface OpeningDeps extends CustodyDeps {
  readonly root: PrivateDirectory;
  readonly recordFiles: PrivateDirectory;
  readonly records: RecordStore;
  /** In order of preference. */
  readonly backends: readonly KeyBackend[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** The backend a vault works with, as probed. */
export interface UsableBackend {
  readonly backend: KeyBackend;
  readonly protection: ProtectionLevel;
}

/** `custody` is null as long as nothing was ever stored; `usable` is null unless the state is `ok`. */
export interface Opened {
  readonly state: VaultState;
  readonly usable: UsableBackend | null;
  readonly custody: KeyCustody | null;
}

type Probed = ProtectionLevel | 'locked';
const rank: Readonly<Record<ProtectionLevel, number>> = { none: 0, 'os-user': 1, 'os-app-bound': 2 };

/**
 * Looks at the directory and the backends and says what can be done. Deletes and overwrites nothing unless the vault opened
 * each backend is probed at most once.
 */
export class Opening {
  readonly #deps: OpeningDeps;
  readonly #probes = new Map<KeyBackend, Promise<Probed>>();

  constructor(deps: OpeningDeps) {
    this.#deps = deps;
  }

  async run(): Promise<Opened> {
    const { root, recordFiles, log } = this.#deps;
    try {
      for (const directory of [root, recordFiles]) {
        if ((await directory.check()) === 'narrowed') log.warn('vault.directory-mode-narrowed');
      }
      return await this.#open();
    } catch (error) {
      const reason = error instanceof UnsafePathError ? error.message : (systemCode(error) ?? String(error));
      log.error('vault.directory-refused', { reason });
      return failed('damaged', null);
    }
  }

  async #open(): Promise<Opened> {
    const { store, records, clock, log } = this.#deps;
    const current = await store.read('current');
    const previous = await store.read('previous');
    if (current.kind === 'missing' && previous.kind === 'missing') {
      // Records without their key must never be taken for a first start: a new header would orphan them for good.
      if ((await records.list()).length === 0) return this.#openEmpty();
      log.error('vault.header-missing');
      return failed('damaged', null);
    }

    const first = current.kind === 'parsed' ? await this.#unlock(current.header) : null;
    if (first?.state.kind === 'ok') return this.#opened(first);
    // An unfinished change of backends: the new wrapped key was never verified, so the one before it still counts.
    if (previous.kind === 'parsed' && belongsTo(previous.header, current)) {
      const second = await this.#unlock(previous.header);
      if (second.state.kind === 'ok') {
        const damaged = first === null || first.state.kind === 'damaged';
        const copiedTo = damaged ? await store.copyAside(clock.nowMs()) : null;
        await store.restorePrevious();
        log.warn('vault.previous-header-used');
        return this.#opened({ ...second, state: { ...second.state, copiedTo } });
      }
    }
    if (first !== null && first.state.kind !== 'damaged') return first;
    const copiedTo = await store.copyAside(clock.nowMs());
    log.error('vault.header-damaged', { copied: copiedTo !== null });
    return failed('damaged', null, copiedTo);
  }

  async #openEmpty(): Promise<Opened> {
    let anyLocked: BackendName | null = null;
    for (const backend of this.#deps.backends) {
      const probed = await this.#probe(backend);
      if (probed === 'locked') anyLocked ??= backend.name;
      else if (probed !== 'none') {
        await this.#tidy();
        return ok({ backend, protection: probed }, null);
      }
    }
    return anyLocked === null ? failed('unavailable', null) : failed('locked', anyLocked);
  }

  /** `ok`, `locked`, `backend-changed` or `damaged` for one header. */
  async #unlock(header: VaultHeader): Promise<Opened> {
    const { log } = this.#deps;
    const backend = this.#deps.backends.find((candidate) => candidate.name === header.wrappedBy);
    const probed = backend === undefined ? 'none' : await this.#probe(backend);
    if (backend === undefined || probed === 'none') return this.#backendChanged(header);
    if (probed === 'locked') return failed('locked', backend.name);
    try {
      const custody = await KeyCustody.unlock(this.#deps, backend, header);
      if (custody !== null) return ok({ backend, protection: probed }, custody);
      log.error('vault.key-does-not-fit', { backend: backend.name });
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'app/internal';
      log.warn('vault.unwrap-failed', { backend: backend.name, code });
      if (code === 'vault/locked') return failed('locked', backend.name);
      if (code === 'vault/backend-changed' || code === 'vault/unavailable')
        return this.#backendChanged(header);
    }
    return failed('damaged', backend.name);
  }

  async #backendChanged(header: VaultHeader): Promise<Opened> {
    let working: BackendName | null = null;
    for (const backend of this.#deps.backends) {
      const probed = await this.#probe(backend);
      if (probed === 'none' || probed === 'locked') continue;
      working = backend.name;
      break;
    }
    const { state } = failed('backend-changed', working);
    return { state: { ...state, wrappedBy: header.wrappedBy }, usable: null, custody: null };
  }

  /** Tidies up, and moves the key to a better backend when there is one now. */
  async #opened(opened: Opened): Promise<Opened> {
    const { backends, log } = this.#deps;
    const { usable, custody } = opened;
    await this.#tidy();
    if (usable === null || custody === null) return opened;
    for (const backend of backends.slice(0, backends.indexOf(usable.backend))) {
      const probed = await this.#probe(backend);
      if (probed === 'locked' || rank[probed] < Math.max(1, rank[usable.protection])) continue;
      try {
        await custody.rewrap(backend);
        log.info('vault.key-rewrapped', { from: usable.backend.name, to: backend.name });
        return ok({ backend, protection: probed }, custody, opened.state.copiedTo);
      } catch (error) {
        log.warn('vault.rewrap-failed', { backend: backend.name, reason: systemCode(error) ?? 'backend' });
      }
    }
    return opened;
  }

  async #tidy(): Promise<void> {
    const { root, recordFiles, store, log } = this.#deps;
    try {
      await store.removePrevious();
      const leftovers = (await root.removeLeftovers()) + (await recordFiles.removeLeftovers());
      if (leftovers > 0) log.info('vault.leftovers-removed', { files: leftovers });
    } catch (error) {
      log.warn('vault.could-not-tidy', { reason: systemCode(error) ?? String(error) });
    }
  }

  #probe(backend: KeyBackend): Promise<Probed> {
    let probe = this.#probes.get(backend);
    if (probe === undefined) {
      probe = backend.probe().catch((error: unknown) => {
        this.#deps.log.warn('vault.probe-failed', { backend: backend.name, reason: String(error) });
        return 'none' as const;
      });
      this.#probes.set(backend, probe);
    }
    return probe;
  }
}

/** The previous header may stand in only for a current one that holds the same data key, or that cannot be read. */
function belongsTo(previous: VaultHeader, current: HeaderRead): boolean {
  if (current.kind !== 'parsed') return true;
  return current.header.vaultId === previous.vaultId && current.header.keyId === previous.keyId;
}

function ok(usable: UsableBackend, custody: KeyCustody | null, copiedTo: string | null = null): Opened {
  const { backend, protection } = usable;
  return {
    state: { kind: 'ok', protection, backend: backend.name, wrappedBy: null, copiedTo },
    usable,
    custody,
  };
}

function failed(
  kind: 'locked' | 'unavailable' | 'backend-changed' | 'damaged',
  backend: BackendName | null,
  copiedTo: string | null = null,
): Opened {
  return {
    state: { kind, protection: 'none', backend, wrappedBy: null, copiedTo },
    usable: null,
    custody: null,
  };
}
