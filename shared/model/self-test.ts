/** What the app tries on itself, in this order. */
export const selfTestChecks = [
  'socket-plain',
  'socket-encrypted',
  'http-file',
  'http-challenge',
  'http-socket',
  'service-5',
  'service-4',
  'environment',
] as const;
export type SelfTestCheck = (typeof selfTestChecks)[number];

/**
 * - `off`: switched off, so there was nothing to try
 * - `no-answer`, `bad-answer`: the connection or what came over it
 * - `not-us`: somebody answers, but it is not this app
 * - `not-announced`: the file that tells where the app listens is missing or tells something else
 * - `taken`, `blocked`: another agent has the place, or it cannot be used
 * - `next-login`: everything is written down and waits for the next login
 * - `elsewhere`: the variable names another socket
 */
export const selfTestProblems = [
  'off',
  'no-answer',
  'bad-answer',
  'not-us',
  'not-announced',
  'taken',
  'blocked',
  'next-login',
  'elsewhere',
] as const;
export type SelfTestProblem = (typeof selfTestProblems)[number];

export interface SelfTestResult {
  readonly check: SelfTestCheck;
  /** Null: it works. */
  readonly problem: SelfTestProblem | null;
  /** Path or address that was tried. */
  readonly subject: string | null;
}
