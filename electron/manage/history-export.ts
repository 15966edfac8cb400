import type { HistoryEventView } from '../../shared/ipc/contract.ts';
import { csvText } from '../../shared/model/csv.ts';

export type ExportFormat = 'csv' | 'json';

/** A history as a file: times in UTC (ISO 8601), events by the names that servers use. */
export function historyFile(events: readonly HistoryEventView[], format: ExportFormat): string {
  if (format === 'json') {
    const entries = events.map(({ atMs, ...event }) => ({ time: new Date(atMs).toISOString(), ...event }));
    return `${JSON.stringify(entries, null, 2)}\n`;
  }
  return csvText([
    ['time', 'event', 'comment', 'ip', 'user_agent', 'mom_id'],
    ...events.map(({ atMs, event, comment, ip, userAgent, momId }) => [
      new Date(atMs).toISOString(),
      event,
      comment ?? '',
      ip ?? '',
      userAgent ?? '',
      momId ?? '',
    ]),
  ]);
}
