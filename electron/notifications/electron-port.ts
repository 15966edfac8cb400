import { Notification } from 'electron';
import type { Logger } from '../ports/index.ts';
import type { NotificationPort } from './notifications.ts';

/** Electron's notifications; a desktop without a notification server is no error. */
export function electronNotifications(log: Logger): NotificationPort {
  /** Held until they go: a collected notification loses its click. */
  const shown = new Set<Notification>();
  return {
    show({ title, body, urgent, click }) {
      if (!Notification.isSupported()) return () => undefined;
      const notification = new Notification({
        title,
        body,
        urgency: urgent ? 'critical' : 'normal',
        silent: !urgent,
      });
      shown.add(notification);
      notification.on('click', () => {
        shown.delete(notification);
        click();
      });
      notification.on('close', () => shown.delete(notification));
      notification.on('failed', () => {
        shown.delete(notification);
        log.warn('notification.failed');
      });
      notification.show();
      return () => {
        if (shown.delete(notification)) notification.close();
      };
    },
  };
}
