import { z } from '../zod.ts';

/** What locked the app: its user, a client of the agent's protocol with a password of its own, or a rule of the settings. */
export type LockCause = 'user' | 'client' | 'screen' | 'sleep' | 'idle';

/** Whether the app serves anybody now. */
export interface LockView {
  readonly locked: { readonly by: LockCause; readonly sinceMs: number } | null;
  /** Local programs get nothing; the window works. `untilMs` null: until it is resumed. */
  readonly paused: { readonly untilMs: number | null } | null;
}

export const longestIdleMinutes = 24 * 60;

/** When the app locks by itself. */
export const lockRulesSchema = z.strictObject({
  withScreen: z.boolean(),
  beforeSleep: z.boolean(),
  /** 0: never. */
  idleMinutes: z.int().min(0).max(longestIdleMinutes),
});
export type LockRules = z.infer<typeof lockRulesSchema>;

/** For how long local access can be paused, in minutes; null: until it is resumed. */
export const pauseMinutes = [15, 60, null] as const;
export type PauseMinutes = (typeof pauseMinutes)[number];
