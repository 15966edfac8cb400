export { createManager, type ManagerDeps } from './manager.ts';
export type * from './types.ts';
