/** Time strings in requests (protocol 6.2). */

const UNIT_SECONDS: Record<string, number> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

function durationSeconds(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const part = /(\d+(?:\.\d+)?)(ns|us|ms|[smhdwy])/y;
  let total = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match) return undefined;
    total += Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 0);
  }
  return text === '' ? undefined : total;
}

/**
 * Resolves a requested `exp`/`nbf` to absolute Unix seconds.
 *
 * @param nowS the server's time, Unix seconds
 * @throws Error when the string is none of the accepted forms
 */
export function resolveTime(value: number | string, nowS: number): number {
  if (typeof value === 'number') return Math.trunc(value);
  const text = value.trim();
  if (text === '') return 0;
  if (text.startsWith('+')) {
    const seconds = durationSeconds(text.slice(1));
    if (seconds === undefined) throw new Error(`could not parse time '${value}'`);
    return Math.floor(nowS + seconds);
  }
  if (/^-?\d+$/.test(text)) return Number(text);
  // A date and time without zone is local to the server; a bare date too, unlike in ECMAScript.
  const local = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text);
  const ms = local ? Date.parse(`${local[1] ?? ''}T${local[2] ?? '00:00'}`) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`could not parse time '${value}'`);
  return Math.floor(ms / 1000);
}

/** A duration as Go prints it (`3m2s`), used in the text of expired tokens. Whole seconds. */
export function goDuration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const h = Math.floor(total / 3600);
  const m = Math.floor((total % 3600) / 60);
  const s = total % 60;
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
