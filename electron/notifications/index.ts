export { electronNotifications } from './electron-port.ts';
export { createNotifications, type NotificationPort, type Notifications } from './notifications.ts';
