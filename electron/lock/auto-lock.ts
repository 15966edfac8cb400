import type { LockRules } from '../../shared/model/lock.ts';
import type { Clock } from '../ports/index.ts';
import type { AppLock } from './app-lock.ts';

/** What the operating system tells about its user being away. */
export interface PowerEvents {
  onScreenLocked(listener: () => void): () => void;
  onSuspend(listener: () => void): () => void;
  /** Seconds since somebody touched keyboard or mouse. */
  idleSeconds(): number;
}

const lookEveryMs = 15_000;

/** Locks the app by the rules of the settings. Returns what ends it. */
export function runAutoLock(deps: {
  readonly lock: Pick<AppLock, 'isLocked' | 'lock'>;
  readonly power: PowerEvents;
  /** As they are now; looked at whenever something happens. */
  readonly rules: () => LockRules;
  readonly clock: Clock;
}): () => void {
  const { lock, power, rules, clock } = deps;
  let cancelLook: () => void = () => undefined;

  const look = (): void => {
    const { idleMinutes } = rules();
    if (idleMinutes > 0 && !lock.isLocked() && power.idleSeconds() >= idleMinutes * 60) lock.lock('idle');
    cancelLook = clock.after(lookEveryMs, look);
  };
  look();

  const ends = [
    power.onScreenLocked(() => {
      if (rules().withScreen) lock.lock('screen');
    }),
    power.onSuspend(() => {
      if (rules().beforeSleep) lock.lock('sleep');
    }),
    () => cancelLook(),
  ];
  return () => {
    for (const end of ends) end();
  };
}
