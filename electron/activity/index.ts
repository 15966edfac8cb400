export { type ActivityOptions, createActivity } from './activity.ts';
export { activityCsv, activityJson } from './export.ts';
export { filterActivity } from './query.ts';
export { activityOf, type Asked } from './record-of.ts';
export type * from './types.ts';
