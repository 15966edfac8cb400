import { activityDe } from './de/activity.ts';
import { agentDe } from './de/agent.ts';
import { composeDe } from './de/compose.ts';
import { decisionsDe } from './de/decisions.ts';
import { desktopDe } from './de/desktop.ts';
import { errorsDe } from './de/errors.ts';
import { lockDe } from './de/lock.ts';
import { eventDe } from './de/events.ts';
import { manageDe } from './de/manage.ts';
import { noticesDe } from './de/notices.ts';
import { handoverDe } from './de/handover.ts';
import { terminalDe } from './de/terminal.ts';
import { serverDe } from './de/server.ts';
import { pairingDe } from './de/pairing.ts';
import { windowDe } from './de/window.ts';

export const de = {
  ...desktopDe,
  ...errorsDe,
  ...windowDe,
  ...composeDe,
  ...agentDe,
  ...decisionsDe,
  ...lockDe,
  ...eventDe,
  ...manageDe,
  ...noticesDe,
  ...handoverDe,
  ...serverDe,
  ...pairingDe,
  ...activityDe,
  ...terminalDe,
};
