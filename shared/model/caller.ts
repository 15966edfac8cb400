/** One process, as the system describes it. Names are chosen by the process itself. */
export interface ProcessView {
  readonly pid: number;
  /** Base name of the executable, or of the first word of the command line where the executable cannot be read. */
  readonly name: string;
  /** Absolute path; null when the system does not let us read it. */
  readonly executable: string | null;
}

/**
 * Who asks for a token. What the kernel vouches for comes first; what the client says about itself is in `claims` and must always
 * be shown as unverified (R-50 and following). All texts are plain text of bounded length.
 */
export interface CallerView {
  readonly door: 'agent-socket' | 'http' | 'http-socket';
  /** True when the kernel named the process on the other end. */
  readonly verified: boolean;
  readonly pid: number | null;
  readonly uid: number | null;
  /** The program to name to a person. For `oidc-token` and its like: the program that ran it. */
  readonly program: string;
  readonly executable: string | null;
  /** Cut to a bounded length; words that look like secrets are masked. */
  readonly commandLine: readonly string[];
  readonly workingDirectory: string | null;
  /** From the asking process up to the terminal or session, at most sixteen. */
  readonly chain: readonly ProcessView[];
  readonly via: 'ssh' | null;
  readonly confinement: 'flatpak' | 'snap' | 'container' | null;
  readonly claims: {
    /** The oidc-agent protocol's `application_hint`, or `application` of the local API. */
    readonly application: string | null;
  };
  /** The name that the user gave the client key it showed; whoever holds the key has it. */
  readonly keyName?: string | undefined;
  /** By which a grant recognises this caller again (never a pid alone); null when it cannot be recognised and gets no grant. */
  readonly identity: string | null;
}
