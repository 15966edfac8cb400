export { fittingAccounts, mayUse, visibleAccounts } from './choose-account.ts';
export { createDesk, type DeskDeps } from './desk.ts';
export { isAddableIssuer } from './missing-account.ts';
export type * from './types.ts';
