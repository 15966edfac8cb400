import { useEffect } from 'react';
import type { Place } from './navigation.ts';

interface ShortcutActions {
  readonly go: (place: Place) => void;
  readonly showSheet: () => void;
  readonly lock: () => void;
}

/** Keys that work anywhere in the window. Letters without a modifier never do anything, save `?` outside of fields. */
export function useShortcuts({ go, showSheet, lock }: ShortcutActions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const inField =
        event.target instanceof HTMLElement && event.target.matches('input, textarea, [contenteditable]');
      if (event.key === '?' && !inField) {
        showSheet();
        return;
      }
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      switch (event.key.toLowerCase()) {
        case 'n':
          go({ page: 'add-account', mode: 'login' });
          break;
        case ',':
          go({ page: 'settings' });
          break;
        case 'l':
          lock();
          break;
        case 'f':
          // The page's own search, if it has one.
          if (document.querySelector('main input[type="search"]') === null) go({ page: 'accounts' });
          requestAnimationFrame(() =>
            document.querySelector<HTMLInputElement>('input[type="search"]')?.focus(),
          );
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [go, showSheet, lock]);
}
