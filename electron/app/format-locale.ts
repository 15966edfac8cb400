import type { Locale } from '../../shared/i18n/catalogue.ts';

/** The system's locale where it is a variety of the chosen language (`de-AT` for `de`), so that dates look as people are used to. */
export function chooseFormatLocale(locale: Locale, system: string): string {
  // Systems answer things like `C` or `en_US.UTF-8`, on which Intl throws.
  const tag = (system.split(/[.@]/)[0] ?? '').replaceAll('_', '-');
  if (tag.toLowerCase().split('-')[0] !== locale) return locale;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? locale;
  } catch {
    return locale;
  }
}
