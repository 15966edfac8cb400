/** Requests per client address and fixed window; every path counts (protocol 22). */
import type { LimiterOptions } from '../types.ts';

export interface LimiterVerdict {
  allowed: boolean;
  headers: Record<string, string>;
}

interface Window {
  endsMs: number;
  used: number;
}

export class Limiter {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #exemptLoopback: boolean;
  readonly #windows = new Map<string, Window>();

  constructor(options: LimiterOptions) {
    this.#max = options.max ?? 100;
    this.#windowMs = (options.windowSeconds ?? 300) * 1000;
    this.#exemptLoopback = options.exemptLoopback ?? false;
  }

  check(ip: string, nowMs: number): LimiterVerdict {
    if (this.#exemptLoopback && (ip.startsWith('127.') || ip === '::1'))
      return { allowed: true, headers: {} };
    let window = this.#windows.get(ip);
    if (!window || window.endsMs <= nowMs) {
      window = { endsMs: nowMs + this.#windowMs, used: 0 };
      this.#windows.set(ip, window);
    }
    const resetS = String(Math.ceil((window.endsMs - nowMs) / 1000));
    if (window.used >= this.#max) return { allowed: false, headers: { 'retry-after': resetS } };
    window.used += 1;
    return {
      allowed: true,
      headers: {
        'x-ratelimit-limit': String(this.#max),
        'x-ratelimit-remaining': String(this.#max - window.used),
        'x-ratelimit-reset': resetS,
      },
    };
  }
}
