/** What was asked for, or done: the first four are questions of programs, the others happen without one. */
export const activityKinds = [
  'access-token',
  'mytoken',
  'import-account',
  'add-account',
  'copy-access-token',
  'show-access-token',
  'token-file',
  'pairing',
  'lock',
  'unlock',
] as const;
export type ActivityKind = (typeof activityKinds)[number];

export const activityOutcomes = [
  'allowed',
  'denied',
  'expired',
  'withdrawn',
  'refused',
  /** It was allowed, and then server, network or store did not give it. */
  'failed',
] as const;
export type ActivityOutcome = (typeof activityOutcomes)[number];

export const activityRules = [
  'user',
  'grant',
  'key',
  'policy',
  'flood',
  'block',
  'time',
  'program',
  'lock',
  'app',
] as const;
/** Who or what decided. */
export type ActivityRule = (typeof activityRules)[number];

/** Where it came in: a door for programs, or what the user clicked; `app` for what the app does by itself. */
export const activityDoors = ['agent-socket', 'http', 'http-socket', 'window', 'tray', 'app'] as const;
export type ActivityDoor = (typeof activityDoors)[number];

/** A mytoken that was given out, by what it can be found again; never the mytoken itself. */
export interface IssuedMytokenNote {
  readonly instanceUrl: string;
  /** Null where an old server does not tell it: such a mytoken cannot be revoked from here. */
  readonly momId: string | null;
  readonly name: string;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** Code of the error the last attempt to revoke it ended with. */
  readonly revokeProblem: string | null;
}

/** What happened to one request. Never holds a token. */
export interface ActivityRecord {
  readonly id: string;
  readonly atMs: number;
  /** From the question to the answer. */
  readonly durationMs: number;
  readonly program: string;
  readonly verified: boolean;
  readonly accountName: string;
  readonly kind: ActivityKind;
  /** Scopes and audiences, or capabilities. */
  readonly summary: string;
  readonly outcome: ActivityOutcome;
  readonly by: ActivityRule;
  readonly accountId?: string | undefined;
  readonly door?: ActivityDoor | undefined;
  /** The program's file, shortened. */
  readonly executable?: string | undefined;
  /** What the program says of itself, or the name of the client key it showed. */
  readonly clientName?: string | undefined;
  /** The remembered answer that applied. */
  readonly grantId?: string | undefined;
  /** Restrictions of a mytoken, as JSON. */
  readonly restrictions?: string | undefined;
  /** Code of the error it ended with. */
  readonly problem?: string | undefined;
  readonly mytoken?: IssuedMytokenNote | undefined;
  /** The same happened this often within a minute; absent for once. */
  readonly count?: number | undefined;
  /** The last of them. */
  readonly lastAtMs?: number | undefined;
}

/** Null: any. */
export interface ActivityFilter {
  /** All of its words occur somewhere in the record. */
  readonly text: string;
  readonly program: string | null;
  readonly accountId: string | null;
  readonly outcome: ActivityOutcome | null;
  readonly kind: ActivityKind | null;
  readonly fromMs: number | null;
}

/** How the log stands; its records are asked for. */
export interface ActivityView {
  /** Counts up with every change. */
  readonly changes: number;
  readonly total: number;
  /** Lines of the file that could not be read. */
  readonly damaged: number;
  /** Why it cannot be written to the disk at the moment, as the system names it. */
  readonly problem: string | null;
}
