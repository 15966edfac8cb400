import type { NoticesView } from '../../../shared/ipc/contract.ts';
import type { AccountTabProps } from '../manage/tab-props.ts';
import type { UserTokens } from './use-tokens.ts';

export interface NoticesSectionProps extends AccountTabProps {
  readonly view: NoticesView;
  readonly tokens: UserTokens;
  /** The view after something was done. */
  readonly onChange: (view: NoticesView) => void;
}
