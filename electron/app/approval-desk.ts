import type { ApprovalView } from '../../shared/model/approval.ts';
import type { Approvals } from '../approvals/index.ts';
import type { Notifications } from '../notifications/index.ts';
import type { Clock } from '../ports/index.ts';
import type { ApprovalWindow } from '../windows/index.ts';

/** Questions that come together are told together; nobody notices so short a wait. */
const burstMs = 400;

/**
 * Keeps window, notification and badges in step with the questions that wait: one notification for a burst, all of it gone with the last
 * question.
 */
export function runApprovalDesk(deps: {
  readonly approvals: Pick<Approvals, 'current' | 'count' | 'onChange'>;
  readonly window: Pick<ApprovalWindow, 'update' | 'focus'>;
  readonly notifications: Pick<Notifications, 'approvalNeeded'>;
  readonly clock: Clock;
  /** How many wait, for dock, taskbar and launcher. */
  readonly badge: (count: number) => void;
  readonly changed: () => void;
}): () => void {
  const { approvals, window, notifications, clock } = deps;
  /** Undoes the notification, or the wait for it; null when nothing was told. */
  let takeBack: (() => void) | null = null;

  const announce = (): void => {
    const current = approvals.current();
    if (current === null) return;
    takeBack = notifications.approvalNeeded(
      {
        program: current.caller.program,
        subject: subject(current),
        requests: current.asked + current.waiting,
        sameProgram: current.waiting === 0,
      },
      () => window.focus(),
    );
  };
  const look = (): void => {
    const current = approvals.current();
    window.update(current);
    deps.badge(approvals.count());
    if (current === null) {
      takeBack?.();
      takeBack = null;
    } else takeBack ??= clock.after(burstMs, announce);
    deps.changed();
  };
  // Programs are let in before windows are prepared: something may be waiting already.
  if (approvals.count() > 0) look();
  return approvals.onChange(look);
}

/** Closing the window is no answer but “no” to what it showed. */
export function denyCurrent(approvals: Approvals): void {
  const current = approvals.current();
  if (current === null) return;
  approvals.decide({ id: current.id, contentHash: current.contentHash, decision: 'deny', grant: 'once' });
}

function subject({ account, others, content }: ApprovalView): string {
  if (account !== null) return others.length === 0 ? account.displayName : account.oidcIssuer;
  return content.kind === 'import-account'
    ? content.name
    : content.kind === 'add-account'
      ? content.oidcIssuer
      : '';
}
