import type { EndpointView, SocketView } from '../../../shared/model/state.ts';
import type { RecogniseSocket } from '../callers/identify.ts';
import type { RecogniseTcpCaller } from '../callers/identify-tcp.ts';
import { Emitter } from '../../ports/index.ts';
import { makePlace } from '../place/socket-place.ts';
import { Crowd } from './crowd.ts';
import { discoveryFile } from './discovery-file.ts';
import { type Door, openDoor, type OpenDoor, openSocketDoor, type SocketDoor } from './door.ts';
import { openDoors, PortTaken } from './doors.ts';
import { defaultLimits, type EndpointLimits } from './limits.ts';
import { createPairing } from './pairing.ts';
import { Peers } from './peers.ts';
import { findPortHolder } from './port-holder.ts';
import { RequestService, type ServiceDeps } from './service.ts';
import { TokenRequests, type TokenRequestsDeps } from './token-requests.ts';
import type { ClientKeys, EndpointSettings, HttpEndpoint, HttpSocketSettings, PortHolder } from './types.ts';

export interface HttpEndpointDeps
  extends
    Omit<ServiceDeps, 'limits' | 'tokens' | 'pairing' | 'peers' | 'crowd' | 'keys'>,
    Omit<TokenRequestsDeps, 'limits'> {
  readonly keys: Pick<ClientKeys, 'authenticate' | 'get' | 'answerChallenge' | 'usedBy' | 'create'>;
  /** Private directory for the discovery file; made when missing. */
  readonly runtimeDirectory: string;
  /** Null where there are no UNIX sockets. */
  readonly socketPath: string | null;
  readonly recogniseSocket: RecogniseSocket;
  readonly recogniseTcp: RecogniseTcpCaller;
  readonly userId?: number | null;
  readonly limits?: Partial<EndpointLimits>;
  readonly findPortHolder?: (port: number) => Promise<PortHolder | null>;
  readonly openDoor?: typeof openDoor;
}

type TcpView = Omit<EndpointView, 'socket' | 'discoveryFile'>;

const off: TcpView = { state: 'off', addresses: [], problem: null };
const noSocket: SocketView = { state: 'off', path: null, problem: null };

