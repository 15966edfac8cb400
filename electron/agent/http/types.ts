import type { ClientView, EndpointView } from '../../../shared/model/state.ts';
import type { Secret } from '../../ports/index.ts';
import type { Pairing } from './pairing.ts';

export interface EndpointSettings {
  readonly enabled: boolean;
  /** 0: any free port. */
  readonly port: number;
  readonly allowLocalhostName: boolean;
}

export interface HttpSocketSettings {
  readonly enabled: boolean;
  /** Programs ask there without a key, as the system tells who they are. */
  readonly keyless: boolean;
}

/** The HTTP doors: loopback addresses and a UNIX socket. Never throws for what a client sends. */
export interface HttpEndpoint {
  state(): EndpointView;
  onState(listener: (state: EndpointView) => void): () => void;
  /** Applies settings: starts, moves or stops listening. A taken fixed port shows as state `error`, code `agent/port-taken`. */
  apply(settings: EndpointSettings): Promise<void>;
  /** The same for the socket; a path that cannot be used shows in `state().socket`. */
  applySocket(settings: HttpSocketSettings): Promise<void>;
  readonly pairing: Pairing;
  /** Nothing is given again without a new decision: whatever that may depend on has changed. */
  forgetAnswers(): void;
  /** After a taken port: who listens there, as far as this machine tells; else null. */
  portHolder(): PortHolder | null;
  stop(): Promise<void>;
}

/** Who listens on a port. Names come from the other process: for display only. */
export interface PortHolder {
  readonly port: number;
  readonly userId: number | null;
  readonly processId: number | null;
  readonly program: string | null;
}

/** A stored client key: SHA-256 only. */
export interface ClientRecord {
  readonly id: string;
  readonly name: string;
  readonly keyHash: string;
  readonly keyHint: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly accountIds: readonly string[] | null;
  /** The program that used the key last, as far as the system told; it could not when null. */
  readonly lastUsedBy: string | null;
  /** After rotation the former key works until `untilMs`. */
  readonly formerKey: {
    readonly keyHash: string;
    readonly keyHint: string;
    readonly untilMs: number;
  } | null;
}

export interface ClientStorage {
  load(): readonly ClientRecord[];
  /** Durable when it returns; throws `settings/could-not-save`. */
  save(clients: readonly ClientRecord[]): void;
}

export interface ClientKeys {
  list(): readonly ClientView[];
  onChange(listener: (clients: readonly ClientView[]) => void): () => void;
  create(wish: {
    readonly name: string;
    readonly accountIds: readonly string[] | null;
    readonly expiresInDays: number | null;
  }): { readonly clientId: string; readonly key: Secret };
  /** New key; the former one works for ten more minutes. Throws `agent/client-not-found`. */
  rotate(clientId: string): { readonly clientId: string; readonly key: Secret };
  revoke(clientId: string): void;
  /** Constant work whether the key is unknown or wrong. */
  authenticate(presentedKey: string): ClientRecord | null;
  /** Notes which program the system found behind the latest use of this key. */
  usedBy(clientId: string, program: string): void;
  /** The record as it is now; null when it was revoked or has expired. */
  get(clientId: string): ClientRecord | null;
  /**
   * HMAC-SHA256 over `message` in hex, keyed with the SHA-256 of the client key that has this hint. For a hint nobody
   * has the answer looks the same and fits no key.
   */
  answerChallenge(keyHint: string, message: string): string;
  /** Writes what has not been written yet: times of last use. */
  flush(): void;
}
