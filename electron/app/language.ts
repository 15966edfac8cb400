import { app } from 'electron';
import { chooseLocale, createTranslate, type Locale, type Translate } from '../../shared/i18n/catalogue.ts';
import { chooseFormatLocale } from './format-locale.ts';
import type { SettingsService } from './settings.ts';

/** The language of windows, tray and notifications: as the user set it, else as the system has it. */
export interface Language {
  locale(): Locale;
  /** For numbers and dates, for example `de-AT`. */
  formatLocale(): string;
  t(): Translate;
}

export function createLanguage(settings: Pick<SettingsService, 'get'>): Language {
  let made: { readonly locale: Locale; readonly translate: Translate } | null = null;
  const locale = (): Locale => chooseLocale(settings.get().language, app.getPreferredSystemLanguages());
  const formatLocale = (): string => chooseFormatLocale(locale(), app.getSystemLocale());
  return {
    locale,
    formatLocale,
    t() {
      if (made?.locale !== locale()) {
        made = { locale: locale(), translate: createTranslate(locale(), formatLocale()) };
      }
      return made.translate;
    },
  };
}
