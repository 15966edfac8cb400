/**
 * Where a kept file lies: the place of WLCG Bearer Token Discovery, `bt_u$UID`, which tools look at by themselves and one account can
 * have; a place of the account's own in the app's runtime folder; or one that the user chose.
 */
export type KeptPlace =
  | { readonly kind: 'discovery' }
  | { readonly kind: 'own' }
  | { readonly kind: 'chosen'; readonly path: string };

/**
 * - `fresh`: a token that is good lies there
 * - `fetching`: the first one is on its way
 * - `withdrawn`: taken away, because the app is locked or paused, or the account serves nobody
 * - `trouble`: see `problem`; a token that is still good stays until it expires
 */
export type KeptFileState = 'fresh' | 'fetching' | 'withdrawn' | 'trouble';

/** An access token that is kept in a file for tools that read one there (`BEARER_TOKEN_FILE`). Never holds the token. */
export interface BearerFileView {
  readonly accountId: string;
  readonly place: KeptPlace;
  readonly path: string;
  /** Null: the account's default. */
  readonly scope: readonly string[] | null;
  readonly audience: readonly string[] | null;
  readonly state: KeptFileState;
  /** Of the token in the file. */
  readonly expiresAtMs: number | null;
  /** Code of the error. */
  readonly problem: string | null;
}

/** The account's mytoken in a file that the `mytoken` command line client uses and rotates too. */
export interface MytokenFileView {
  readonly accountId: string;
  readonly path: string;
  readonly state: KeptFileState;
  readonly problem: string | null;
  /** When the other program last replaced the mytoken, in this run. */
  readonly takenOverAtMs: number | null;
}

/** Files and terminals through which other tools use what the app has. */
export interface HandoverView {
  readonly bearerFiles: readonly BearerFileView[];
  readonly mytokenFiles: readonly MytokenFileView[];
  /** Where tools look by themselves on this machine. */
  readonly discoveryPath: string | null;
}
