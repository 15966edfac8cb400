import type { ActivityRecord } from '../../shared/model/activity.ts';
import { csvText } from '../../shared/model/csv.ts';

type Cell = (record: ActivityRecord) => string | number | null | undefined;

const columns: readonly (readonly [name: string, cell: Cell])[] = [
  ['time', ({ atMs }) => iso(atMs)],
  ['last_time', ({ atMs, lastAtMs }) => iso(lastAtMs ?? atMs)],
  ['count', ({ count }) => count ?? 1],
  ['kind', ({ kind }) => kind],
  ['outcome', ({ outcome }) => outcome],
  ['by', ({ by }) => by],
  ['program', ({ program }) => program],
  ['verified', ({ verified }) => (verified ? 'yes' : 'no')],
  ['file', ({ executable }) => executable],
  ['client', ({ clientName }) => clientName],
  ['door', ({ door }) => door],
  ['account', ({ accountName }) => accountName],
  ['about', ({ summary }) => summary],
  ['restrictions', ({ restrictions }) => restrictions],
  ['problem', ({ problem }) => problem],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['mytoken_name', ({ mytoken }) => mytoken?.name],
  ['mytoken_server', ({ mytoken }) => mytoken?.instanceUrl],
  ['mom_id', ({ mytoken }) => mytoken?.momId],
  ['revoked', ({ mytoken }) => (mytoken?.revokedAtMs == null ? '' : iso(mytoken.revokedAtMs))],
];

/** A table with a line of headings. */
export function activityCsv(records: readonly ActivityRecord[]): string {
  const rows = records.map((record) => columns.map(([, cell]) => String(cell(record) ?? '')));
  return csvText([columns.map(([name]) => name), ...rows]);
}

export function activityJson(records: readonly ActivityRecord[]): string {
  return `${JSON.stringify(records, null, 2)}\n`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
