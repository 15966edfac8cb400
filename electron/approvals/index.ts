export {
  type Approvals,
  type Approved,
  createApprovals,
  type Gate,
  type Question,
  type Standing,
} from './approvals.ts';
export { createGrants, type Grants } from './grants.ts';
export { type Blocks, createBlocks } from './blocks.ts';
export { type PermissionStorage, parseStoredPermissions } from './stored-permissions.ts';
export { refusals } from './refusals.ts';
