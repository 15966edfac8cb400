import type { AgentRound } from './agents/measure.ts';
import type { ApprovalMeasured } from './approval/bench.ts';
import type { TreeMemory } from './process-tree.ts';

/** One start of one program in one round. */
export interface Sample {
  /** From the spawn to the first HTTP answer. */
  readonly startMs: number;
  /** Null in starts that are only timed. */
  readonly memory: TreeMemory | null;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly requestsPerSecond: number | null;
}

export const subjects = ['bare', 'app', 'appMany'] as const;
/** `appMany` is the app with {@link Measured.manyAccounts} accounts instead of one. */
export type Subject = (typeof subjects)[number];

/** The app's socket beside the real oidc-agent. */
export interface AgentMeasured {
  readonly peerVersion: string;
  readonly rounds: readonly AgentRound[];
  /** One request to oidc-agent while another client had sent its key and stalled, and for how long that client did. */
  readonly peerBlockedUs: number;
  readonly tokenLength: number;
}

/** What the part inside the desktop session hands to the part outside. */
export interface Measured {
  /** Null when it was not asked for. */
  readonly app: AppMeasured | null;
  readonly agents: AgentMeasured | null;
  readonly approval: ApprovalMeasured | null;
}

export interface AppMeasured {
  readonly rounds: readonly Readonly<Record<Subject, Sample>>[];
  readonly manyAccounts: number;
  /** Size of the app's answer, which is the size of the bare server's constant one. */
  readonly answerBytes: number;
}

export const parts = ['app', 'agents', 'approval'] as const;
/** `app`: beside a bare Electron. `agents`: beside oidc-agent. `approval`: from a request to its question on the screen. */
export type Part = (typeof parts)[number];

/** What the part outside tells the part inside, as JSON in the environment variable {@link inputVariable}. */
export interface Input {
  readonly executable: string;
  readonly outsideUrl: string;
  readonly rounds: number;
  readonly parts: readonly Part[];
  readonly manyAccounts: number;
}
export const inputVariable = 'MYTOKEN_DESKTOP_BENCH';
