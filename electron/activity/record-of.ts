import type { ActivityRecord } from '../../shared/model/activity.ts';
import type { ApprovalAccount, ApprovalContent } from '../../shared/model/approval.ts';
import type { CallerView } from '../../shared/model/caller.ts';

export interface Asked {
  readonly caller: CallerView;
  readonly account: Pick<ApprovalAccount, 'id' | 'displayName'> | null;
  readonly content: ApprovalContent;
}

export type AskedFacts = Pick<
  ActivityRecord,
  | 'program'
  | 'verified'
  | 'door'
  | 'executable'
  | 'clientName'
  | 'accountId'
  | 'accountName'
  | 'kind'
  | 'summary'
  | 'restrictions'
>;

/** What a question of a program leaves in the log: who, about which account, what. Made for every cached token, too: cheap. */
export function activityOf({ caller, account, content }: Asked): AskedFacts {
  return {
    program: caller.program,
    verified: caller.verified,
    door: caller.door,
    executable: caller.executable ?? undefined,
    clientName: caller.keyName ?? caller.claims.application ?? undefined,
    accountId: account?.id,
    accountName: account?.displayName ?? subjectOf(content),
    kind: content.kind,
    summary: summaryOf(content),
    restrictions:
      content.kind === 'mytoken' && content.wish.restrictions.length > 0
        ? JSON.stringify(content.wish.restrictions)
        : undefined,
  };
}

function summaryOf(content: ApprovalContent): string {
  switch (content.kind) {
    case 'access-token':
      return [...content.scope, ...content.audience].join(' ');
    case 'mytoken':
      return content.wish.capabilities.join(' ');
    case 'import-account':
      return (content.capabilities ?? []).join(' ');
    case 'add-account':
      return content.oidcIssuer;
  }
}

/** What stands where the name of an account would. */
function subjectOf(content: ApprovalContent): string {
  return content.kind === 'import-account'
    ? content.name
    : content.kind === 'add-account'
      ? content.oidcIssuer
      : '';
}
