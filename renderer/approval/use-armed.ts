import { useEffect, useState } from 'react';

/** As long as it takes to see that something else is on the screen than a moment ago. */
const armMs = 1_000;

/**
 * False for a second after the content came onto the screen or changed, the window got the focus, lost it, or was resized: a click that was
 * meant for what was there before approves nothing. Null: not on the screen yet.
 */
export function useArmed(content: string | null): boolean {
  const [armedFor, setArmedFor] = useState<string | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const start = (): void => {
      setArmedFor(null);
      if (timer !== null) clearTimeout(timer);
      timer = document.hidden || content === null ? null : setTimeout(() => setArmedFor(content), armMs);
    };
    start();
    const triggers = ['focus', 'blur', 'resize'] as const;
    for (const trigger of triggers) window.addEventListener(trigger, start);
    document.addEventListener('visibilitychange', start);
    return () => {
      if (timer !== null) clearTimeout(timer);
      for (const trigger of triggers) window.removeEventListener(trigger, start);
      document.removeEventListener('visibilitychange', start);
    };
  }, [content]);
  return content !== null && armedFor === content;
}
