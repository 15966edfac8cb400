import { type FSWatcher, watch } from 'node:fs';
import { plainText } from '../../../shared/model/untrusted-text.ts';
import type { ServicePlaceView } from '../../../shared/model/in-place.ts';
import { type Clock, Emitter, type Logger } from '../../ports/index.ts';
import { somebodyAnswers } from '../place/socket-place.ts';
import { lifeOf } from './process-life.ts';
import { type PlaceDeps, type PlaceOutcome, ServicePlace } from './service-place.ts';

export interface ServicePathDeps extends Omit<PlaceDeps, 'base' | 'folders' | 'answers' | 'lifeOf'> {
  readonly platform: NodeJS.Platform;
  /** `TMPDIR` and whatever else; clients use the same variable. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The places where oidc-agent's programs look for the agent of this computer when nobody tells them (ipc reference 1). */
export interface ServicePath {
  view(): readonly ServicePlaceView[];
  onChange(listener: () => void): () => void;
  /** Stands there, or leaves; resolves when that is done. Nothing but the view tells of a place that could not be had. */
  apply(wanted: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** What came or went in a folder is looked at when it has settled. */
const settleMs = 300;
/** Not every change is told: a folder that is swept away as a whole, an agent that ended. */
const lookAgainMs = 30_000;

interface Held {
  readonly generation: ServicePlaceView['generation'];
  readonly place: ServicePlace;
  outcome: PlaceOutcome | null;
  watcher: FSWatcher | null;
}

export function createServicePath(deps: ServicePathDeps): ServicePath {
  const { clock, log } = deps;
  const changed = new Emitter<undefined>();
  // As a shell script's ${TMPDIR:-/tmp}.
  const base = deps.environment['TMPDIR'] || '/tmp';
  const at = (generation: Held['generation'], ...folders: readonly string[]): Held => ({
    generation,
    place: new ServicePlace({ ...deps, base, folders, answers: somebodyAnswers, lifeOf }),
    outcome: null,
    watcher: null,
  });
  // On Windows they look into the registry, for a file that only their own runtime library makes.
  const all: readonly Held[] =
    deps.platform === 'win32'
      ? []
      : [at('5', `oidc-agent-service-${deps.userId}`), at('4', 'oidc-agent-service', String(deps.userId))];
  let wanted = false;
  let queue: Promise<void> = Promise.resolve();
  let cancelLook: (() => void) | null = null;
  let cancelSettle: (() => void) | null = null;

  const unwatch = (held: Held): void => {
    held.watcher?.close();
    held.watcher = null;
  };

  const rewatch = (held: Held): void => {
    unwatch(held);
    try {
      // Anew each time: a folder that was removed and made again is another one.
      held.watcher = watch(held.place.directory, { persistent: false }, () => {
        cancelSettle ??= clock.after(settleMs, () => {
          cancelSettle = null;
          void enqueue(look);
        });
      });
      held.watcher.on('error', () => unwatch(held));
    } catch {
      // Looked at every now and then all the same.
    }
  };

  const look = async (): Promise<void> => {
    if (!wanted) return;
    cancelLook?.();
    for (const held of all) {
      const before = held.outcome;
      held.outcome = await held.place.hold();
      if (held.outcome.state === 'blocked') unwatch(held);
      else rewatch(held);
      if (JSON.stringify(before) === JSON.stringify(held.outcome)) continue;
      log.info('service-path.changed', { generation: held.generation, state: held.outcome.state });
      changed.emit(undefined);
    }
    cancelLook = clock.after(lookAgainMs, () => void enqueue(look));
  };

  const leave = (): void => {
    cancelLook?.();
    cancelSettle?.();
    cancelSettle = null;
    for (const held of all) {
      unwatch(held);
      if (held.outcome === null) continue;
      held.place.release();
      held.outcome = null;
      changed.emit(undefined);
    }
  };

  const enqueue = (task: () => void | Promise<void>): Promise<void> => {
    queue = queue.then(task).catch((error: unknown) => {
      log.error('service-path.failed', { error: error instanceof Error ? error.message : 'unknown' });
    });
    return queue;
  };

  const apply = (next: boolean): Promise<void> => {
    wanted = next;
    return enqueue(next ? look : leave);
  };

  return {
    view: () => all.map(viewOf),
    onChange: (listener) => changed.on(listener),
    apply,
    stop: () => apply(false),
  };
}

function viewOf({ generation, place, outcome }: Held): ServicePlaceView {
  const nobody = { pid: null, program: null, problem: null };
  const common = { generation, path: place.path, ...nobody };
  switch (outcome?.state) {
    case undefined:
      return { ...common, state: 'off' };
    case 'ready':
      return { ...common, state: 'ready' };
    case 'blocked':
      return { ...common, state: 'blocked', problem: outcome.problem };
    case 'taken': {
      const program = outcome.program === null ? null : plainText(outcome.program, 40);
      return { ...common, state: 'taken', pid: outcome.pid, program };
    }
  }
}
