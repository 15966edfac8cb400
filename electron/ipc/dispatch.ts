import type { z } from '../../shared/zod.ts';
import { DomainError, toEnvelope } from '../../shared/errors.ts';
import { type Channel, channels } from '../../shared/ipc/channels.ts';
import {
  type CallArgs,
  type CallReply,
  type CallResult,
  contract,
  type WindowRole,
} from '../../shared/ipc/contract.ts';
import type { Logger } from '../ports/index.ts';

/** One function per channel. Arguments have passed the schema; results pass it on their way out. */
export type Handlers = {
  readonly [C in Channel]: (args: z.output<(typeof contract)[C]['args']>) => Promise<Loose<CallResult<C>>>;
};

/** Handlers may answer with read-only arrays; they are copied on their way out anyway. */
type Loose<T> = T extends readonly (infer U)[]
  ? readonly Loose<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

export type { CallArgs };

/** Who made a call, as Electron tells. */
export interface Caller {
  /** Null when the frame has gone or navigated meanwhile. */
  readonly frame: { readonly isTop: boolean; readonly origin: string } | null;
  /** The role of the window that owns the frame; null for anything we did not make. */
  readonly role: WindowRole | null;
}

export interface Dispatcher {
  dispatch(channel: string, args: unknown, caller: Caller): Promise<CallReply>;
}

/** Throws when a channel has no handler or a handler no channel: a start with half a contract must fail. */
export function createDispatcher(
  handlers: Handlers,
  originOf: (role: WindowRole) => string,
  log: Logger,
  isLocked: () => boolean = () => false,
): Dispatcher {
  const missing = channels.filter((channel) => typeof handlers[channel] !== 'function');
  const extra = Object.keys(handlers).filter((name) => !(channels as readonly string[]).includes(name));
  if (missing.length > 0 || extra.length > 0) {
    throw new Error(
      `IPC contract and handlers differ: missing ${missing.join(' ')}; unknown ${extra.join(' ')}`,
    );
  }

  const refuse = (channel: string, why: string): CallReply => {
    log.warn('ipc.refused', { channel: channel.slice(0, 60), why });
    return {
      ok: false,
      error: toEnvelope(new DomainError('ipc/not-allowed', 'This window may not do that.')),
    };
  };

  return {
    async dispatch(channel, args, caller) {
      if (!isChannel(channel)) return refuse(channel, 'unknown-channel');
      const { frame, role } = caller;
      if (frame === null) return refuse(channel, 'frame-gone');
      if (!frame.isTop) return refuse(channel, 'sub-frame');
      const spec = contract[channel];
      if (role === null || !(spec.roles as readonly WindowRole[]).includes(role))
        return refuse(channel, 'role');
      if (frame.origin !== originOf(role)) return refuse(channel, 'origin');

      if (isLocked() && !('whileLocked' in spec)) {
        const error = new DomainError('app/locked', 'Mytoken Desktop is locked.', { retryable: true });
        return { ok: false, error: error.toEnvelope() };
      }
      const parsed = spec.args.safeParse(args);
      if (!parsed.success) {
        const field = parsed.error.issues[0]?.path.join('.') ?? '';
        log.warn('ipc.invalid-argument', { channel, field });
        const error = new DomainError('ipc/invalid-argument', 'An argument of this call is not possible.', {
          details: { field },
        });
        return { ok: false, error: error.toEnvelope() };
      }
      try {
        const handler = handlers[channel] as (value: unknown) => Promise<unknown>;
        const result = spec.result.safeParse(await handler(parsed.data));
        if (result.success) return { ok: true, result: result.data };
        log.error('ipc.invalid-result', { channel, field: result.error.issues[0]?.path.join('.') ?? '' });
        return { ok: false, error: toEnvelope(null) };
      } catch (error) {
        if (!(error instanceof DomainError)) {
          log.error('ipc.unexpected', {
            channel,
            error: error instanceof Error ? error.message : typeof error,
          });
        }
        return { ok: false, error: toEnvelope(error) };
      }
    },
  };
}

function isChannel(name: string): name is Channel {
  return (channels as readonly string[]).includes(name);
}
