import type { ErrorEnvelope } from '../../shared/errors.ts';
import type { HistoryEventView, MytokenReport, TreeNodeView } from '../../shared/ipc/contract.ts';
import type { MytokenWish } from '../../shared/model/mytoken.ts';
import type { Operation } from '../../shared/model/operations.ts';

export type HistoryOf =
  | { readonly kind: 'own' }
  | { readonly kind: 'family' }
  | { readonly kind: 'one'; readonly momId: string; readonly derived: boolean };

export interface RevocationStep {
  readonly momId: string;
  readonly recursive: boolean;
}

/**
 * What a mytoken server tells about an account's mytoken and its family, and ending them. Everything goes through the broker, so that a
 * replaced mytoken is stored before anything is shown. Methods throw `mytoken/insufficient-capabilities` (details `capability`,
 * `operation`) before they ask, and else what the broker and the client throw.
 */
export interface Manager {
  /** Never throws for what the server or the network says: that is part of the report. Introspection counts no use and replaces nothing. */
  inspect(accountId: string): Promise<MytokenReport>;
  /** Newest first. Counts as an "other" use (two for a family, if the mytoken may see the history of all mytokens). */
  history(accountId: string, of: HistoryOf): Promise<readonly HistoryEventView[]>;
  /** Counts as an "other" use. */
  tree(accountId: string, scope: 'derived' | 'all'): Promise<readonly TreeNodeView[]>;
  /**
   * Revokes by mom_id, one after the other, until one fails. Then finds out which of the accounts in `check` lost their mytoken. What
   * the server says about a step is part of the answer, not thrown.
   */
  revoke(
    accountId: string,
    derived: boolean,
    steps: readonly RevocationStep[],
    check: readonly string[],
  ): Promise<{ readonly done: number; readonly problem: ErrorEnvelope | null }>;
  /** A code that stands for the account's own mytoken; its id among the minted mytokens. */
  transferCode(accountId: string): Promise<{
    readonly resultId: string;
    readonly expiresAtMs: number | null;
    readonly instanceUrl: string;
  }>;
  /** What the account asked for when it logged in, and one capability more. */
  widerWish(accountId: string, capability: string): MytokenWish;
  /** Other usable accounts of the same user at the same server whose mytokens may do it; none where only the mytoken itself can. */
  standIns(accountId: string, operation: Operation): readonly string[];
}
