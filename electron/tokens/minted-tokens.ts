import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { Clock, Secret } from '../ports/index.ts';
import type { MintedMytoken } from './minter.ts';

/** How long somebody has to take a new mytoken away. */
const keptForMs = 10 * 60_000;
const mostKept = 20;

interface Kept {
  readonly minted: MintedMytoken;
  readonly accountId: string;
  revealed: boolean;
  readonly cancel: () => void;
}

/**
 * New mytokens between their making and the moment their user has put them somewhere: in memory, for minutes, never on disk. A window
 * gets an id and sees the string at most once.
 */
export interface MintedTokens {
  /** The id under which it can be fetched for ten minutes. */
  keep(accountId: string, minted: MintedMytoken): string;
  /** For showing: works once. Throws `compose/gone`. */
  reveal(resultId: string): Secret;
  /** For the clipboard or a file, which windows do not see: works until it is dismissed. Throws `compose/gone`. */
  take(resultId: string): { readonly minted: MintedMytoken; readonly accountId: string };
  dismiss(resultId: string): void;
  /** On lock and quit. */
  forgetAll(): void;
}

export function createMintedTokens(clock: Clock): MintedTokens {
  const kept = new Map<string, Kept>();

  const dismiss = (resultId: string): void => {
    kept.get(resultId)?.cancel();
    kept.delete(resultId);
  };
  const find = (resultId: string): Kept => {
    const found = kept.get(resultId);
    if (found === undefined) throw new DomainError('compose/gone', 'This mytoken is not kept here any more.');
    return found;
  };

  return {
    keep(accountId, minted) {
      const resultId = randomUUID();
      const [oldest] = kept.keys();
      if (kept.size >= mostKept && oldest !== undefined) dismiss(oldest);
      kept.set(resultId, {
        minted,
        accountId,
        revealed: false,
        cancel: clock.after(keptForMs, () => kept.delete(resultId)),
      });
      return resultId;
    },
    reveal(resultId) {
      const found = find(resultId);
      if (found.revealed) throw new DomainError('compose/gone', 'This mytoken has been shown already.');
      found.revealed = true;
      return found.minted.value;
    },
    take: (resultId) => find(resultId),
    dismiss,
    forgetAll() {
      for (const resultId of [...kept.keys()]) dismiss(resultId);
    },
  };
}
