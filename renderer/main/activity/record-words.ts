import type { MessageKey, Translate } from '../../../shared/i18n/catalogue.ts';
import type { ActivityRecord } from '../../../shared/model/activity.ts';

export function programName({ program, clientName }: ActivityRecord, t: Translate): string {
  if (program !== '') return program;
  return clientName === undefined || clientName === '' ? t('activity.unknown-program') : clientName;
}

/** What happened, in a sentence without its end: “backup.sh got an access token of Alice”. */
export function whatHappened(record: ActivityRecord, t: Translate): string {
  const { kind, outcome, door, accountName, clientName } = record;
  const values = { program: programName(record, t), account: accountName, client: clientName ?? '' };
  if (kind === 'mytoken' && door === 'window') return t('activity.say.mytoken.window', values);
  const key: MessageKey = `activity.say.${kind}.${outcome === 'allowed' ? 'allowed' : 'no'}`;
  return t(key, values);
}

/** By what rule: “remembered answer”, “denied, by you”. */
export function why({ outcome, by, kind }: ActivityRecord, t: Translate): string {
  const isOwn = kind === 'copy-access-token' || kind === 'show-access-token';
  if (outcome === 'failed' || (isOwn && outcome === 'allowed')) return t(`activity.outcome.${outcome}`);
  return `${t(`activity.outcome.${outcome}`)}, ${t(`activity.by.${by}`)}`;
}

export function dayOf(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function dayName(atMs: number, nowMs: number, formatLocale: string, t: Translate): string {
  if (dayOf(atMs) === dayOf(nowMs)) return t('activity.today');
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(atMs) === dayOf(yesterday.getTime())) return t('activity.yesterday');
  return new Intl.DateTimeFormat(formatLocale, { dateStyle: 'full' }).format(atMs);
}

export function clockTime(atMs: number, formatLocale: string): string {
  return new Intl.DateTimeFormat(formatLocale, { timeStyle: 'medium' }).format(atMs);
}
