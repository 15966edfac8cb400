import type { Approvals } from '../../electron/approvals/index.ts';
import type { ApprovalContent, ApprovalView } from '../../shared/model/approval.ts';
import { until } from './until.ts';

/** The question of this kind, once it can be answered. */
export function questionOf(approvals: Approvals, kind: ApprovalContent['kind']): Promise<ApprovalView> {
  return until(
    (listener) => approvals.onChange(listener),
    () => {
      const current = approvals.current();
      return current?.unlockFirst === null && current.content.kind === kind ? current : null;
    },
  );
}

/** What the approval window does: shows the question, and answers it once it could have been read. */
export async function answerQuestion(
  approvals: Approvals,
  decision: 'allow' | 'deny',
  kind: ApprovalContent['kind'] = 'access-token',
  accountId?: string,
): Promise<void> {
  const { id, contentHash } = await questionOf(approvals, kind);
  approvals.shown(id);
  await new Promise((resolve) => setTimeout(resolve, 950));
  approvals.decide({ id, contentHash, decision, accountId, grant: 'until-quit' });
}
