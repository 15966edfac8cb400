import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { CallerView } from '../../shared/model/caller.ts';

/** The user's own word for it comes first, then what the system sees. */
export function programName({ keyName, program }: CallerView, t: Translate): string {
  return keyName ?? (program === '' ? t('approval.unknown-program') : program);
}
