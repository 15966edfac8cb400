import type { PowerMonitor } from 'electron';
import type { PowerEvents } from '../lock/index.ts';

/** What Electron tells about screen, sleep and an idle user. Linux has no event for a locked screen on every desktop. */
export function systemPower(monitor: PowerMonitor): PowerEvents {
  return {
    onScreenLocked(listener) {
      monitor.on('lock-screen', listener);
      return () => void monitor.off('lock-screen', listener);
    },
    onSuspend(listener) {
      monitor.on('suspend', listener);
      return () => void monitor.off('suspend', listener);
    },
    idleSeconds: () => monitor.getSystemIdleTime(),
  };
}
