import { z } from '../zod.ts';
import { accountPolicies } from './approval.ts';
import { lockRulesSchema } from './lock.ts';

export const activityDays = [7, 30, 90] as const;

/** Everything the user can set that is not an account. No secret ever lives here. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'de']),
  /** Seconds after which a copied token is removed from the clipboard. */
  clipboardClearSeconds: z.int().min(10).max(300),
  endpoint: z.strictObject({
    enabled: z.boolean(),
    /** 0: any free port, chosen anew at each start. */
    port: z.union([z.literal(0), z.int().min(1024).max(65535)]),
    /** Also accept `Host: localhost:PORT`. */
    allowLocalhostName: z.boolean(),
  }),
  /** The endpoint's API on a UNIX socket; `keyless`: programs need no key there, and are asked about instead. */
  httpSocket: z.strictObject({ enabled: z.boolean(), keyless: z.boolean() }),
  /** The socket that speaks oidc-agent's protocol. */
  socket: z.strictObject({ enabled: z.boolean() }),
  /** Stand where oidc-agent's programs look for the agent of this computer, while the socket is open. */
  inPlace: z.strictObject({ enabled: z.boolean() }),
  /** What happens when a program asks, by account id; `ask-once` where nothing is said. */
  policies: z.record(z.string().max(64), z.enum(accountPolicies)),
  /** When the app locks by itself. */
  lock: lockRulesSchema,
  /** PEM files with further certificate authorities to trust for mytoken servers. */
  extraCaFiles: z.array(z.string().min(1).max(4096)).max(32),
  /** Mytoken servers the user added himself. */
  instances: z.array(z.url().max(2048)).max(100),
  notifications: z.strictObject({
    copied: z.boolean(),
    problems: z.boolean(),
    /** A remembered answer let a program through. Stored settings of former versions do not have it. */
    grantUse: z.boolean().default(true),
  }),
  /** How long the log of what was asked for reaches back. */
  activityDays: z.literal(activityDays),
  startHidden: z.boolean(),
  onboardingDone: z.boolean(),
});

export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  theme: 'system',
  language: 'system',
  clipboardClearSeconds: 30,
  endpoint: { enabled: false, port: 0, allowLocalhostName: false },
  httpSocket: { enabled: false, keyless: false },
  socket: { enabled: false },
  inPlace: { enabled: false },
  policies: {},
  lock: { withScreen: false, beforeSleep: false, idleMinutes: 0 },
  extraCaFiles: [],
  instances: [],
  notifications: { copied: true, problems: true, grantUse: true },
  activityDays: 30,
  startHidden: false,
  onboardingDone: false,
};

/** A change of some settings; nested groups are replaced whole. */
export const settingsPatchSchema = settingsSchema.partial();
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
