import type { AccountView } from '../../../shared/model/account.ts';
import type { Place } from '../navigation.ts';

/** What every tab of an account gets. */
export interface AccountTabProps {
  readonly account: AccountView;
  readonly go: (place: Place) => void;
}
