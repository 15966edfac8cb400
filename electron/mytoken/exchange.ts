import type { Dispatcher } from 'undici';
import type { Clock } from '../ports/index.ts';
import { aborted, failureOf, type Progress, shuttingDown, timedOut, tooLarge } from './http-failure.ts';
import type { HttpAnswer, HttpMethod } from './http-types.ts';
import { badAnswer } from './problems.ts';

export interface WireRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Zeroed once the exchange is over. */
  readonly body: Buffer | null;
  readonly limitBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Fires when the app quits. */
  readonly shutdown: AbortSignal;
}

/**
 * One request, one answer. Speaks to undici below its `request()` function because only there it is told when writing
 * begins, which decides whether a failed request may have had effects.
 */
export function exchange(dispatcher: Dispatcher, request: WireRequest, clock: Clock): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const running = new Exchange(request, {
      resolve,
      reject: (reason) => reject(reason),
    });
    running.run(dispatcher, clock);
  });
}

interface Outcome {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (reason: Error) => void;
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: WireRequest;
  readonly #outcome: Outcome;
  readonly #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #status = 0;
  #headers: Readonly<Record<string, string | string[] | undefined>> = {};
  #started = false;
  #over = false;
  #controller: Dispatcher.DispatchController | null = null;
  #release: () => void = () => undefined;

  constructor(request: WireRequest, outcome: Outcome) {
    this.#request = request;
    this.#outcome = outcome;
  }

  run(dispatcher: Dispatcher, clock: Clock): void {
    const { method, url, headers, body, timeoutMs, signal, shutdown } = this.#request;
    const cancelTimer = clock.after(timeoutMs, () => this.#fail(timedOut(this.#progress())));
    const onAbort = (): void => this.#fail(aborted(this.#progress()));
    const onShutdown = (): void => this.#fail(shuttingDown(this.#progress()));
    this.#release = () => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      shutdown.removeEventListener('abort', onShutdown);
    };
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    if (shutdown.aborted) {
      onShutdown();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    shutdown.addEventListener('abort', onShutdown, { once: true });
    try {
      dispatcher.dispatch(
        { origin: url.origin, path: `${url.pathname}${url.search}`, method, headers, body },
        this,
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The connection stands and the request is about to be written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) {
      controller.abort(new Error('given up before it was written'));
      return;
    }
    this.#controller = controller;
    this.#started = true;
  }

  onRequestUpgrade(): void {
    this.#fail(badAnswer('upgrade'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const coding = headers['content-encoding'];
    // None was offered (Accept-Encoding: identity), and unpacking would get round the size limit.
    if (coding !== undefined && coding !== 'identity') this.#fail(badAnswer('content-encoding'));
    else if (Number(headers['content-length'] ?? 0) > this.#request.limitBytes) {
      this.#fail(tooLarge(this.#progress()));
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#receivedBytes += chunk.length;
    this.#chunks.push(chunk);
    if (this.#receivedBytes > this.#request.limitBytes) this.#fail(tooLarge(this.#progress()));
  }

  onResponseEnd(): void {
    if (this.#over) return;
    const whole = Buffer.concat(this.#chunks);
    const answer = {
      status: this.#status,
      headers: joinedHeaders(this.#headers),
      setCookies: [this.#headers['set-cookie'] ?? []].flat(),
      body: whole.toString('utf8'),
    };
    whole.fill(0);
    this.#end();
    // undici frees a connection one turn of the event loop after this callback (to see servers hang up that said they
    // would not). Who asks again at once, as after discovery, should get the same one and save a TLS handshake.
    setImmediate(() => setImmediate(() => this.#outcome.resolve(answer)));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error);
  }

  #progress(): Progress {
    return { started: this.#started, answered: this.#status !== 0, host: this.#request.url.host };
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    const failure = failureOf(error, this.#progress());
    this.#end();
    this.#controller?.abort(failure);
    this.#outcome.reject(failure);
  }

  #end(): void {
    this.#over = true;
    this.#release();
    this.#request.body?.fill(0);
    for (const chunk of this.#chunks) chunk.fill(0);
    this.#chunks.length = 0;
  }
}

function joinedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'set-cookie') continue;
    joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
