export { type Pixels, withDot } from './attention-dot.ts';
export { hasTrayHost } from './host-probe.ts';
export { buildTrayMenu, statusLine, type TrayAction, type TrayModel } from './menu-model.ts';
export { createTray, type TrayDeps, type TrayIcon } from './tray.ts';
