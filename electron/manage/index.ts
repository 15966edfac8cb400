export { type ExportFormat, historyFile } from './history-export.ts';
export { createInspector, type Inspector } from './inspector.ts';
export { createManager, type ManagerDeps } from './manager.ts';
export { operationCheck } from './operation-check.ts';
export {
  createServerSettings,
  type NewKeyWish,
  type ServerSettings,
  type ServerSettingsDeps,
  type SshAccess,
  type SshKeyFlow,
} from './server-settings.ts';
export { readSshPublicKey, type SshPublicKey } from './ssh-public-key.ts';
export { createNotices, type Notices } from './notices.ts';
export type * from './types.ts';
