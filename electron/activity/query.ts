import type { ActivityFilter, ActivityRecord } from '../../shared/model/activity.ts';

/** The records that fit, in the order given. */
export function filterActivity(
  records: readonly ActivityRecord[],
  filter: ActivityFilter,
): readonly ActivityRecord[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { program, accountId, outcome, kind, fromMs } = filter;
  return records.filter((record) => {
    if (program !== null && record.program !== program) return false;
    if (accountId !== null && record.accountId !== accountId) return false;
    if (outcome !== null && record.outcome !== outcome) return false;
    if (kind !== null && record.kind !== kind) return false;
    if (fromMs !== null && (record.lastAtMs ?? record.atMs) < fromMs) return false;
    if (words.length === 0) return true;
    const text = textOf(record);
    return words.every((word) => text.includes(word));
  });
}

function textOf(record: ActivityRecord): string {
  return [
    record.program,
    record.clientName,
    record.executable,
    record.accountName,
    record.summary,
    record.restrictions,
    record.problem,
    record.mytoken?.name,
    record.mytoken?.momId,
    record.mytoken?.instanceUrl,
  ]
    .join('\n')
    .toLowerCase();
}
