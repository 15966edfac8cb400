import { createHash, randomUUID } from 'node:crypto';
import type { AccountPolicy, ApprovalAccount, ApprovalContent } from '../../shared/model/approval.ts';
import type { CallerView } from '../../shared/model/caller.ts';

/** One account that can answer, by which rule, and what it would give. */
export interface Way {
  /** Null when it is about an account that is not there yet. */
  readonly account: ApprovalAccount | null;
  readonly policy: AccountPolicy;
  readonly content: ApprovalContent;
}

export type OtherWay = Way & { readonly account: ApprovalAccount };

/** The account that is meant unless its user chooses another one, and all else that is to be known. */
export interface Question extends Way {
  readonly caller: CallerView;
  /** What fits the request as well. Without a question they answer by a remembered answer alone. */
  readonly others?: readonly OtherWay[];
  /** The user gave this program a client key, which is the remembered “yes” where accounts ask once. */
  readonly keyed?: boolean;
  /** Told apart by this where the content looks the same: one answer must not stand for two different things. */
  readonly particular?: string;
  /** The id its record of activity shall have, for whoever wants to add to it what became of the answer. */
  readonly recordId?: string;
  /** After this time without an answer the answer is no. */
  readonly waitMs: number;
}

/** What may be issued at most, and of which account. */
export type Approved = Pick<Way, 'account' | 'content'>;

/** The account that is meant comes first. */
export function waysOf({ account, policy, content, others = [] }: Question): readonly Way[] {
  return [{ account, policy, content }, ...others];
}

export function concerns(question: Question, accountId: string): boolean {
  return waysOf(question).some(({ account }) => account?.id === accountId);
}

/** Who cannot be recognised again, or has to be asked every time, is not remembered; a mytoken never is. */
export function isGrantable({ caller, content, policy }: Question): boolean {
  return caller.identity !== null && content.kind === 'access-token' && policy === 'ask-once';
}

/**
 * Programs that cannot be recognised count as one for limits and pauses: a new process would buy a flood more room. They never share
 * a question, though.
 */
export function programOf(caller: CallerView): string {
  return caller.identity ?? `unrecognised at ${caller.door}`;
}

/** One for each account: requests that share one are refused together, whoever asks. */
export function requestKeys(question: Question): readonly string[] {
  return waysOf(question).map(({ account, content }) =>
    hash([programOf(question.caller), account?.id, content]),
  );
}

/** Equal for requests that one answer may stand for. */
export function sharedKey({ caller, particular }: Question, keys: readonly string[]): string {
  return `${keys.join(' ')} ${particular ?? ''} ${caller.identity === null ? (caller.pid ?? randomUUID()) : ''}`;
}

/** Of all that its user decides about: who asks, and what each account would give. */
export function contentHash(question: Question): string {
  return hash([question.caller, waysOf(question).map(({ account, content }) => [account, content])]);
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
