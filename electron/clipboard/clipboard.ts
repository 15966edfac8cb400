import { createHash } from 'node:crypto';
import type { ClipboardView } from '../../shared/model/state.ts';
import { type Clock, Emitter, type Logger, type Secret } from '../ports/index.ts';
import type { ClipboardPort } from './port.ts';

export interface CopyFacts {
  readonly accountId: string | null;
  readonly tokenExpiresAtMs: number | null;
  readonly clearAfterMs: number;
}

/** Puts secrets into the clipboard and takes them out again, if they are still ours. */
export interface Clipboard {
  copySecret(secret: Secret, facts: CopyFacts): Promise<{ readonly clearsAtMs: number }>;
  /** A text that may stay there. */
  copyText(text: string): Promise<void>;
  /** Now instead of later, for the button and for quitting. */
  clearNow(): Promise<void>;
  view(): ClipboardView;
  onChange(listener: (view: ClipboardView) => void): () => void;
}

const nothing: ClipboardView = { clearsAtMs: null, accountId: null, tokenExpiresAtMs: null, problem: null };

export function createClipboard(port: ClipboardPort, clock: Clock, log: Logger): Clipboard {
  const changed = new Emitter<ClipboardView>();
  let view = nothing;
  /** Hash of what we put there; the text itself is not kept. */
  let ours: string | null = null;
  let cancel: (() => void) | null = null;

  const show = (next: ClipboardView): void => {
    view = next;
    changed.emit(next);
  };

  async function clearIfOurs(): Promise<void> {
    cancel?.();
    cancel = null;
    const expected = ours;
    ours = null;
    if (expected === null) return;
    try {
      const text = await port.readText();
      if (text !== '' && digest(text) === expected) {
        await port.clear();
        const left = await port.readText();
        // Some clipboard managers put a cleared entry back, and on Wayland a background app may be ignored.
        if (left !== '' && digest(left) === expected) throw new Error('still there');
      }
      show(nothing);
    } catch (error) {
      log.warn('clipboard.not-cleared', { error: error instanceof Error ? error.message : 'unknown' });
      show({ ...nothing, problem: 'not-cleared' });
    }
  }

  return {
    async copySecret(secret, { accountId, tokenExpiresAtMs, clearAfterMs }) {
      const text = secret.reveal();
      await port.writeSecret(text);
      ours = digest(text);
      cancel?.();
      cancel = clock.after(clearAfterMs, () => void clearIfOurs());
      const clearsAtMs = clock.nowMs() + clearAfterMs;
      show({ clearsAtMs, accountId, tokenExpiresAtMs, problem: null });
      return { clearsAtMs };
    },
    async copyText(text) {
      await port.writeText(text);
      cancel?.();
      cancel = null;
      ours = null;
      show(nothing);
    },
    clearNow: clearIfOurs,
    view: () => view,
    onChange: (listener) => changed.on(listener),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
