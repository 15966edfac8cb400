import { isMessageKey, type Translate } from '../../shared/i18n/catalogue.ts';
import type { Clause, ClauseRequest, Rotation } from '../../shared/model/mytoken.ts';
import { unlimitedUses } from '../../shared/model/restrictions.ts';
import { readTime } from '../../shared/model/time-expressions.ts';
import { absoluteTime, duration, listOf } from './time-texts.ts';

/** What a capability allows, in words; an unknown one by its own name. */
export function capabilityWords(t: Translate, capability: string): string {
  const key = `capability.${capability}`;
  return isMessageKey(key) ? t(key) : capability;
}

/** A sentence per restriction of one clause. */
export function clauseWords(t: Translate, clause: Clause | ClauseRequest, locale: string): readonly string[] {
  const words: string[] = [];
  for (const key of ['nbf', 'exp'] as const) {
    const read = readTime(clause[key]);
    if (read.kind === 'relative') {
      words.push(t(`restriction.${key}-in`, { span: duration(read.offsetSeconds * 1000, locale) }));
    } else if (read.kind === 'absolute') {
      words.push(t(`restriction.${key}`, { time: absoluteTime(read.seconds * 1000, locale) }));
    } else if (read.kind === 'problem') words.push(t(`restriction.${key}`, { time: String(clause[key]) }));
  }
  if (clause.scope) words.push(t('restriction.scope', { list: clause.scope }));
  if (clause.audience?.length)
    words.push(t('restriction.audience', { list: listOf([...clause.audience], locale) }));
  if (clause.hosts?.length) {
    const hosts = clause.hosts.map((host) => (host === 'this' ? t('restriction.this-host') : host));
    words.push(t('restriction.hosts', { list: listOf(hosts, locale) }));
  }
  if (clause.geoip_allow?.length) {
    words.push(t('restriction.geoip-allow', { list: countries(clause.geoip_allow, locale) }));
  }
  if (clause.geoip_disallow?.length) {
    words.push(t('restriction.geoip-disallow', { list: countries(clause.geoip_disallow, locale) }));
  }
  // A count as large as this is how "unlimited" is spelled to servers that need a number.
  if (clause.usages_AT !== undefined && clause.usages_AT < unlimitedUses) {
    words.push(t('restriction.usages-at', { count: clause.usages_AT }));
  }
  if (clause.usages_other !== undefined && clause.usages_other < unlimitedUses) {
    words.push(t('restriction.usages-other', { count: clause.usages_other }));
  }
  return words;
}

export function rotationWords(t: Translate, rotation: Rotation | null, locale: string): string {
  if (!rotation || (!rotation.on_AT && !rotation.on_other && !rotation.lifetime)) return t('rotation.none');
  const words: string[] = [];
  if (rotation.on_AT && rotation.on_other) words.push(t('rotation.always'));
  else if (rotation.on_AT) words.push(t('rotation.on-at'));
  else if (rotation.on_other) words.push(t('rotation.on-other'));
  if (rotation.lifetime)
    words.push(t('rotation.lifetime', { span: duration(rotation.lifetime * 1000, locale) }));
  if (rotation.auto_revoke) words.push(t('rotation.auto-revoke'));
  return words.join(' ');
}

function countries(codes: readonly string[], locale: string): string {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
  return listOf(
    codes.map((code) => (/^[A-Za-z]{2}$/.test(code) ? (names.of(code.toUpperCase()) ?? code) : code)),
    locale,
  );
}

/** Host name of a URL, or the URL when it has none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
