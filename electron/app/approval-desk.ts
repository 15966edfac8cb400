import type { ApprovalView } from '../../shared/model/approval.ts';
import type { Approvals } from '../approvals/index.ts';
import type { Notifications } from '../notifications/index.ts';
import type { ApprovalWindow } from '../windows/index.ts';

/** Keeps window and notification in step with the questions that wait; one notification for a burst. */
export function runApprovalDesk(deps: {
  readonly approvals: Approvals;
  readonly window: ApprovalWindow;
  readonly notifications: Notifications;
  readonly changed: () => void;
}): () => void {
  const { approvals, window, notifications } = deps;
  let announced: string | null = null;
  const look = (): void => {
    const current: ApprovalView | null = approvals.current();
    window.update(current);
    if (current !== null && announced === null) {
      announced = current.id;
      notifications.approvalNeeded({ displayName: subject(current) }, () => window.focus());
    }
    if (current === null) announced = null;
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

function subject({ account, content }: ApprovalView): string {
  if (account !== null) return account.displayName;
  return content.kind === 'import-account'
    ? content.name
    : content.kind === 'add-account'
      ? content.oidcIssuer
      : '';
}
