import { describe, expect, it } from 'vitest';
import { createAppLock, createPause, type PowerEvents, runAutoLock } from '../../../electron/lock/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import type { LockRules } from '../../../shared/model/lock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { until } from '../../support/until.ts';

function bench() {
  const clock = new FakeClock();
  const done: string[] = [];
  const store = { opens: (): Promise<void> => Promise.resolve() };
  const log = new RecordingLog();
  const lock = createAppLock({
    shut: () => done.push(`shut ${lock.isLocked()}`),
    open: () => {
      done.push('open');
      return store.opens();
    },
    clock,
    log,
  });
  return { clock, done, store, lock, log };
}

/** Waits until a wrong guess is being answered after its pause. */
async function paused(clock: FakeClock): Promise<void> {
  await until(
    (listener) => clock.onTimer(listener),
    () => (clock.pending > 0 ? true : null),
  );
  expect(clock.pending).toBe(1);
}

describe('the lock of the app', () => {
  it('lets go of secrets the moment it falls, and is off only once the store is open again', async () => {
    const { lock, done, store } = bench();
    let opened: () => void = () => undefined;
    store.opens = () => new Promise((resolve) => (opened = resolve));
    lock.lock('user');
    expect(done).toEqual(['shut true']);
    const unlocking = lock.unlock();
    expect(lock.isLocked()).toBe(true);
    opened();
    await unlocking;
    expect(lock.isLocked()).toBe(false);
    expect(done).toEqual(['shut true', 'open']);
  });

  it('stays on when the key store stays closed', async () => {
    const { lock, store } = bench();
    store.opens = () => Promise.reject(new DomainError('vault/locked', 'locked', { retryable: true }));
    lock.lock('sleep');
    await expect(lock.unlock()).rejects.toMatchObject({ code: 'vault/locked' });
    expect(lock.state()).toMatchObject({ by: 'sleep' });
    store.opens = () => Promise.resolve();
    await lock.unlock();
    expect(lock.isLocked()).toBe(false);
  });

  it('a wish to lock that comes while somebody unlocks is not lost', async () => {
    const { lock, done, store } = bench();
    lock.lock('user');
    store.opens = () => {
      lock.lock('screen');
      return Promise.resolve();
    };
    await expect(lock.unlock()).rejects.toMatchObject({ code: 'app/locked' });
    expect(lock.isLocked()).toBe(true);
    expect(done).toEqual(['shut true', 'open', 'shut true']);
  });

  it('whoever locked it first keeps having done so', async () => {
    const { lock } = bench();
    expect(await lock.lockWith('p')).toBe(true);
    lock.lock('screen');
    expect(lock.state()).toMatchObject({ by: 'client' });
    expect(await lock.unlockWith('p')).toBe('unlocked');
    lock.lock('screen');
    expect(await lock.lockWith('p')).toBe(false);
    expect(await lock.unlockWith('p')).toBe('elsewhere');
    expect(lock.state()).toMatchObject({ by: 'screen' });
    await lock.unlock();
    expect(await lock.unlockWith('p')).toBe('not-locked');
  });

  it('of two that lock at once the first has the password, and guessing in parallel is no faster', async () => {
    const { lock, clock } = bench();
    expect(await Promise.all([lock.lockWith('first'), lock.lockWith('second')])).toEqual([true, false]);
    const results: string[] = [];
    const guesses = [1, 2, 3].map((number) =>
      lock.unlockWith(`g${number}`).then((result) => results.push(result)),
    );
    for (const [index, pauseMs] of [100, 400, 900].entries()) {
      await paused(clock);
      expect(results).toHaveLength(index);
      clock.advance(pauseMs);
      await guesses[index];
    }
    expect(results).toEqual(['wrong', 'wrong', 'wrong']);
    expect(await lock.unlockWith('first')).toBe('unlocked');
  });

  it('its user never waits behind somebody’s guesses', async () => {
    const { lock, clock } = bench();
    await lock.lockWith('right');
    const guess = lock.unlockWith('wrong');
    await paused(clock);
    await lock.unlock();
    expect(lock.isLocked()).toBe(false);
    clock.advance(100);
    expect(await guess).toBe('wrong');
  });

  it('R-74 no password in the log', async () => {
    const { lock, log } = bench();
    await lock.lockWith('canary-password');
    await lock.unlockWith('canary-password');
    expect(JSON.stringify(log)).not.toContain('canary-password');
  });
});

