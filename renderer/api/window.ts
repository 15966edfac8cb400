import type { Bridge } from './bridge.ts';

/** The bridge of the running window. */
export function openBridge(): Bridge {
  return window.mytokenBridge;
}
