import type { LookAtCaller, RecognisedCaller } from '../callers/index.ts';
import { answerJson } from './answers.ts';
import { Conversation, type Step } from './conversation.ts';
import { type AgentRequest, readRequest } from './requests.ts';
import type { SecureChannel } from './secure-channel.ts';

export interface ExchangeDeps {
  /** The answer that was given to this very text before, where it stands for this caller; null: to be read and answered. */
  readonly again: (text: string, caller: RecognisedCaller) => string | null;
  /** The protocol's JSON for a request; never rejects. */
  readonly answer: (asked: Asked) => Promise<string>;
  /** The channel to whoever has this key; null when it is none. */
  readonly open: (theirPublicKey: string) => SecureChannel | null;
}

/** A request as it came, and from whom. */
export interface Asked {
  readonly request: AgentRequest;
  readonly text: string;
  readonly caller: RecognisedCaller;
  /** Aborted when the other side has gone. */
  readonly gone: AbortSignal;
}

/** Where the words of an exchange go. */
export interface Line {
  write(words: string | Buffer): void;
  /** Nothing follows. Null: not even last words. */
  finish(text: string | null): void;
}

/** One connection's question and answer, whatever carries it; see {@link Conversation} for what may be said. */
export class Exchange {
  readonly #deps: ExchangeDeps;
  readonly #look: LookAtCaller;
  readonly #conversation: Conversation;
  #gone: AbortController | null = null;
  #caller: RecognisedCaller | null = null;
  #line: Line;
  #state: 'reading' | 'answering' | 'over' = 'reading';

  constructor(look: LookAtCaller, line: Line, deps: ExchangeDeps) {
    this.#look = look;
    this.#line = line;
    this.#deps = deps;
    this.#conversation = new Conversation(deps.open);
  }

  /** `answering`: a whole request is there. */
  get state(): 'reading' | 'answering' | 'over' {
    return this.#state;
  }

  get isEncrypted(): boolean {
    return this.#conversation.isEncrypted;
  }

  /** What is said from now on goes this way. */
  goOnWith(line: Line): void {
    this.#line = line;
  }

  /** `chunk` is not kept. */
  receive(chunk: Buffer): void {
    this.#follow(this.#conversation.receive(chunk));
  }

  /** The other side sends no more. An encrypted client has gone then, a plain one (`nc -N`) still reads. */
  ended(): void {
    if (this.#state !== 'reading' && !this.#conversation.isEncrypted) return;
    this.abandon();
    if (this.#state !== 'over') this.#finish(null);
  }

  /** Nobody reads the answer any more. */
  abandon(): void {
    this.#gone?.abort();
    this.#gone = null;
  }

  #finish(text: string | null): void {
    this.#state = 'over';
    this.#gone = null;
    this.#line.finish(text);
  }

  #follow(step: Step): void {
    switch (step.kind) {
      case 'wait':
        break;
      case 'send':
        this.#line.write(step.text);
        // Now, while the client works out the common key: its process may be gone by the time the request is whole.
        this.#caller ??= this.#look();
        this.#follow(this.#conversation.proceed());
        break;
      case 'end':
        this.#finish(step.answer);
        break;
      case 'request': {
        this.#state = 'answering';
        this.#caller ??= this.#look();
        const answer = this.#answerTo(step.text, this.#caller);
        if (typeof answer === 'string') this.#finish(step.reply(answer));
        else {
          void answer.then((json) => {
            if (this.#state === 'answering') this.#finish(step.reply(json));
          });
        }
        break;
      }
    }
  }

  #answerTo(text: string, caller: RecognisedCaller): string | Promise<string> {
    const again = this.#deps.again(text, caller);
    if (again !== null) return again;
    const read = readRequest(text);
    if (!read.ok) return answerJson({ kind: 'refused', error: read.error });
    this.#gone = new AbortController();
    return this.#deps.answer({ request: read.request, text, caller, gone: this.#gone.signal });
  }
}
