import type { ComponentType } from 'react';
import type { MessageKey } from '../../../shared/i18n/catalogue.ts';
import { OverviewTab } from '../account/OverviewTab.tsx';
import type { AccountTabId } from '../navigation.ts';
import { HandoverTab } from '../handover/HandoverTab.tsx';
import { RemindersTab } from '../notices/RemindersTab.tsx';
import { HistoryTab } from './history/HistoryTab.tsx';
import { ServerTab } from '../server/ServerTab.tsx';
import { StateTab } from './StateTab.tsx';
import type { AccountTabProps } from './tab-props.ts';
import { TreeTab } from './tree/TreeTab.tsx';

export type { AccountTabId } from '../navigation.ts';

interface AccountTab {
  readonly id: AccountTabId;
  readonly label: MessageKey;
  readonly Body: ComponentType<AccountTabProps>;
  /** Needs the width of a table. */
  readonly roomy?: boolean;
}

/** The tabs of an account, in order. A new one is a line here, an id in `navigation.ts` and a file of its own. */
export const accountTabs: readonly [AccountTab, ...AccountTab[]] = [
  { id: 'overview', label: 'manage.tab.overview', Body: OverviewTab },
  { id: 'state', label: 'manage.tab.state', Body: StateTab },
  { id: 'mytokens', label: 'manage.tab.mytokens', Body: TreeTab, roomy: true },
  { id: 'history', label: 'manage.tab.history', Body: HistoryTab, roomy: true },
  { id: 'reminders', label: 'notices.tab', Body: RemindersTab },
  { id: 'server', label: 'manage.tab.server', Body: ServerTab },
  { id: 'handover', label: 'manage.tab.handover', Body: HandoverTab },
];
