import { createServer, type Server, type Socket } from 'node:net';
import { toEnvelope } from '../../../shared/errors.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { SocketView } from '../../../shared/model/state.ts';
import { type Clock, Emitter, type Logger } from '../../ports/index.ts';
import { listenAtPlace, makePlace } from '../place/socket-place.ts';
import { type AgentAnswer, answerJson } from './answers.ts';
import { Conversation, type Step } from './conversation.ts';
import { readRequest } from './requests.ts';
import type { AgentService } from './types.ts';

export interface AgentSocketDeps {
  readonly path: string;
  readonly service: AgentService;
  /** Who is on the other end; null when it must not be served (another user). */
  readonly identify: (socket: Socket) => CallerView | null;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  readonly userId?: number | null;
}

/** The door for programs that speak oidc-agent's protocol. */
export interface AgentSocket {
  state(): SocketView;
  onState(listener: (state: SocketView) => void): () => void;
  apply(enabled: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Until a whole request is there; how long its answer takes is the user's affair. */
const requestDeadlineMs = 5_000;
/** An answered client that neither reads nor leaves keeps its place no longer than this. */
const lingerMs = 5_000;
const mostConnections = 64;

const off: SocketView = { state: 'off', path: null, problem: null };

export function createAgentSocket(deps: AgentSocketDeps): AgentSocket {
  const { path, clock, log } = deps;
  const userId = deps.userId === undefined ? (process.getuid?.() ?? null) : deps.userId;
  const changed = new Emitter<SocketView>();
  const connections = new Set<Socket>();
  let view = off;
  let server: Server | null = null;
  let queue: Promise<void> = Promise.resolve();

  const show = (next: SocketView): void => {
    view = next;
    changed.emit(next);
  };

  const open = async (): Promise<void> => {
    const problem = await makePlace(path, userId);
    if (problem !== null) {
      log.warn('socket.no-place', { problem });
      show({ state: 'error', path, problem });
      return;
    }
    // Half-open: an encrypted client that ends its side has gone, a plain one (`nc -N`) still reads.
    const made = createServer({ allowHalfOpen: true }, (socket) => serve(socket));
    made.maxConnections = mostConnections;
    try {
      await listenAtPlace(made, path);
    } catch (error) {
      log.warn('socket.could-not-listen', { code: codeOf(error) });
      made.close();
      show({ state: 'error', path, problem: 'agent/socket-path' });
      return;
    }
    server = made;
    log.info('socket.listening', {});
    show({ state: 'listening', path, problem: null });
  };

  const close = async (): Promise<void> => {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const socket of connections) socket.destroy();
    await closed; // Node removes the socket file
    show(off);
  };

  const change = (enabled: boolean): Promise<void> => {
    if (enabled === (server !== null)) {
      if (!enabled && view.state !== 'off') show(off);
      return Promise.resolve();
    }
    return enabled ? open() : close();
  };

  function serve(socket: Socket): void {
    socket.on('error', () => undefined); // the other side went away; `close` follows
    // Asked at once: the process may be gone by the time its request is whole.
    const caller = deps.identify(socket);
    if (caller === null) {
      log.warn('socket.foreign-user', {});
      socket.destroy();
      return;
    }
    connections.add(socket);
    const conversation = new Conversation(deps.randomBytes);
    const gone = new AbortController();
    let asked = false;
    let cancelDeadline = clock.after(requestDeadlineMs, () => socket.destroy());

    socket.on('close', () => {
      connections.delete(socket);
      cancelDeadline();
      gone.abort();
    });
    socket.on('end', () => {
      if (!asked) socket.destroy();
      else if (conversation.isEncrypted) gone.abort();
    });
    const finish = (text: string | null): void => {
      cancelDeadline();
      if (text === null) {
        socket.destroy();
        return;
      }
      socket.end(text); // in one piece: clients read what is there at once (ipc reference 2.3)
      cancelDeadline = clock.after(lingerMs, () => socket.destroy());
    };
    const follow = (step: Step): void => {
      switch (step.kind) {
        case 'wait':
          break;
        case 'send':
          socket.write(step.text);
          follow(conversation.proceed());
          break;
        case 'end':
          finish(step.answer);
          break;
        case 'request':
          asked = true;
          cancelDeadline();
          void answer(step.text, caller, gone.signal).then((reply) => {
            if (socket.destroyed) return;
            finish(step.reply(answerJson(reply)));
          });
          break;
      }
    };
    socket.on('data', (chunk: Buffer) => follow(conversation.receive(chunk)));
  }

  async function answer(text: string, caller: CallerView, signal: AbortSignal): Promise<AgentAnswer> {
    const read = readRequest(text);
    if (!read.ok) return { kind: 'refused', error: read.error };
    log.info('socket.request', { kind: read.request.kind, verified: caller.verified });
    try {
      return await deps.service.handle(read.request, { caller, signal });
    } catch (error) {
      const { code, message } = toEnvelope(error);
      if (code === 'app/internal') log.error('socket.internal', { kind: read.request.kind });
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
    stop: () => enqueue(false),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
