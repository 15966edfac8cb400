import { type ErrorCode, toEnvelope } from '../../../shared/errors.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { SocketView } from '../../../shared/model/state.ts';
import { type Clock, Emitter, type Logger } from '../../ports/index.ts';
import { type AgentAnswer, answerJson } from './answers.ts';
import { createLeaseOffice } from './lease-office.ts';
import type { FromThread } from './messages.ts';
import { codeOf, makePlace } from '../place/socket-place.ts';
import type { AgentRequest } from './requests.ts';
import { type SocketThread, startSocketThread } from './socket-thread.ts';
import type { AgentService } from './types.ts';

export interface AgentSocketDeps {
  readonly path: string;
  readonly service: AgentService;
  /** Of the thread's module: `thread.ts`, or what the build made of it. */
  readonly threadUrl: URL;
  readonly clock: Clock;
  readonly log: Logger;
  readonly platform?: NodeJS.Platform;
  readonly userId?: number | null;
}

/** The door for programs that speak oidc-agent's protocol. */
export interface AgentSocket {
  state(): SocketView;
  onState(listener: (state: SocketView) => void): () => void;
  apply(enabled: boolean): Promise<void>;
  /**
   * Something changed that an answer may have depended on: from now on each request is decided anew, also one that had the same answer a
   * moment ago. Takes effect before it returns.
   */
  forgetAnswers(): void;
  stop(): Promise<void>;
}

const startLimitMs = 20_000;
/** A thread that ended is started again after this time, doubled each time until it has held for a while. */
const shortestPauseMs = 500;
const longestPauseMs = 60_000;
const heldMs = 120_000;
/** By then the thread has told what it had to tell of an answer. */
const arrivedAfterMs = 10_000;

const off: SocketView = { state: 'off', path: null, problem: null };

export function createAgentSocket(deps: AgentSocketDeps): AgentSocket {
  const { path, clock, log } = deps;
  const userId = deps.userId === undefined ? (process.getuid?.() ?? null) : deps.userId;
  const changed = new Emitter<SocketView>();
  const office = createLeaseOffice(clock);
  const asked = new Map<number, AbortController>();
  /** Mytokens that have left for the thread: their clients may have gone meanwhile, and then nobody has them. */
  const onTheirWay = new Map<number, () => Promise<void>>();
  let view = off;
  let thread: SocketThread | null = null;
  let queue: Promise<void> = Promise.resolve();
  let pauseMs = shortestPauseMs;
  let cancelTimer: () => void = () => undefined;

  const show = (next: SocketView): void => {
    view = next;
    changed.emit(next);
  };
  const fail = (problem: ErrorCode): void => show({ state: 'error', path, problem });

  const open = async (): Promise<void> => {
    const problem = await makePlace(path, userId);
    if (problem !== null) {
      log.warn('socket.no-place', { problem });
      fail(problem);
      return;
    }
    const outcome = await start();
    if (outcome === 'listening') {
      log.info('socket.listening', {});
      cancelTimer = clock.after(heldMs, () => {
        pauseMs = shortestPauseMs;
      });
      show({ state: 'listening', path, problem: null });
      return;
    }
    if (thread === null) return; // it ended, which is told already
    await thread.close();
    thread = null;
    log.warn('socket.could-not-listen', { code: outcome });
    fail('agent/socket-path');
  };

  /** Resolves to `listening`, or to what is in the way. */
  const start = (): Promise<string> =>
    new Promise((resolve) => {
      const cancel = clock.after(startLimitMs, () => resolve('no answer'));
      const settle = (outcome: string): void => {
        cancel();
        resolve(outcome);
      };
      const started = startSocketThread({
        url: deps.threadUrl,
        data: { path, platform: deps.platform ?? process.platform, userId, epoch: office.epoch },
        onMessage(message) {
          if (message.kind === 'listening') settle('listening');
          else if (message.kind === 'could-not-listen') settle(message.code);
          else hear(message, started);
        },
        onEnded(reason) {
          settle(reason);
          if (thread === started) ended(reason);
        },
      });
      thread = started;
    });

  const close = async (): Promise<void> => {
    const closing = thread;
    thread = null;
    cancelTimer();
    withdrawAll();
    office.forget();
    if (closing === null) return;
    await closing.close();
    show(off);
  };

  const ended = (reason: string): void => {
    thread = null;
    cancelTimer();
    withdrawAll();
    log.error('socket.thread-ended', { reason, pauseMs });
    fail('agent/socket-thread');
    cancelTimer = clock.after(pauseMs, () => void enqueue(true));
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };

  const withdrawAll = (): void => {
    for (const controller of asked.values()) controller.abort();
    asked.clear();
    onTheirWay.clear(); // the next thread counts from one again
  };

  const change = (enabled: boolean): Promise<void> => {
    if (enabled === (thread !== null)) {
      cancelTimer = enabled ? cancelTimer : (cancelTimer(), () => undefined);
      if (!enabled && view.state !== 'off') show(off);
      return Promise.resolve();
    }
    return enabled ? open() : close();
  };

  function hear(message: FromThread, from: SocketThread): void {
    switch (message.kind) {
      case 'request': {
        const { id, request, caller } = message;
        const controller = new AbortController();
        asked.set(id, controller);
        // From before it is decided on: whatever changes meanwhile makes the lease worth nothing.
        const epoch = office.now();
        void answer(request, caller, controller.signal).then((reply) => {
          if (!asked.delete(id)) return;
          from.tell({ kind: 'answer', id, json: answerJson(reply), lease: office.leaseFor(reply, epoch) });
          if (reply.kind !== 'mytoken' || reply.takeBack === undefined) return;
          onTheirWay.set(id, reply.takeBack);
          clock.after(arrivedAfterMs, () => onTheirWay.delete(id));
        });
        break;
      }
      case 'withdrawn':
        asked.get(message.id)?.abort();
        asked.delete(message.id);
        takeBack(message.id);
        break;
      case 'turned-away':
        log.warn('socket.foreign-user', {});
        break;
      case 'used':
        office.used(message.uses);
        break;
      case 'listening':
      case 'could-not-listen':
      case 'closed':
        break;
    }
  }

  function takeBack(id: number): void {
    const revoke = onTheirWay.get(id);
    onTheirWay.delete(id);
    revoke?.().then(
      () => log.info('agent.unfetched-revoked'),
      (error: unknown) => log.warn('agent.unfetched-not-revoked', { code: toEnvelope(error).code }),
    );
  }

  async function answer(
    request: AgentRequest,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> {
    log.info('socket.request', { kind: request.kind, verified: caller.verified });
    try {
      return await deps.service.handle(request, { caller, signal });
    } catch (error) {
      const { code, message } = toEnvelope(error);
      if (code === 'app/internal') log.error('socket.internal', { kind: request.kind });
      return { kind: 'refused', error: message };
    }
  }

  const enqueue = (enabled: boolean): Promise<void> => {
    queue = queue
      .then(() => change(enabled))
      .catch((error: unknown) => {
        log.error('socket.change-failed', { code: codeOf(error) });
      });
    return queue;
  };

  return {
    state: () => view,
    onState: (listener) => changed.on(listener),
    apply: enqueue,
    forgetAnswers() {
      office.forget();
      thread?.tell({ kind: 'forget-leases' });
    },
    stop: () => enqueue(false),
  };
}
