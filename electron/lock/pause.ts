import type { LockView, PauseMinutes } from '../../shared/model/lock.ts';
import { type Clock, Emitter } from '../ports/index.ts';

/** A rest from local programs: they get nothing, while the window goes on working. Over when the app quits. */
export interface Pause {
  state(): LockView['paused'];
  isPaused(): boolean;
  onChange(listener: () => void): () => void;
  /** Anew when it is paused already. */
  begin(minutes: PauseMinutes): void;
  end(): void;
  /** After sleep, which no timer counts. */
  resumed(): void;
}

export function createPause(clock: Clock): Pause {
  const changed = new Emitter<undefined>();
  let state: LockView['paused'] = null;
  let cancel: () => void = () => undefined;

  const set = (next: LockView['paused']): void => {
    cancel();
    cancel = () => undefined;
    if (state === null && next === null) return;
    state = next;
    changed.emit(undefined);
  };

  return {
    state: () => state,
    isPaused: () => state !== null,
    onChange: (listener) => changed.on(listener),
    begin(minutes) {
      const forMs = minutes === null ? null : minutes * 60_000;
      set({ untilMs: forMs === null ? null : clock.nowMs() + forMs });
      if (forMs !== null) cancel = clock.after(forMs, () => set(null));
    },
    end: () => set(null),
    resumed() {
      if (state?.untilMs != null && state.untilMs <= clock.nowMs()) set(null);
    },
  };
}
