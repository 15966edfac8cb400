/** Of programs that ask in turns. */
const most = 32;

/** Remembers the answers to what was asked last: the same few programs come again and again, and clients wait meanwhile. */
export function lastAnswers<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const given = answer(text);
    if (known.size >= most) known.clear();
    known.set(text, given);
    return given;
  };
}
