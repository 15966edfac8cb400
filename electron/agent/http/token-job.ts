import { randomBytes } from 'node:crypto';
import type { AccessTokenAsk, MytokenAsk, ServedAccessToken, ServedMytoken } from '../desk/index.ts';
import type { AgentResponse } from './answers.ts';

/** What a request asks for. `application` is what the program calls itself, empty when it says nothing. */
export type TokenWish =
  | {
      readonly kind: 'access-token';
      readonly ask: Omit<AccessTokenAsk, 'comment'>;
      readonly application: string;
    }
  | { readonly kind: 'mytoken'; readonly ask: Omit<MytokenAsk, 'hint'>; readonly application: string };

export type Served =
  ({ readonly kind: 'access-token' } & ServedAccessToken) | ({ readonly kind: 'mytoken' } & ServedMytoken);

export type Outcome =
  { readonly ok: true; readonly served: Served } | { readonly ok: false; readonly error: unknown };

/** By what a request is known again when it is sent once more. */
export interface Remembrance {
  readonly id: string;
  readonly askingId: string;
  readonly idempotencyKey: string;
  /** Of what was asked for; the same key for something else is a mistake. */
  readonly fingerprint: string;
}

export function newRequestId(): string {
  return randomBytes(16).toString('base64url');
}

/** One piece of work for the desk, and the answers that wait for what comes of it. */
export class TokenJob {
  readonly kind: TokenWish['kind'];
  /** Null: only the connection it came on can have the result. */
  readonly remembered: Remembrance | null;
  readonly startedAtMs: number;
  readonly attached = new Set<AgentResponse>();
  /** Was told to come back: it goes on without a connection. */
  detached = false;
  outcome: Outcome | null = null;
  /** On how many connections the result has left for whoever asked. */
  handedOver = 0;
  /** Nobody shall have the result. */
  discarded = false;
  /** What was made is being taken back at the server. */
  takenBack = false;
  /** Resolves to {@link outcome}; never rejects. */
  done: Promise<Outcome> = new Promise(() => undefined);
  readonly #abort = new AbortController();

  constructor(kind: TokenWish['kind'], remembered: Remembrance | null, startedAtMs: number) {
    this.kind = kind;
    this.remembered = remembered;
    this.startedAtMs = startedAtMs;
  }

  /** Somebody has the result. */
  get delivered(): boolean {
    return this.handedOver > 0;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Takes the question back, if it still waits. */
  withdraw(): void {
    this.#abort.abort();
  }
}
