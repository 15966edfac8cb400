export { type Approvals, createApprovals } from './approvals.ts';
export type { Approved, Question } from './question.ts';
export type { Gate, Standing } from './rules.ts';
export { createGrants, type Grants } from './grants.ts';
export { type Blocks, createBlocks } from './blocks.ts';
export { type PermissionStorage, parseStoredPermissions } from './stored-permissions.ts';
export { refusals } from './refusals.ts';
