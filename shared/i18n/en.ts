import { activityEn } from './en/activity.ts';
import { agentEn } from './en/agent.ts';
import { composeEn } from './en/compose.ts';
import { decisionsEn } from './en/decisions.ts';
import { desktopEn } from './en/desktop.ts';
import { errorsEn } from './en/errors.ts';
import { lockEn } from './en/lock.ts';
import { eventEn } from './en/events.ts';
import { manageEn } from './en/manage.ts';
import { noticesEn } from './en/notices.ts';
import { handoverEn } from './en/handover.ts';
import { terminalEn } from './en/terminal.ts';
import { serverEn } from './en/server.ts';
import { pairingEn } from './en/pairing.ts';
import { windowEn } from './en/window.ts';

/** All English texts; the keys of this object are the keys there are. */
export const en = {
  ...desktopEn,
  ...errorsEn,
  ...windowEn,
  ...composeEn,
  ...agentEn,
  ...decisionsEn,
  ...lockEn,
  ...eventEn,
  ...manageEn,
  ...noticesEn,
  ...handoverEn,
  ...serverEn,
  ...pairingEn,
  ...activityEn,
  ...terminalEn,
} as const;
