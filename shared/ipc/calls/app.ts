import { z } from '../../zod.ts';
import { settingsPatchSchema } from '../../model/settings.ts';
import type { AppState } from '../../model/state.ts';
import { type CallSpec, id, nothing, isObject } from './fields.ts';

/** Links the app may open in the browser; windows name them, they never pass URLs. */
export const helpLinks = [
  'documentation',
  'mytoken-docs',
  'appindicator',
  'keyring-help',
  'instance-docs',
] as const;

/** The app itself: state, settings, storage, clipboard, help. */
export const appCalls = {
  'state:get': { args: nothing, result: z.custom<AppState>(isObject), roles: ['main'], whileLocked: true },
  'clipboard:clear': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
  'settings:update': { args: settingsPatchSchema, result: nothing, roles: ['main'] },
  /** Main shows the file dialog and checks that the file holds certificates; `null` when it was closed. */
  'settings:add-ca-file': {
    args: nothing,
    result: z.object({ path: z.string(), certificates: z.number() }).nullable(),
    roles: ['main'],
  },
  'storage:retry': { args: nothing, result: nothing, roles: ['main'] },
  'storage:use-session': { args: nothing, result: nothing, roles: ['main'] },
  'storage:reset': { args: nothing, result: nothing, roles: ['main'] },
  'help:open': {
    args: z.strictObject({ link: z.enum(helpLinks), accountId: id.optional() }),
    result: nothing,
    roles: ['main'],
    whileLocked: true,
  },
  /** The page has drawn its first frame. */
  'window:ready': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
} as const satisfies Record<string, CallSpec>;
