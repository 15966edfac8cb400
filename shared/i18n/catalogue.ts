import { IntlMessageFormat } from 'intl-messageformat';
import { createFormatters } from './formatters.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export const locales = ['en', 'de'] as const;
export type Locale = (typeof locales)[number];

/** Every text of the app by key; English decides which keys exist. Values are ICU messages. */
export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;
export type MessageValues = Readonly<Record<string, string | number | Date>>;

const catalogues: Readonly<Record<Locale, Messages>> = { en, de };

/** Picks the catalogue for a setting and the system's preferred languages (BCP 47), English when nothing fits. */
export function chooseLocale(setting: Locale | 'system', systemLanguages: readonly string[]): Locale {
  if (setting !== 'system') return setting;
  for (const language of systemLanguages) {
    const base = language.toLowerCase().split('-')[0];
    const match = locales.find((locale) => locale === base);
    if (match) return match;
  }
  return 'en';
}

export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** A translate function for one locale; parsed messages are kept. `formatLocale` decides on numbers and dates. */
export function createTranslate(locale: Locale, formatLocale: string = locale): Translate {
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  const options = { ignoreTag: true, formatters: createFormatters() };
  return (key, values) => {
    let message = parsed.get(key);
    if (!message) {
      message = new IntlMessageFormat(catalogues[locale][key], formatLocale, undefined, options);
      parsed.set(key, message);
    }
    return String(message.format(values));
  };
}

/** True for texts that exist; for keys put together at run time, such as `error.<code>.text`. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}
