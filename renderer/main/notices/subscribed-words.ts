import type { Translate } from '../../../shared/i18n/catalogue.ts';
import { listOf } from '../../hooks/time-texts.ts';

const mostNamed = 3;

/** Which mytokens something is about: a few by name, the others by number; `''` for none. */
export function subscribedWords(
  t: Translate,
  { momIds, tags }: { readonly momIds: readonly string[]; readonly tags: readonly string[] },
  nameOf: (momId: string) => string,
  locale: string,
): string {
  const named = momIds.slice(0, mostNamed).map(nameOf);
  const more = momIds.length - named.length;
  return listOf(
    [
      ...named,
      ...(more > 0 ? [t('notices.about.more', { count: more })] : []),
      ...tags.map((tag) => t('notices.about.tag', { tag })),
    ],
    locale,
  );
}