describe('a pause', () => {
  it('ends by itself, or when it is told to', () => {
    const clock = new FakeClock();
    const pause = createPause(clock);
    let changes = 0;
    pause.onChange(() => (changes += 1));
    pause.begin(15);
    expect(pause.state()).toEqual({ untilMs: clock.nowMs() + 15 * 60_000 });
    clock.advance(15 * 60_000 - 1);
    expect(pause.isPaused()).toBe(true);
    clock.advance(1);
    expect(pause.isPaused()).toBe(false);
    pause.begin(null);
    clock.advance(86_400_000);
    expect(pause.state()).toEqual({ untilMs: null });
    pause.end();
    expect([pause.isPaused(), changes]).toEqual([false, 4]);
  });

  it('a longer one takes the place of a shorter one, and sleep counts', () => {
    const clock = new FakeClock();
    const pause = createPause(clock);
    pause.begin(15);
    pause.begin(60);
    clock.advance(15 * 60_000);
    expect(pause.isPaused()).toBe(true);
    clock.sleep(45 * 60_000);
    pause.resumed();
    expect(pause.isPaused()).toBe(false);
  });
});

describe('locking by itself', () => {
  function away(rules: Partial<LockRules>) {
    const { lock, clock } = bench();
    const listeners: Record<'screen' | 'suspend', (() => void)[]> = { screen: [], suspend: [] };
    const idle = { seconds: 0 };
    const on = (kind: 'screen' | 'suspend') => (listener: () => void) => {
      listeners[kind].push(listener);
      return () => void (listeners[kind] = listeners[kind].filter((other) => other !== listener));
    };
    const power: PowerEvents = {
      onScreenLocked: on('screen'),
      onSuspend: on('suspend'),
      idleSeconds: () => idle.seconds,
    };
    const current: LockRules = { withScreen: false, beforeSleep: false, idleMinutes: 0, ...rules };
    const end = runAutoLock({ lock, power, rules: () => current, clock });
    const happens = (kind: 'screen' | 'suspend'): void => listeners[kind].forEach((listener) => listener());
    return { lock, clock, idle, current, happens, end };
  }

  it('with the screen and before sleep, if the user wants that', () => {
    const never = away({});
    never.happens('screen');
    never.happens('suspend');
    never.idle.seconds = 1e6;
    never.clock.advance(60_000);
    expect(never.lock.isLocked()).toBe(false);

    const screen = away({ withScreen: true });
    screen.happens('suspend');
    expect(screen.lock.isLocked()).toBe(false);
    screen.happens('screen');
    expect(screen.lock.state()).toMatchObject({ by: 'screen' });

    const sleep = away({ beforeSleep: true });
    sleep.happens('suspend');
    expect(sleep.lock.state()).toMatchObject({ by: 'sleep' });
  });

  it('when nobody is there for so many minutes, by the rule as it is then', () => {
    const { lock, clock, idle, current } = away({ idleMinutes: 10 });
    idle.seconds = 299;
    clock.advance(15_000);
    expect(lock.isLocked()).toBe(false);
    Object.assign(current, { idleMinutes: 5 });
    idle.seconds = 300;
    clock.advance(15_000);
    expect(lock.state()).toMatchObject({ by: 'idle' });
  });

  it('not any more once it ended', () => {
    const { lock, clock, idle, happens, end } = away({ withScreen: true, idleMinutes: 1 });
    end();
    idle.seconds = 1e6;
    clock.advance(60_000);
    happens('screen');
    expect([lock.isLocked(), clock.pending]).toEqual([false, 0]);
  });
});
