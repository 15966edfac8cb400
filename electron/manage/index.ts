export { type ExportFormat, historyFile } from './history-export.ts';
export { createInspector, type Inspector } from './inspector.ts';
export { createManager, type ManagerDeps } from './manager.ts';
export type * from './types.ts';
