import { type ReactNode, useEffect } from 'react';
import type { MytokenContent } from '../../shared/model/approval.ts';
import { normaliseRestrictions } from '../../shared/model/restrictions.ts';
import type { ParentMytoken } from '../../shared/model/sub-mytoken.ts';
import { compareWish } from '../../shared/model/wish-comparison.ts';
import { MytokenEditor, review, useDraft, wishForCall } from '../editor/index.ts';
import { useApp } from '../hooks/app-context.tsx';
import { Comparison } from './Comparison.tsx';

export type GivenWish = ReturnType<typeof wishForCall>;

/**
 * The editor, with what was asked for as the parent: what is given can only be less. Loaded when it is wanted, as it is larger than the
 * rest of the window.
 */
export function NarrowMytoken({
  content,
  nowMs,
  onChange,
}: {
  readonly content: MytokenContent;
  readonly nowMs: number;
  /** Null while it is not something that can be given. */
  readonly onChange: (wish: GivenWish | null) => void;
}): ReactNode {
  const { t } = useApp();
  const { wish, parent } = content;
  const history = useDraft(() => wish);
  const { draft } = history;
  const nowSeconds = Math.floor(nowMs / 1000);
  // Asking for no limits means having the account's.
  const limit: ParentMytoken = {
    capabilities: wish.capabilities,
    restrictions: normaliseRestrictions(
      wish.restrictions.length > 0 ? wish.restrictions : parent.restrictions,
      nowSeconds,
    ),
  };
  const found = review(draft, limit, nowSeconds);
  const { sendable } = found;
  useEffect(() => onChange(sendable ? wishForCall(draft) : null), [draft, sendable, onChange]);
  return (
    <>
      <MytokenEditor
        history={history}
        review={found}
        parent={limit}
        providerScopes={[]}
        restrictionKeys={null}
        nowMs={nowMs}
      />
      <Comparison
        title={t('approval.you-give')}
        against="asked"
        comparison={compareWish(draft, limit, nowSeconds)}
        nowMs={nowMs}
      />
    </>
  );
}
