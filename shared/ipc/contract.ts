import type { z } from '../zod.ts';
import type { ErrorEnvelope } from '../errors.ts';
import type { ActivityFilter } from '../model/activity.ts';
import { accountCalls } from './calls/accounts.ts';
import { activityCalls } from './calls/activity.ts';
import { agentCalls } from './calls/agent.ts';
import { appCalls } from './calls/app.ts';
import { composeCalls } from './calls/compose.ts';
import { lockCalls } from './calls/lock.ts';
import { handoverCalls } from './calls/handover.ts';
import { terminalCalls } from './calls/terminal.ts';
import { serverSettingsCalls } from './calls/server-settings.ts';
import type { CallSpec } from './calls/fields.ts';
import { manageCalls } from './calls/manage.ts';
import { pairingCalls } from './calls/pairing.ts';
import { noticesCalls } from './calls/notices.ts';
import type { Channel } from './channels.ts';

export {
  type ImportCandidate,
  type ImportSource,
  type InstanceView,
  instanceViewSchema,
  type ProviderView,
  type TemplateView,
  wishSchema,
} from './calls/accounts.ts';
export { helpLinks } from './calls/app.ts';
export type { MintedView } from './calls/compose.ts';
export type { HistoryEventView, InspectedView, MytokenReport, TreeNodeView } from './calls/manage.ts';
export type { SshKeyView } from './calls/server-settings.ts';
export type { CalendarView, NotificationView, NoticesView } from './calls/notices.ts';
export type { WindowRole } from './calls/fields.ts';

/** Every call a window can make: argument schema, result schema, the windows that may make it. One file in `calls/` per area. */
export const contract = {
  ...accountCalls,
  ...activityCalls,
  ...agentCalls,
  ...appCalls,
  ...composeCalls,
  ...lockCalls,
  ...manageCalls,
  ...noticesCalls,
  ...handoverCalls,
  ...serverSettingsCalls,
  ...terminalCalls,
  ...pairingCalls,
} as const satisfies Record<Channel, CallSpec>;

export type CallArgs<C extends Channel> = z.input<(typeof contract)[C]['args']>;
export type CallResult<C extends Channel> = z.output<(typeof contract)[C]['result']>;

/** Where a notification, the tray or a second start of the app wants the window to go. */
export type NavigationTarget =
  | { readonly page: 'accounts' }
  | { readonly page: 'account'; readonly accountId: string }
  | { readonly page: 'add-account'; readonly issuer?: string; readonly waitsUntilMs?: number }
  | { readonly page: 'compose'; readonly accountId: string }
  | { readonly page: 'activity'; readonly filter?: Partial<ActivityFilter> }
  | { readonly page: 'programs' }
  | { readonly page: 'settings' };

/** What `ipcRenderer.invoke` answers: errors cross as data. */
export type CallReply =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ErrorEnvelope };
