import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react';
import type { CallResult } from '../../shared/ipc/contract.ts';
import type { Bridge, Call } from '../api/index.ts';
import { afterFrame } from '../hooks/after-frame.ts';
import { QuestionView } from './QuestionView.tsx';

type Loaded = CallResult<'approval:get'>;

/** The approval window: knows one request and nothing else of the app. Stays loaded and empty between two requests. */
export function ApprovalApp({
  bridge,
  call,
  first,
}: {
  readonly bridge: Bridge;
  readonly call: Call;
  readonly first: Loaded;
}): ReactNode {
  const [{ platform, approval }, setLoaded] = useState(first);
  const [shownId, setShownId] = useState<string | null>(null);
  useEffect(() => {
    bridge.subscribe((event, payload) => {
      if (event === 'approval:changed') setLoaded(payload as Loaded);
      else if (event === 'approval:shown') setShownId(payload as string);
    });
  }, [bridge]);
  const { darkMode, locale } = platform;
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.style.colorScheme = darkMode ? 'dark' : 'light';
  }, [locale, darkMode]);

  const id = approval?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    // The window is shown when it has been.
    return afterFrame(() => void call('approval:painted', { id }));
  }, [id, call]);

  return <QuestionView platform={platform} approval={approval} shownId={shownId} call={call} />;
}
