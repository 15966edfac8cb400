export { type ApprovalWindow, createApprovalWindow } from './approval-window.ts';
export { type CloseDecision, onWindowClose } from './close-rule.ts';
export { createMainWindow, type MainWindow, type MainWindowDeps } from './main-window.ts';
