export { type Activity, createActivity } from './activity.ts';
export { type Approvals, createApprovals, type Question } from './approvals.ts';
export { createGrants, type Grants } from './grants.ts';
