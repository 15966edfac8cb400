import type { Translate } from '../../../shared/i18n/catalogue.ts';
import { errorTexts } from '../../hooks/app-context.tsx';

/** What is in the way, and what to do about it, in one line. */
export function problemWords(t: Translate, code: string): string {
  const { text, next } = errorTexts(t, code);
  return `${text} ${next}`;
}
