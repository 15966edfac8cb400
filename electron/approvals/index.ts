export { type Approvals, createApprovals, type Gate, type Question } from './approvals.ts';
export { createGrants, type Grants } from './grants.ts';
export { refusals } from './refusals.ts';
