import type { ErrorCode, ErrorDetails, ErrorEnvelope } from '../../shared/errors.ts';
import type { Channel } from '../../shared/ipc/channels.ts';
import type { CallArgs, CallReply, CallResult } from '../../shared/ipc/contract.ts';

/** What the preload script puts on `window`: a function per channel, and one way to listen. */
export type Bridge = {
  readonly [C in Channel]: (args: CallArgs<C>) => Promise<CallReply>;
} & {
  readonly subscribe: (listener: (event: string, payload: unknown) => void) => void;
};

declare global {
  interface Window {
    readonly mytokenBridge: Bridge;
  }
}

/** A call that failed, with the code that texts are found by. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(envelope: ErrorEnvelope) {
    super(envelope.message);
    this.name = 'ApiError';
    this.code = envelope.code;
    this.details = envelope.details;
    this.retryable = envelope.retryable;
  }
}

export type Call = <C extends Channel>(channel: C, args: CallArgs<C>) => Promise<CallResult<C>>;

export function createCall(bridge: Bridge): Call {
  return async (channel, args) => {
    const send = bridge[channel] as (value: unknown) => Promise<CallReply>;
    const reply = await send(args);
    if (!reply.ok) throw new ApiError(reply.error);
    return reply.result as CallResult<typeof channel>;
  };
}

/** Whatever was thrown, as something with a code. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError({ code: 'app/internal', message: 'unexpected', details: {}, retryable: false });
}
