import { expect } from 'vitest';
import type { Approvals } from '../../electron/approvals/index.ts';
import type { ApprovalContent } from '../../shared/model/approval.ts';

/** What the approval window does: shows the question, and answers it once it could have been read. */
export async function answerQuestion(
  approvals: Approvals,
  decision: 'allow' | 'deny',
  kind: ApprovalContent['kind'] = 'access-token',
  accountId?: string,
): Promise<void> {
  await expect
    .poll(() => approvals.current(), { timeout: 10_000 })
    .toMatchObject({ unlockFirst: null, content: { kind } });
  const { id = '', contentHash = '' } = approvals.current() ?? {};
  approvals.shown(id);
  await new Promise((resolve) => setTimeout(resolve, 950));
  approvals.decide({ id, contentHash, decision, accountId, grant: 'until-quit' });
}
