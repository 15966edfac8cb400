/**
 * Points in time as requests to a mytoken server spell them (mytoken protocol, "Time strings in requests"): Unix seconds as a number
 * or in a string, or relative to now with a leading plus. Dates without a zone are in the server's local time, which nobody here
 * knows; they are understood as a mistake with a way out, not passed on.
 */

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

export type TimeProblem = 'not-a-time' | 'server-local' | 'too-far';

export type ReadTime =
  | { readonly kind: 'none' }
  | { readonly kind: 'absolute'; readonly seconds: number }
  | { readonly kind: 'relative'; readonly offsetSeconds: number }
  | { readonly kind: 'problem'; readonly problem: TimeProblem };

/** The year 9999: anything later is a slip (milliseconds for seconds), and dates beyond cannot be shown. */
const lastSeconds = 253_402_300_799;

/** Reads what a request says; 0, an empty string and absence all mean "none". */
export function readTime(value: number | string | undefined): ReadTime {
  if (value === undefined || value === 0) return { kind: 'none' };
  if (typeof value === 'number') return absolute(Math.trunc(value));
  const text = value.trim();
  if (text === '' || text === '0') return { kind: 'none' };
  if (text.startsWith('+')) {
    const offsetSeconds = durationSeconds(text.slice(1));
    if (offsetSeconds === null) return { kind: 'problem', problem: 'not-a-time' };
    if (offsetSeconds > lastSeconds) return { kind: 'problem', problem: 'too-far' };
    return { kind: 'relative', offsetSeconds };
  }
  if (/^\d+$/.test(text)) return absolute(Number(text));
  // With a zone (RFC 3339) it is one instant everywhere.
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})$/i.test(text)) {
    const ms = Date.parse(text.replace(' ', 'T').replace(/\s/g, ''));
    return Number.isNaN(ms) ? { kind: 'problem', problem: 'not-a-time' } : absolute(Math.floor(ms / 1000));
  }
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return { kind: 'problem', problem: 'server-local' };
  return { kind: 'problem', problem: 'not-a-time' };
}

/** Unix seconds at `nowSeconds`; undefined for none and for what cannot be read. */
export function resolveTime(value: number | string | undefined, nowSeconds: number): number | undefined {
  const read = readTime(value);
  if (read.kind === 'absolute') return read.seconds;
  if (read.kind === 'relative') return Math.floor(nowSeconds + read.offsetSeconds);
  return undefined;
}

function absolute(seconds: number): ReadTime {
  if (!Number.isFinite(seconds)) return { kind: 'problem', problem: 'not-a-time' };
  if (seconds > lastSeconds) return { kind: 'problem', problem: 'too-far' };
  return { kind: 'absolute', seconds };
}

/** `90`, `2h30m`, `1.5w`; null when it is none of these. */
function durationSeconds(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ns|us|ms|[smhdwy]))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
}
