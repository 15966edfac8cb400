import type { CallerView } from '../../../shared/model/caller.ts';
import type { LeaseTerms } from './leases.ts';
import type { AgentRequest } from './requests.ts';

/** What the thread of the connections is started with. */
export interface ThreadData {
  readonly path: string;
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  /** One 32-bit number: which leases count, see `leases.ts`. */
  readonly epoch: SharedArrayBuffer;
}

/** From the thread of the connections to the main one. */
export type FromThread =
  | { readonly kind: 'listening' }
  | { readonly kind: 'could-not-listen'; readonly code: string }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly request: AgentRequest;
      readonly caller: CallerView;
    }
  /** Whoever asked has gone. */
  | { readonly kind: 'withdrawn'; readonly id: number }
  | { readonly kind: 'turned-away' }
  /** How often each lease was used since this was told last. */
  | { readonly kind: 'used'; readonly uses: ReadonlyMap<number, number> };

/** From the main thread to that of the connections. */
export type ToThread =
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly json: string;
      readonly lease: LeaseTerms | null;
    }
  | { readonly kind: 'forget-leases' }
  | { readonly kind: 'close' };
