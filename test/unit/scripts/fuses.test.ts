import { describe, expect, test } from 'vitest';
import { declaredFuses, FUSE_NAMES, fuseDifferences, parseFuseTable } from '../../../scripts/lib/fuses.ts';

/** The decision, written down a second time on purpose: changing one place alone must fail. */
const DECIDED = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
  wasmTrapHandlers: true,
};

describe('R-17 fuses', () => {
  test('R-17 electron-builder.yml declares exactly the decided table', () => {
    expect(declaredFuses()).toEqual(DECIDED);
  });

  test('R-17 every fuse that Electron knows is decided', () => {
    expect(Object.keys(DECIDED).sort()).toEqual([...FUSE_NAMES].sort());
  });

  test('R-17 an undecided, unknown or vague fuse stops the packaging', () => {
    expect(() => parseFuseTable('electronFuses: { runAsNode: false }')).toThrow('Decide these fuses');
    expect(() => parseFuseTable('electronFuses: { runAsRoot: false }')).toThrow('not a fuse');
    expect(() => parseFuseTable('electronFuses: { runAsNode: "no" }')).toThrow('true or false');
  });

  test('R-17 a difference is named; only a fuse younger than the binary may be absent', () => {
    const asDeclared = Object.fromEntries(
      Object.entries(DECIDED).map(([name, value]) => [name, value ? 'on' : 'off']),
    );
    expect(fuseDifferences(DECIDED, asDeclared)).toEqual([]);
    expect(fuseDifferences(DECIDED, { ...asDeclared, wasmTrapHandlers: 'absent' })).toEqual([]);
    expect(fuseDifferences(DECIDED, { ...asDeclared, runAsNode: 'on' })).toEqual([
      'runAsNode is on, declared off',
    ]);
    expect(fuseDifferences(DECIDED, { ...asDeclared, onlyLoadAppFromAsar: 'absent' })).toHaveLength(1);
  });
});
