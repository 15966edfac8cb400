import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react';
import type { CallResult } from '../../shared/ipc/contract.ts';
import { type ApprovalView, ranOut } from '../../shared/model/approval.ts';
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
  const [{ platform, approval, missed }, setLoaded] = useState<
    Loaded & { readonly missed: ApprovalView | null }
  >({
    ...first,
    missed: null,
  });
  const [shownId, setShownId] = useState<string | null>(null);
  const [overId, setOverId] = useState<string | null>(null);
  useEffect(() => {
    bridge.subscribe((event, payload) => {
      if (event === 'approval:changed') {
        const next = payload as Loaded;
        setLoaded((before) => ({ ...next, missed: missedBefore(next.approval, before) }));
      } else if (event === 'approval:over') setOverId(payload as string);
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

  return (
    <QuestionView
      platform={platform}
      approval={approval}
      shownId={shownId}
      over={approval !== null && overId === approval.id}
      missed={missed}
      call={call}
    />
  );
}

/** The question that stood here before and that nobody answered in time, while another one takes its place. */
function missedBefore(
  next: ApprovalView | null,
  before: { readonly approval: ApprovalView | null; readonly missed: ApprovalView | null },
): ApprovalView | null {
  if (next === null || before.approval === null) return null;
  if (next.id === before.approval.id) return before.missed;
  return ranOut(before.approval, Date.now()) ? before.approval : null;
}
