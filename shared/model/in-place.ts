import type { ErrorCode } from '../errors.ts';

/** One of the folders where programs and scripts of oidc-agent look for the agent of this computer. */
export interface ServicePlaceView {
  /** Which generation of oidc-agent looks there. */
  readonly generation: '4' | '5';
  /** `taken`: another agent stands there, and is left alone. `blocked`: the folder cannot be used, see `problem`. */
  readonly state: 'off' | 'ready' | 'taken' | 'blocked';
  /** Path of the socket as clients look for it. */
  readonly path: string;
  /** Whose it is while `taken`, as far as the other agent says. */
  readonly pid: number | null;
  readonly program: string | null;
  readonly problem: ErrorCode | null;
}

/** The file that gives `OIDC_SOCK` to everything started after the next login. */
export interface EnvironmentFileView {
  /** `outdated`: ours, with another path than the socket has now. `foreign`: somebody else wrote it; it is left alone. */
  readonly state: 'absent' | 'written' | 'outdated' | 'foreign';
  readonly path: string;
}

/** How far the app stands in for oidc-agent on this computer. */
export interface InPlaceView {
  /** Empty where oidc-agent's programs look elsewhere (Windows). */
  readonly places: readonly ServicePlaceView[];
  /** Null where there is no such file (macOS, Windows). */
  readonly environment: EnvironmentFileView | null;
}
