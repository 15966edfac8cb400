import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { AppState, StatePatch } from '../../shared/model/state.ts';
import { type Bridge, type Call, createCall } from './bridge.ts';
import { applyPatch } from './state.ts';

/** The window's copy of the app's state, kept up to date. */
export interface Store {
  readonly call: Call;
  /** Null until the first answer. */
  getState(): AppState | null;
  subscribe(listener: () => void): () => void;
  onNavigate(listener: (target: NavigationTarget) => void): () => void;
  start(): void;
}

const retryMs = 1_000;

export function createStore(bridge: Bridge): Store {
  const call = createCall(bridge);
  const listeners = new Set<() => void>();
  const navigators = new Set<(target: NavigationTarget) => void>();
  let state: AppState | null = null;
  /** Patches that came while everything was being asked for. */
  let early: StatePatch[] = [];
  let asking = false;

  const set = (next: AppState): void => {
    state = next;
    for (const listener of listeners) listener();
  };

  const askForAll = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      set(await call('state:get', null));
    } catch {
      // Main answers this call whatever happens; if it could not, it is busy starting or quitting.
      setTimeout(() => void askForAll(), retryMs);
    } finally {
      asking = false;
      const waiting = early;
      early = [];
      if (state !== null) for (const patch of waiting) receive(patch);
    }
  };

  const receive = (patch: StatePatch): void => {
    if (asking || state === null) {
      early.push(patch);
      return;
    }
    const next = applyPatch(state, patch);
    if (next === null) void askForAll();
    else if (next !== state) set(next);
  };

  return {
    call,
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onNavigate(listener) {
      navigators.add(listener);
      return () => navigators.delete(listener);
    },
    start() {
      bridge.subscribe((event, payload) => {
        if (event === 'state:changed') receive(payload as StatePatch);
        if (event === 'navigate') for (const go of navigators) go(payload as NavigationTarget);
      });
      void askForAll();
    },
  };
}
