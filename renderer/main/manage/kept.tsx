import { createContext, type ReactNode, use, useCallback, useState } from 'react';

const KeptContext = createContext<Map<string, unknown> | null>(null);

/**
 * Keeps what was asked of a server while somebody goes from tab to tab: asking again may count as a use of the mytoken (mytoken
 * protocol, "Client algorithms").
 */
export function KeptProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [kept] = useState(() => new Map<string, unknown>());
  return <KeptContext value={kept}>{children}</KeptContext>;
}

/** State that outlives the component, for as long as the {@link KeptProvider} is there. */
export function useKept<T>(key: string, initial: T): readonly [T, (value: T) => void] {
  const kept = use(KeptContext);
  const [value, setValue] = useState<T>(() => (kept?.has(key) === true ? (kept.get(key) as T) : initial));
  const keep = useCallback(
    (next: T) => {
      kept?.set(key, next);
      setValue(next);
    },
    [kept, key],
  );
  return [value, keep];
}
