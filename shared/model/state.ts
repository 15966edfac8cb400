import type { AccountView } from './account.ts';
import type { ActivityView } from './activity.ts';
import type { BlockedProgramView, GrantView } from './approval.ts';
import type { HandoverView } from './handover.ts';
import type { LockView } from './lock.ts';
import type { InPlaceView } from './in-place.ts';
import type { Settings } from './settings.ts';

export interface StorageView {
  readonly kind: 'closed' | 'ok' | 'locked' | 'unavailable' | 'backend-changed' | 'damaged' | 'session';
  readonly protection: 'os-app-bound' | 'os-user' | 'none';
  readonly backend: string | null;
  readonly wrappedBy: string | null;
  readonly copiedTo: string | null;
}

export interface EndpointView {
  readonly state: 'off' | 'starting' | 'listening' | 'error';
  /** For example `http://127.0.0.1:41234` and `http://[::1]:41234`. */
  readonly addresses: readonly string[];
  readonly discoveryFile: string | null;
  readonly problem: string | null;
  /** The same API on a UNIX socket; its path is null where there are none. */
  readonly socket: SocketView;
}

/** The socket that speaks oidc-agent's protocol. */
export interface SocketView {
  readonly state: 'off' | 'listening' | 'error';
  readonly path: string | null;
  /** Code of the error. */
  readonly problem: string | null;
}

/** Programs that ask: what waits, what was remembered and what happened. */
export interface AgentView {
  readonly socket: SocketView;
  /** Requests that wait for an answer. */
  readonly waiting: number;
  readonly grants: readonly GrantView[];
  readonly blocked: readonly BlockedProgramView[];
}

/**
 * In what the mytoken that came back differs from what was asked for: people change it on the consent page, servers and
 * providers narrow it (mytoken protocol, "What can change between request and token"). `values` are the names of the
 * capabilities, or the restriction or rotation keys, or the provider's issuer.
 */
export interface LoginDifference {
  readonly kind:
    | 'capabilities-lost'
    | 'capabilities-added'
    | 'restrictions-changed'
    | 'restrictions-lost'
    | 'restrictions-added'
    | 'rotation-changed'
    | 'issuer-changed';
  readonly values: readonly string[];
}

/** A browser login that is under way or just ended. The consent link stays in the main process. */
export interface LoginView {
  readonly flowId: string;
  readonly state: 'starting' | 'waiting' | 'finishing' | 'done' | 'failed';
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  readonly expiresAtMs: number | null;
  /** The account made or renewed, when done. */
  readonly accountId: string | null;
  /**
   * Code of the error, when failed. While `waiting`: `login/browser-failed` when no browser could be opened. While
   * `finishing`: why the new mytoken could not be stored yet; it is kept in memory and storing is tried again.
   */
  readonly problem: string | null;
  /** Set when this login renews an account's mytoken in place. */
  readonly renewsAccountId: string | null;
  /** True while the mytoken server cannot be reached; polling goes on. */
  readonly offline: boolean;
  /** Filled in once the mytoken arrived; absent or empty when it is what was asked for. */
  readonly differences?: readonly LoginDifference[] | undefined;
}

export interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  /** The program that used it last, as far as the system told. */
  readonly lastUsedBy: string | null;
  readonly expiresAtMs: number | null;
  /** Null: all accounts. */
  readonly accountIds: readonly string[] | null;
  /** First letters of the key, to tell keys apart. */
  readonly keyHint: string;
}

export interface ClipboardView {
  /** When the copied token will be removed; null when nothing of ours is there. */
  readonly clearsAtMs: number | null;
  readonly accountId: string | null;
  readonly tokenExpiresAtMs: number | null;
  /** Set when the last clearing could not be verified. */
  readonly problem: string | null;
}

export interface PlatformView {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly tray: 'shown' | 'no-host';
  readonly version: string;
  readonly electron: string;
  /** Locale chosen after looking at setting and system: a catalogue that exists. */
  readonly locale: 'en' | 'de';
  /** Locale for numbers and dates, for example `de-AT`. */
  readonly formatLocale: string;
  readonly darkMode: boolean;
  /** Mytoken servers offered when adding an account. */
  readonly knownInstances: readonly { readonly url: string; readonly name: string }[];
  /** Filled in for the first account (demo, deep link). */
  readonly prefillInstance: string | null;
  readonly warnings: readonly string[];
}

/** All a main window shows. The main process is the only source; windows hold a copy. */
export interface AppState {
  readonly version: number;
  readonly accounts: readonly AccountView[];
  readonly storage: StorageView;
  readonly endpoint: EndpointView;
  readonly clients: readonly ClientView[];
  readonly agent: AgentView;
  readonly activity: ActivityView;
  readonly lock: LockView;
  readonly handover: HandoverView;
  readonly inPlace: InPlaceView;
  readonly login: LoginView | null;
  readonly clipboard: ClipboardView;
  readonly settings: Settings;
  readonly platform: PlatformView;
}

/** Goes with `state:changed`; `version` counts up by one, so that a window notices a gap and asks for everything anew. */
export interface StatePatch {
  readonly version: number;
  readonly accounts?: {
    readonly upsert: readonly AccountView[];
    readonly removed: readonly string[];
    readonly order: readonly string[] | null;
  };
  readonly storage?: StorageView;
  readonly endpoint?: EndpointView;
  readonly clients?: readonly ClientView[];
  readonly agent?: AgentView;
  readonly activity?: ActivityView;
  readonly lock?: LockView;
  readonly handover?: HandoverView;
  readonly inPlace?: InPlaceView;
  readonly login?: LoginView | null;
  readonly clipboard?: ClipboardView;
  readonly settings?: Settings;
  readonly platform?: PlatformView;
}
