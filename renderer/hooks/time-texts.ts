const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** "in 12 minutes", "3 days ago": the largest unit that says enough; seconds only within the last minute. */
export function relativeTime(atMs: number, nowMs: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
  const deltaMs = atMs - nowMs;
  const size = Math.abs(deltaMs);
  if (size < minuteMs) return format.format(Math.round(deltaMs / 1000), 'second');
  if (size < hourMs) return format.format(Math.trunc(deltaMs / minuteMs), 'minute');
  if (size < 2 * dayMs) return format.format(Math.trunc(deltaMs / hourMs), 'hour');
  if (size < 60 * dayMs) return format.format(Math.trunc(deltaMs / dayMs), 'day');
  if (size < 730 * dayMs) return format.format(Math.trunc(deltaMs / (30 * dayMs)), 'month');
  return format.format(Math.trunc(deltaMs / (365 * dayMs)), 'year');
}

export function absoluteTime(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}

/** `4:07`, for countdowns of minutes. */
export function minutesAndSeconds(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function listOf(items: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
}

/** Length of a time span in words: "30 days". */
export function duration(ms: number, locale: string): string {
  const [value, unit]: [number, string] =
    ms >= dayMs ? [ms / dayMs, 'day'] : ms >= hourMs ? [ms / hourMs, 'hour'] : [ms / minuteMs, 'minute'];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(value);
}

/** To the second, in the time of this machine or in UTC, which is then said. */
export function exactTime(atMs: number, locale: string, utc: boolean): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(utc ? { timeZone: 'UTC', timeZoneName: 'short' } : {}),
  }).format(atMs);
}
