import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type HeaderBody,
  parseHeader,
  sealFits,
  sealHeader,
  sealRetiring,
  serialiseHeader,
  unsealRetiring,
} from '../../../electron/vault/header.ts';

const random = (bytes: number): Buffer => randomBytes(bytes);
const key = randomBytes(32);
const old = { id: randomBytes(8).toString('hex'), key: randomBytes(32) };
const current = { id: randomBytes(8).toString('hex'), key };
const vaultId = randomBytes(16).toString('hex');

const body: HeaderBody = {
  schemaVersion: 1,
  vaultId,
  createdAtMs: 1_700_000_000_000,
  wrappedBy: 'safe-storage:gnome_libsecret',
  keyId: current.id,
  wrappedKey: randomBytes(47).toString('base64'),
  retiring: sealRetiring(old, current, vaultId, random),
  rotationOwed: true,
};

describe('vault header', () => {
  test('reads back what was written', () => {
    const header = sealHeader(body, key);
    expect(parseHeader(serialiseHeader(header))).toEqual(header);
    expect(sealFits(header, key)).toBe(true);
    const plain = sealHeader({ ...body, retiring: null }, key);
    expect(parseHeader(serialiseHeader(plain))).toEqual(plain);
  });

  test('R-26 no flipped bit anywhere passes as a sealed header with other content', () => {
    const header = sealHeader(body, key);
    const content = serialiseHeader(header);
    let refused = 0;
    for (let at = 0; at < content.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(content);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const parsed = parseHeader(flipped);
        if (parsed === null || !sealFits(parsed, key)) refused += 1;
        else expect(parsed).toEqual(header);
      }
    }
    expect(refused).toBe(content.length * 8);
  });

  test.each([
    { vaultId: randomBytes(16).toString('hex') },
    { createdAtMs: 1 },
    { wrappedBy: 'keyring:secret-service' },
    { keyId: old.id },
    { wrappedKey: randomBytes(47).toString('base64') },
    { retiring: null },
    { retiring: sealRetiring(old, current, vaultId, random) },
    { rotationOwed: false },
  ] satisfies Partial<HeaderBody>[])('the seal covers $0', (change) => {
    expect(sealFits({ ...sealHeader(body, key), ...change }, key)).toBe(false);
  });

  test('the seal tells the right key from any other', () => {
    const header = sealHeader(body, key);
    expect(sealFits(header, randomBytes(32))).toBe(false);
    expect(sealFits(header, randomBytes(31))).toBe(false);
    expect(sealFits(header, Buffer.alloc(0))).toBe(false);
  });

  test.each([
    ['no JSON', 'garbage'],
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a newer schema', JSON.stringify({ ...sealHeader(body, key), schemaVersion: 2 })],
    ['a missing field', JSON.stringify({ ...sealHeader(body, key), seal: undefined })],
    ['a retiring key of another shape', JSON.stringify({ ...sealHeader(body, key), retiring: {} })],
    ['a short vault id', JSON.stringify({ ...sealHeader(body, key), vaultId: 'ab' })],
  ])('refuses %s', (_name, text) => {
    expect(parseHeader(Buffer.from(text))).toBeNull();
  });

  test('a retiring key comes back only under its successor, in its vault', () => {
    const sealed = sealRetiring(old, current, vaultId, random);
    expect(unsealRetiring(sealed, current, vaultId)).toEqual(old);
    expect(unsealRetiring(sealed, { ...current, key: randomBytes(32) }, vaultId)).toBeNull();
    expect(unsealRetiring(sealed, current, randomBytes(16).toString('hex'))).toBeNull();
    expect(unsealRetiring({ ...sealed, keyId: current.id }, current, vaultId)).toBeNull();
  });
});