/** The HTTP doors. Listens only between `apply` with `enabled` and `stop`. */
export function createHttpEndpoint(deps: HttpEndpointDeps): HttpEndpoint {
  const { clock, log, keys, socketPath } = deps;
  const limits: EndpointLimits = { ...defaultLimits, ...deps.limits };
  const userId = deps.userId === undefined ? (process.getuid?.() ?? null) : deps.userId;
  const crowd = new Crowd();
  const peers = new Peers();
  const tokens = new TokenRequests({ ...deps, limits });
  const pairing = createPairing({ keys, clock, log });
  const service = new RequestService({ ...deps, limits, tokens, pairing, peers, crowd });
  const discovery = discoveryFile({ directory: deps.runtimeDirectory, clock, log });
  const changed = new Emitter<EndpointView>();
  const open = deps.openDoor ?? openDoor;
  const doorDeps = { service, crowd, peers, clock, log, limits };
  /** Doors that still answer what came in before they were closed. */
  const retiring = new Map<OpenDoor, Promise<void>>();
  let tcp = off;
  let socket = noSocket;
  let discovered: string | null = null;
  let doors: readonly Door[] = [];
  let socketDoor: SocketDoor | null = null;
  let current: EndpointSettings | null = null;
  let holder: PortHolder | null = null;
  let queue: Promise<void> = Promise.resolve();

  const view = (): EndpointView => ({ ...tcp, discoveryFile: discovered, socket });

  /** The file says what listens at this moment, before anybody else is told. */
  const announce = (): void => {
    const path = socketDoor === null ? null : socketPath;
    if (doors.length === 0 && path === null) {
      if (discovered !== null) discovery.remove();
      discovered = null;
    } else {
      discovered = discovery.write(
        doors.map((door) => door.url),
        path,
      );
    }
  };

  const show = (next: TcpView): void => {
    tcp = next;
    changed.emit(view());
  };
  const showSocket = (next: SocketView): void => {
    socket = next;
    changed.emit(view());
  };

  const retire = (door: OpenDoor): void => {
    retiring.set(
      door,
      door.retire().then(() => {
        retiring.delete(door);
      }),
    );
  };

  const closeDoors = (): void => {
    const closing = doors;
    doors = [];
    for (const door of closing) retire(door);
    if (closing.length > 0) announce();
  };

  const listen = async (settings: EndpointSettings): Promise<void> => {
    show({ ...off, state: 'starting' });
    holder = null;
    const { allowLocalhostName } = settings;
    try {
      doors = await openDoors(
        (address, port) =>
          open(address, port, { ...doorDeps, allowLocalhostName, recognise: deps.recogniseTcp }),
        settings.port,
        log,
      );
    } catch (error) {
      const taken = error instanceof PortTaken;
      if (taken) holder = await (deps.findPortHolder ?? findPortHolder)(error.port).catch(() => null);
      log.warn('agent.could-not-listen', {
        port: taken ? error.port : settings.port,
        code: systemCode(taken ? error.cause : error),
        holderUserId: holder?.userId,
        holderProcessId: holder?.processId,
        holderProgram: holder?.program,
      });
      show({ ...off, state: 'error', problem: taken ? 'agent/port-taken' : 'app/internal' });
      return;
    }
    const addresses = doors.map((door) => door.url);
    announce();
    log.info('agent.listening', { addresses: addresses.join(' '), discovery: discovered !== null });
    show({ state: 'listening', addresses, problem: null });
  };

  const change = async (settings: EndpointSettings): Promise<void> => {
    const former = current;
    current = settings;
    if (settings.enabled && doors.length > 0 && former?.port === settings.port) {
      for (const door of doors) door.setLocalhostName(settings.allowLocalhostName);
      return;
    }
    closeDoors();
    if (settings.enabled) await listen(settings);
    else if (tcp.state !== 'off') show(off);
  };

  const closeSocket = (): void => {
    if (socketDoor === null) return;
    retire(socketDoor); // Node removes the socket file
    socketDoor = null;
    announce();
  };

  const openSocket = async (path: string, keyless: boolean): Promise<void> => {
    const problem = await makePlace(path, userId);
    try {
      if (problem === null) {
        const { recogniseSocket: recognise } = deps;
        socketDoor = await openSocketDoor(path, { ...doorDeps, keyless, recognise });
      }
    } catch (error) {
      log.warn('agent.could-not-listen', { code: systemCode(error) });
    }
    if (socketDoor === null) {
      log.warn('agent.no-socket', { problem });
      showSocket({ state: 'error', path, problem: problem ?? 'agent/socket-path' });
      return;
    }
    announce();
    log.info('agent.socket-listening', { keyless });
    showSocket({ state: 'listening', path, problem: null });
  };

  const changeSocket = async ({ enabled, keyless }: HttpSocketSettings): Promise<void> => {
    if (enabled && socketDoor !== null) socketDoor.setKeyless(keyless);
    else if (enabled && socketPath !== null) await openSocket(socketPath, keyless);
    else {
      closeSocket();
      if (socket.state !== 'off') showSocket(noSocket);
    }
  };

  /** One change after the other, in the order they were asked for. */
  const enqueue = (task: () => Promise<void>): Promise<void> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };

  const stop = async (): Promise<void> => {
    closeDoors();
    closeSocket();
    current = null;
    pairing.stop();
    if (retiring.size > 0) {
      const allClosed = Promise.all(retiring.values()).then(() => undefined);
      await withinGrace(allClosed, limits.stopGraceMs, clock);
      service.abandonAll();
      for (const door of retiring.keys()) await letAnswersOut(door);
    }
    // Whoever comes back later finds nobody who remembers: what was made for them must not live on.
    await withinGrace(tokens.stop(), limits.stopGraceMs, clock);
    if (socket.state !== 'off') showSocket(noSocket);
    if (tcp.state !== 'off') show(off);
  };

  return {
    state: view,
    onState: (listener) => changed.on(listener),
    apply: (settings) => enqueue(() => change(settings)),
    applySocket: (settings) => enqueue(() => changeSocket(settings)),
    forgetAnswers: () => tokens.forgetAnswers(),
    portHolder: () => holder,
    pairing,
    stop: () => enqueue(stop),
  };
}

/** `abandonAll` has just written answers; what is still open after the event loop sent them is cut off. */
async function letAnswersOut(door: OpenDoor): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  door.slam();
}

function withinGrace(task: Promise<void>, graceMs: number, clock: HttpEndpointDeps['clock']): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(graceMs, resolve);
    void task.then(() => {
      cancel();
      resolve();
    });
  });
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
