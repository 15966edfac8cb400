/** Faults put on the wire for tests: which request they hit and how often. */
import { randomUUID } from 'node:crypto';
import type { Fault, FaultHandle, FaultSpec } from '../types.ts';

export interface FaultSubject {
  method: string;
  path: string;
  grantType: string | undefined;
}

interface ArmedFault {
  id: string;
  spec: FaultSpec;
  pathPattern: RegExp | undefined;
  seen: number;
  hits: number;
}

/** mulberry32: small, seeded, good enough to decide whether a fault strikes. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class FaultEngine {
  readonly #armed = new Map<string, ArmedFault>();
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  inject(spec: FaultSpec): FaultHandle {
    const path = spec.match?.path;
    const source = path?.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
    const armed: ArmedFault = {
      id: randomUUID(),
      spec,
      pathPattern: source === undefined ? undefined : new RegExp(`^${source}$`, 'i'),
      seen: 0,
      hits: 0,
    };
    this.#armed.set(armed.id, armed);
    return { id: armed.id, hits: () => armed.hits, remove: () => void this.#armed.delete(armed.id) };
  }

  remove(id: string): boolean {
    return this.#armed.delete(id);
  }

  clear(): void {
    this.#armed.clear();
  }

  /** All faults that strike this request, in the order they were injected. */
  strike(subject: FaultSubject): Fault[] {
    return [...this.#armed.values()]
      .filter((armed) => this.#hits(armed, subject))
      .map((armed) => armed.spec.fault);
  }

  #hits(armed: ArmedFault, subject: FaultSubject): boolean {
    const match = armed.spec.match ?? {};
    if (armed.pathPattern && !armed.pathPattern.test(subject.path)) return false;
    if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false;
    if (match.grant_type !== undefined && match.grant_type !== subject.grantType) return false;
    armed.seen += 1;
    if (armed.seen < (match.nth ?? 1) || armed.hits >= (match.count ?? Number.POSITIVE_INFINITY))
      return false;
    if (this.#random() >= (armed.spec.chance ?? 1)) return false;
    armed.hits += 1;
    return true;
  }
}
