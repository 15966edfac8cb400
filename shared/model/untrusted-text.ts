/**
 * Strings that come from servers are shown to people but written by strangers: a name must not reorder the text
 * around it, hide parts of itself or fill the screen. Windows escape mark-up anyway; this removes what escaping keeps.
 */

/** Characters without a shape of their own that change how neighbours are shown, and lone surrogates. */
const invisible =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]|[\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|\p{Cs}/gu;
const whitespaceOrControl = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu;
/** Piles of combining marks grow over the lines above and below; no writing system needs more than a few. */
const markPile = /(\p{M}{4})\p{M}+/gu;

/** How much of a hostile megabyte is looked at at all. */
const inspectedFactor = 8;

/**
 * One line of plain text of at most `maxLength` characters (code points); longer text ends in an ellipsis. Control,
 * bidirectional and invisible characters are removed, white space is collapsed.
 */
export function plainText(text: string, maxLength: number): string {
  const clean = text
    .slice(0, maxLength * inspectedFactor)
    .normalize('NFC')
    .replace(whitespaceOrControl, ' ')
    .replace(invisible, '')
    .replace(markPile, '$1')
    .replace(/ {2,}/gu, ' ')
    .trim();
  const characters = Array.from(clean);
  if (characters.length <= maxLength) return clean;
  return `${characters.slice(0, Math.max(0, maxLength - 1)).join('')}…`;
}
