import type { EndpointView } from '../../../shared/model/state.ts';
import { Emitter } from '../../ports/index.ts';
import { discoveryFile } from './discovery-file.ts';
import { type Crowd, type Door, openDoor } from './door.ts';
import { openDoors, PortTaken } from './doors.ts';
import { defaultLimits, type EndpointLimits } from './limits.ts';
import { findPortHolder } from './port-holder.ts';
import { RequestService, type ServiceDeps } from './service.ts';
import type { EndpointSettings, HttpEndpoint, PortHolder } from './types.ts';

export interface HttpEndpointDeps extends Omit<ServiceDeps, 'limits'> {
  /** Private directory for the discovery file; made when missing. */
  readonly runtimeDirectory: string;
  readonly limits?: Partial<EndpointLimits>;
  readonly findPortHolder?: (port: number) => Promise<PortHolder | null>;
  readonly openDoor?: typeof openDoor;
}

const off: EndpointView = { state: 'off', addresses: [], discoveryFile: null, problem: null };

/** The HTTP door on loopback. Listens only between `apply` with `enabled` and `stop`. */
export function createHttpEndpoint(deps: HttpEndpointDeps): HttpEndpoint {
  const { clock, log } = deps;
  const limits: EndpointLimits = { ...defaultLimits, ...deps.limits };
  const service = new RequestService({ ...deps, limits });
  const discovery = discoveryFile({ directory: deps.runtimeDirectory, clock, log });
  const changed = new Emitter<EndpointView>();
  const crowd: Crowd = { count: 0 };
  const open = deps.openDoor ?? openDoor;
  /** Doors that still answer what came in before they were closed. */
  const retiring = new Map<Door, Promise<void>>();
  let view = off;
  let doors: readonly Door[] = [];
  let current: EndpointSettings | null = null;
  let holder: PortHolder | null = null;
  let queue: Promise<void> = Promise.resolve();

  const show = (next: EndpointView): void => {
    view = next;
    changed.emit(next);
  };

  const closeDoors = (): void => {
    const closing = doors;
    doors = [];
    for (const door of closing) {
      retiring.set(
        door,
        door.retire().then(() => {
          retiring.delete(door);
        }),
      );
    }
    if (closing.length > 0) discovery.remove();
  };

  const listen = async (settings: EndpointSettings): Promise<void> => {
    show({ ...off, state: 'starting' });
    holder = null;
    try {
      const doorDeps = {
        service,
        crowd,
        clock,
        log,
        limits,
        allowLocalhostName: settings.allowLocalhostName,
      };
      doors = await openDoors((address, port) => open(address, port, doorDeps), settings.port, log);
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
    const path = discovery.write(addresses);
    log.info('agent.listening', { addresses: addresses.join(' '), discovery: path !== null });
    show({ state: 'listening', addresses, discoveryFile: path, problem: null });
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
    else if (view.state !== 'off') show(off);
  };

  /** One change after the other, in the order they were asked for. */
  const enqueue = (task: () => Promise<void>): Promise<void> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };

  const stop = async (): Promise<void> => {
    closeDoors();
    current = null;
    if (retiring.size > 0) {
      const allClosed = Promise.all(retiring.values()).then(() => undefined);
      await withinGrace(allClosed, limits.stopGraceMs, clock);
      service.abandonAll();
      for (const door of retiring.keys()) await letAnswersOut(door);
    }
    if (view.state !== 'off') show(off);
  };

  return {
    state: () => view,
    onState: (listener) => changed.on(listener),
    apply: (settings) => enqueue(() => change(settings)),
    portHolder: () => holder,
    stop: () => enqueue(stop),
  };
}

/** `abandonAll` has just written answers; what is still open after the event loop sent them is cut off. */
async function letAnswersOut(door: Door): Promise<void> {
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
