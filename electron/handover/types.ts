import type { BearerFileView, KeptPlace, MytokenFileView } from '../../shared/model/handover.ts';

/** What the user wants kept; stored, without any token. */
export interface BearerFileWish {
  readonly accountId: string;
  readonly place: KeptPlace;
  /** Null: the account's default. */
  readonly scope: readonly string[] | null;
  readonly audience: readonly string[] | null;
}

export interface WishStorage<T> {
  load(): readonly T[];
  /** Durable when it returns; throws `settings/could-not-save`. */
  save(wishes: readonly T[]): void;
}

/** Whether other programs may have anything of this account now: not while locked or paused, nor when it serves nobody. */
export interface Serving {
  allows(accountId: string): boolean;
  onChange(listener: () => void): () => void;
}

/** Access tokens kept fresh in files (WLCG Bearer Token Discovery). One file an account. */
export interface BearerFiles {
  list(): readonly BearerFileView[];
  onChange(listener: () => void): () => void;
  /** Begins, or changes what is kept. Throws `accounts/not-found`, `handover/place-taken`, `settings/could-not-save`. */
  keep(wish: BearerFileWish): void;
  /** Ends it and takes the file away. */
  stopKeeping(accountId: string): Promise<void>;
  /** Resolves when there is a good token in the file; rejects with what is in the way, or `handover/not-kept`. */
  fresh(accountId: string): Promise<{ readonly path: string }>;
  /** Takes away what an earlier run left, and begins. */
  start(): Promise<void>;
  /** After sleep: timers did not run. */
  resumed(): void;
  /** Takes all files away. */
  stop(): Promise<void>;
}

export interface MytokenFileWish {
  readonly accountId: string;
  /** Absolute. */
  readonly path: string;
}

/** Mytokens of accounts in files that other programs use too, in step with the app through every rotation on either side. */
export interface MytokenFiles {
  list(): readonly MytokenFileView[];
  onChange(listener: () => void): () => void;
  /**
   * Throws `accounts/not-found`, `handover/place-taken`, and `handover/not-shareable` (details `reason`): `auto-revoke`, because the first
   * race would revoke everything, or `short-rotating`, because short tokens do not tell which of two is the later.
   */
  share(wish: MytokenFileWish): Promise<void>;
  /** Ends it: takes over what the other program left, and takes the file away. */
  stopSharing(accountId: string): Promise<void>;
  /** For the broker, before the account's mytoken is used. */
  beforeUse(accountId: string): Promise<void>;
  start(): Promise<void>;
  /** Ends watching; the files stay, for they are there to be used while the app is not. */
  stop(): Promise<void>;
}
