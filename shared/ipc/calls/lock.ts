import { z } from '../../zod.ts';
import { pauseMinutes } from '../../model/lock.ts';
import { type CallSpec, nothing } from './fields.ts';

/** Locking the app, and pausing what it does for local programs. */
export const lockCalls = {
  'lock:lock': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
  /** Opens the store again; `vault/locked` while the system's key store stays closed. */
  'lock:unlock': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
  'lock:pause': {
    args: z.strictObject({ minutes: z.literal(pauseMinutes) }),
    result: nothing,
    roles: ['main'],
    whileLocked: true,
  },
  'lock:resume': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
  /** Unlocks what the question on the screen waits for: the app, or the store of mytokens. */
  'approval:unlock': { args: nothing, result: nothing, roles: ['approval'], whileLocked: true },
} as const satisfies Record<string, CallSpec>;
