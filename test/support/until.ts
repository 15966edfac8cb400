/**
 * Resolves with the first thing that `look` finds (anything but null), now or after one of the events. It waits as long as the test may
 * take: what a busy machine needs for the way there is no fault.
 */
export function until<T>(subscribe: (listener: () => void) => () => void, look: () => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => undefined;
    let isDone = false;
    const check = (): void => {
      if (isDone) return;
      try {
        const found = look();
        if (found === null) return;
        resolve(found);
      } catch (error) {
        reject(error instanceof Error ? error : new Error('the look failed'));
      }
      isDone = true;
      stop();
    };
    stop = subscribe(check);
    check();
  });
}
