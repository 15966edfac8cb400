import { type Formatters, IntlMessageFormat } from 'intl-messageformat';

/**
 * The first number that Intl formats takes it 20 ms and 3 MiB, in every process, as it lists all locales there are; so does asking whether it
 * knows one. Most texts have no number, or a small one.
 */

// Ours is a tag in its canonical form; what Intl does not know of it, it leaves away itself.
IntlMessageFormat.resolveLocale = (tags) =>
  new Intl.Locale(typeof tags === 'string' ? tags : (tags[0] ?? 'en'));

/** What turns the values of messages into text, the same for all messages of a locale. */
export function createFormatters(): Formatters {
  const numbers = kept(
    (...of: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...of),
  );
  return {
    getNumberFormat: (tags, options) =>
      options === undefined
        ? // Of its methods, messages call this one alone.
          ({ format: (value) => short(value) ?? numbers(tags).format(value) } as Intl.NumberFormat)
        : numbers(tags, options),
    getDateTimeFormat: kept((...of) => new Intl.DateTimeFormat(...of)),
    getPluralRules: kept((...of) => new Intl.PluralRules(...of)),
  };
}

/** Numbers that all our languages write alike; null for others. */
function short(value: number | bigint | string): string | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1000
    ? String(value)
    : null;
}

function kept<Of extends unknown[], Made>(make: (...of: Of) => Made): (...of: Of) => Made {
  const made = new Map<string, Made>();
  return (...of) => {
    const key = JSON.stringify(of);
    const known = made.get(key) ?? make(...of);
    made.set(key, known);
    return known;
  };
}
