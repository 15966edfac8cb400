import { describe, expect, it } from 'vitest';
import { plainText } from '../../../shared/model/untrusted-text.ts';

describe('plainText (R-58)', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['Zürich Lab', '東京大学', 'Университет', 'مختبر', 'हिन्दी', 'café', 'a–b “c” 🙂']) {
      expect(plainText(text, 100)).toBe(text);
    }
  });

  it.each([
    ['bidirectional override', 'safe\u202Egpj.exe', 'safegpj.exe'],
    ['isolates and marks', 'a\u2066b\u2069c\u200Fd\u061Ce', 'abcde'],
    ['zero width characters', 'pay\u200Bpal\uFEFF\u2060', 'paypal'],
    ['line breaks and tabs', 'one\r\n\ttwo\u2028three\u0085four', 'one two three four'],
    ['escape sequences', 'a\u001B[31mred\u0007', 'a [31mred'],
    ['tag characters', 'x\u{E0041}\u{E007F}', 'x'],
    ['lone surrogates', 'a\uD800b', 'ab'],
    ['fillers', 'a\u3164\u115Fb', 'ab'],
    ['blank runs', '  a \u00A0\u3000 b  ', 'a b'],
  ])('removes %s', (_name, input, expected) => {
    expect(plainText(input, 100)).toBe(expected);
  });

  it('cuts at characters, not in the middle of them', () => {
    expect(plainText('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
    expect(plainText('abcd', 4)).toBe('abcd');
    expect(Array.from(plainText('x'.repeat(1_000_000), 200))).toHaveLength(200);
  });

  it('keeps piles of combining marks low', () => {
    expect(plainText(`a${'\u0335'.repeat(200)}b`, 300).length).toBeLessThan(10);
  });
});
