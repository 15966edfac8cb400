import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { classifyToken, looksLikeMytoken, momIdOf } from '../../../electron/mytoken/index.ts';
import { jti, jwt } from './fake-server.ts';

describe('momIdOf', () => {
  it('hashes the sixteen bytes of the jti', () => {
    const bytes = Uint8Array.from([
      0x3f, 0x25, 0x04, 0xe0, 0x4f, 0x89, 0x41, 0xd3, 0x9a, 0x0c, 0x03, 0x05, 0xe8, 0x2c, 0x33, 0x01,
    ]);
    const expected = createHash('sha512').update(bytes).digest('base64');
    expect(momIdOf(jti)).toBe(expected);
    expect(momIdOf(jti.toUpperCase())).toBe(expected);
    expect(expected).toHaveLength(88);
  });

  it('has nothing to say about other strings', () => {
    for (const text of ['', 'abc', jti.slice(1), `${jti}0`, jti.replaceAll('-', '')])
      expect(momIdOf(text)).toBeNull();
  });
});

describe('classifyToken', () => {
  it('tells the three spellings apart', () => {
    expect(classifyToken(jwt())).toBe('jwt');
    expect(classifyToken('aB'.repeat(32))).toBe('short');
    expect(classifyToken('a'.repeat(32))).toBe('short');
    expect(classifyToken('a'.repeat(31))).toBe('transfer-code');
    expect(classifyToken('hQmZtKcR')).toBe('transfer-code');
  });
});

describe('looksLikeMytoken', () => {
  it('accepts JWTs and short tokens only', () => {
    expect(looksLikeMytoken(jwt())).toBe(true);
    expect(looksLikeMytoken('aB'.repeat(32))).toBe(true);
    for (const text of ['', 'hQmZtKcR', 'deleted', 'a.b.c;d', 'x '.repeat(40)])
      expect(looksLikeMytoken(text)).toBe(false);
  });
});
