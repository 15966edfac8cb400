/**
 * Names that look like others. Nobody can read the difference, so it has to be said. What changes the order of letters or hides
 * them is taken out before (see untrusted-text).
 */
export type TextWarning = 'mixed-scripts' | 'look-alike';

const scripts = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Cherokee',
  'Georgian',
] as const;
const scriptPatterns = scripts.map((script) => new RegExp(`\\p{Script=${script}}`, 'u'));
/** Cyrillic and Greek letters that have the shape of a Latin one in common fonts (Unicode Technical Standard 39). */
const latinShapes = /^[асԁеһіјӏопрԛѕԝхуАВЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν]+$/u;
const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** What deserves a second look about a name or path; null when nothing does. */
export function textWarning(text: string): TextWarning | null {
  for (const word of text.match(/[\p{L}\p{M}]+/gu) ?? []) {
    if (scriptPatterns.filter((pattern) => pattern.test(word)).length > 1) return 'mixed-scripts';
    if (foreign.test(word) && latinShapes.test(word)) return 'look-alike';
  }
  return null;
}

/** A path of at most `maxLength` characters; what is left out is in the middle, and the file's name stays whole as long as it can. */
export function middleEllipsis(path: string, maxLength: number): string {
  const characters = Array.from(path);
  if (characters.length <= maxLength) return path;
  const name = Array.from(path.slice(path.lastIndexOf('/') + 1)).length + 1;
  const tail = Math.min(maxLength - 1, Math.max(name, Math.floor(maxLength / 2)));
  const head = maxLength - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
