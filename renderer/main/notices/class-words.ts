import { isMessageKey, type Translate } from '../../../shared/i18n/catalogue.ts';

/** What a class of mails is about, in words; an unknown one by its own name. */
export function classWords(t: Translate, name: string): string {
  const key = `notices.class.${name}`;
  return isMessageKey(key) ? t(key) : name;
}
