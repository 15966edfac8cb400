export { createActivity } from './activity.ts';
export { activityOf, type Asked } from './record-of.ts';
export type * from './types.ts';
