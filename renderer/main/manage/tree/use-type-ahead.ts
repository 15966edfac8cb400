import { useCallback, useEffect, useRef } from 'react';

/** Letters typed within this time belong together. */
const pauseMs = 600;

/** Gathers what is typed in quick succession; the same letter again and again stays one letter, to go from one match to the next. */
export function useTypeAhead(onTyped: (typed: string) => void): (key: string) => void {
  const typed = useRef('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (key) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        typed.current = '';
      }, pauseMs);
      const letter = key.toLowerCase();
      typed.current = typed.current === letter ? letter : typed.current + letter;
      onTyped(typed.current);
    },
    [onTyped],
  );
}
