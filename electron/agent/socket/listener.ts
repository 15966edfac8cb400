import { chmodSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '../../ports/index.ts';
import type { RecognisedCaller } from '../callers/describe.ts';
import { answerJson } from './answers.ts';
import { Conversation, type Step } from './conversation.ts';
import type { OwnKey } from './key-exchange.ts';
import { type AgentRequest, readRequest } from './requests.ts';
import { openChannel } from './secure-channel.ts';

export interface ListenerDeps {
  /** Who is on the other end; null when it must not be served (another user). */
  readonly recognise: (socket: Socket) => RecognisedCaller | null;
  /** The protocol's JSON for a request; never rejects. At once where that is possible: a promise costs time. */
  readonly answer: (
    request: AgentRequest,
    caller: RecognisedCaller,
    signal: AbortSignal,
  ) => string | Promise<string>;
  readonly turnedAway: () => void;
  readonly nextKey: () => OwnKey;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly clock: Clock;
}

/** The connections of oidc-agent's clients: framing, keys and who asks. Knows nothing of accounts and tokens. */
export interface SocketListener {
  /** Rejects with what the system says. */
  listen(path: string): Promise<void>;
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** Until a whole request is there; how long its answer takes is the user's affair. */
const requestDeadlineMs = 5_000;
/** An answered client that neither reads nor leaves keeps its place no longer than this. */
const lingerMs = 5_000;
const mostConnections = 64;

export function createSocketListener(deps: ListenerDeps): SocketListener {
  const { clock } = deps;
  const connections = new Set<Socket>();
  // Half-open: an encrypted client that ends its side has gone, a plain one (`nc -N`) still reads.
  const server = createServer({ allowHalfOpen: true }, serve);
  server.maxConnections = mostConnections;

  function serve(socket: Socket): void {
    socket.on('error', () => undefined); // the other side went away; `close` follows
    // Asked at once, while the client works out its key: its process may be gone by the time the request is whole.
    const caller = deps.recognise(socket);
    if (caller === null) {
      deps.turnedAway();
      socket.destroy();
      return;
    }
    connections.add(socket);
    const conversation = new Conversation((theirs) => openChannel(theirs, deps.nextKey(), deps.randomBytes));
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
        case 'request': {
          asked = true;
          cancelDeadline();
          const answer = answerTo(step.text, caller, gone.signal);
          if (typeof answer === 'string') finish(step.reply(answer));
          else {
            void answer.then((json) => {
              if (!socket.destroyed) finish(step.reply(json));
            });
          }
          break;
        }
      }
    };
    socket.on('data', (chunk: Buffer) => follow(conversation.receive(chunk)));
  }

  function answerTo(text: string, caller: RecognisedCaller, signal: AbortSignal): string | Promise<string> {
    const read = readRequest(text);
    return read.ok
      ? deps.answer(read.request, caller, signal)
      : answerJson({ kind: 'refused', error: read.error });
  }

  return {
    async listen(path) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, () => {
          server.off('error', reject);
          server.on('error', () => undefined);
          resolve();
        });
      });
      // Until here nobody but its owner could reach it either: its directory is private.
      if (!path.startsWith('\\\\')) chmodSync(path, 0o600);
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      return closed; // Node removes the socket file
    },
  };
}
