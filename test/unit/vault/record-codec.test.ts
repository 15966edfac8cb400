import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contextOf,
  type DataKey,
  decodeRecord,
  encodeRecord,
  keyIdOf,
} from '../../../electron/vault/record-codec.ts';

const random = (bytes: number): Buffer => randomBytes(bytes);
const dataKey = (): DataKey => ({ id: randomBytes(8).toString('hex'), key: randomBytes(32) });
const key = dataKey();

const values = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
const ids = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const contexts = fc.record({ vaultId: ids, recordId: ids });

describe('record files', () => {
  test('what was encoded decodes to the same bytes', () => {
    fc.assert(
      fc.property(values, contexts, (value, context) => {
        const file = encodeRecord(value, context, key, random);
        expect(keyIdOf(file)).toBe(key.id);
        expect(decodeRecord(file, context, key)).toEqual(value);
      }),
    );
  });

  test('R-26 a file does not decode as another record, in another vault or with another key', () => {
    fc.assert(
      fc.property(values, contexts, contexts, (value, context, other) => {
        fc.pre(context.vaultId !== other.vaultId || context.recordId !== other.recordId);
        const file = encodeRecord(value, context, key, random);
        expect(decodeRecord(file, other, key)).toBeNull();
        expect(decodeRecord(file, context, { id: key.id, key: randomBytes(32) })).toBeNull();
        expect(decodeRecord(file, context, { id: dataKey().id, key: key.key })).toBeNull();
      }),
    );
  });

  test('R-26 each part of the context counts by itself', () => {
    const context = { vaultId: 'vault', recordId: 'record' };
    const file = encodeRecord(Buffer.from('x'), context, key, random);
    expect(decodeRecord(file, context, key)).not.toBeNull();
    expect(decodeRecord(file, { ...context, vaultId: 'other' }, key)).toBeNull();
    expect(decodeRecord(file, { ...context, recordId: 'other' }, key)).toBeNull();
  });

  test('R-26 any flipped bit and any cut is noticed', () => {
    fc.assert(
      fc.property(values, contexts, fc.nat(), fc.nat(7), (value, context, position, bit) => {
        const file = encodeRecord(value, context, key, random);
        const flipped = Buffer.from(file);
        const at = position % file.length;
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(decodeRecord(flipped, context, key)).toBeNull();
        expect(decodeRecord(file.subarray(0, at), context, key)).toBeNull();
      }),
    );
  });

  test('any bytes are refused without throwing', () => {
    fc.assert(
      fc.property(values, contexts, (bytes, context) => {
        expect(decodeRecord(bytes, context, key)).toBeNull();
      }),
    );
  });

  test('the same value never gives the same file twice', () => {
    const context = { vaultId: 'v', recordId: 'r' };
    const files = Array.from({ length: 50 }, () => encodeRecord(Buffer.from('x'), context, key, random));
    expect(new Set(files.map((file) => file.toString('hex'))).size).toBe(50);
  });

  test('associated data of different lists never coincides', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (left, right) => {
        fc.pre(JSON.stringify(left) !== JSON.stringify(right));
        expect(contextOf(...left).equals(contextOf(...right))).toBe(false);
      }),
    );
    expect(contextOf('ab', 'c').equals(contextOf('a', 'bc'))).toBe(false);
  });
});
