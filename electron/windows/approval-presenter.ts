import { type ApprovalView, ranOut } from '../../shared/model/approval.ts';
import type { Clock, Logger } from '../ports/index.ts';

/** A window with the approval page in it, hidden until told otherwise. */
export interface ApprovalPage {
  /** Puts this question before the page, or takes the last one away. Without effect before the page has loaded: it asks by itself then. */
  present(approval: ApprovalView | null): void;
  /** The question the page has drawn is on the screen now. */
  visible(approvalId: string): void;
  /** The time for this question ran out while somebody was at it: the page says so and stays as it is otherwise. */
  over(approvalId: string): void;
  hasFocus(): boolean;
  /** With the focus only for somebody who asked for it. */
  show(focused: boolean): void;
  hide(): void;
  focus(): void;
  destroy(): void;
}

export interface ApprovalPresenterDeps {
  readonly open: () => ApprovalPage;
  readonly clock: Clock;
  readonly log: Logger;
  /** This question can be read from now on. */
  readonly onShown: (approvalId: string) => void;
}

/** Brings questions onto the screen: never an old one in the place of the one that is asked, and soon. */
export interface ApprovalPresenter {
  update(approval: ApprovalView | null): void;
  /** The page reports what it has drawn. */
  painted(approvalId: string): void;
  /** Somebody asked for the window: it may have the focus now, or as soon as there is something to see. */
  focus(): void;
  /** A question is likely to come soon. */
  warm(): void;
  /** The page is gone, by a crash or because its window was taken away. */
  lost(): void;
  destroy(): void;
}

/**
 * Making a window takes longer than anybody wants to wait, and a window nobody needs takes memory: the page stays loaded and hidden for
 * this long after the last question or use of a remembered answer, and no longer.
 */
export const keepWarmMs = 10 * 60_000;
/** A page that still shows the former question after this time is taken off the screen until it shows the right one. */
export const staleAfterMs = 200;
/** A page that has drawn nothing by now is given up and made anew, once. */
export const silentAfterMs = 4_000;

interface Bound {
  readonly id: string;
  readonly deadlineAtMs: number;
  readonly sinceMs: number;
  /** The page was loaded before the question came. */
  readonly warm: boolean;
}

export function createApprovalPresenter({
  open,
  clock,
  log,
  onShown,
}: ApprovalPresenterDeps): ApprovalPresenter {
  let page: ApprovalPage | null = null;
  let bound: Bound | null = null;
  /** What can be read on the screen: a question's id, or nothing while a new page is still empty; null while the window is hidden. */
  let onScreen: string | null = null;
  let focusWanted = false;
  let triedAgain = false;
  let cancelLetGo: (() => void) | null = null;
  let cancelWatch: (() => void) | null = null;

  const stopWatching = (): void => {
    cancelWatch?.();
    cancelWatch = null;
  };
  const close = (): void => {
    stopWatching();
    cancelLetGo?.();
    cancelLetGo = null;
    const closing = page;
    page = null;
    onScreen = null;
    closing?.destroy();
  };
  const keepForAWhile = (): void => {
    cancelLetGo?.();
    cancelLetGo = clock.after(keepWarmMs, () => {
      if (bound === null) close();
      else keepForAWhile();
    });
  };
  const hide = (): void => {
    if (onScreen === null) return;
    onScreen = null;
    page?.hide();
  };
  const reveal = ({ id, sinceMs, warm }: Bound): void => {
    stopWatching();
    if (onScreen === null) page?.show(focusWanted);
    onScreen = id;
    focusWanted = false;
    triedAgain = false;
    page?.visible(id);
    log.info('approval.shown', { afterMs: Math.round(clock.monotonicMs() - sinceMs), warm });
    onShown(id);
  };
  const watch = (wanted: Bound): void => {
    stopWatching();
    const giveUp = (): void => {
      cancelWatch = null;
      log.warn('approval.page-silent', { fresh: triedAgain || !wanted.warm });
      if (triedAgain || !wanted.warm) {
        // Nothing old can be on a page that was never seen. An empty window can be closed, an invisible one cannot.
        if (onScreen === null) page?.show(focusWanted);
        onScreen = '';
        return;
      }
      triedAgain = true;
      close();
      page = open();
      keepForAWhile();
      watch(wanted);
    };
    const checkStale = (): void => {
      if (onScreen !== null && onScreen !== wanted.id) hide();
      cancelWatch = clock.after(silentAfterMs - staleAfterMs, giveUp);
    };
    cancelWatch = clock.after(staleAfterMs, checkStale);
  };

  return {
    update(approval) {
      if (approval === null) {
        const ended = bound;
        if (ended === null) return;
        bound = null;
        focusWanted = false;
        triedAgain = false;
        stopWatching();
        // Whoever is at it would lose what he typed without a word, and go on typing into another program's window.
        if (onScreen === ended.id && ranOut(ended, clock.nowMs()) && page?.hasFocus() === true) {
          page.over(ended.id);
          return;
        }
        hide();
        page?.present(null);
        return;
      }
      if (approval.id !== bound?.id) {
        const { id, deadlineAtMs } = approval;
        bound = { id, deadlineAtMs, sinceMs: clock.monotonicMs(), warm: page !== null };
        watch(bound);
      }
      keepForAWhile();
      if (page === null) page = open();
      else page.present(approval);
      // Something may have been unlocked: it counts as shown from now on.
      if (onScreen === approval.id) onShown(approval.id);
    },
    painted(approvalId) {
      if (bound !== null && bound.id === approvalId && onScreen !== approvalId) reveal(bound);
    },
    focus() {
      if (bound === null) return;
      if (onScreen === null) focusWanted = true;
      else page?.focus();
    },
    warm() {
      page ??= open();
      keepForAWhile();
    },
    lost() {
      stopWatching();
      page = null;
      onScreen = null;
    },
    destroy: close,
  };
}
