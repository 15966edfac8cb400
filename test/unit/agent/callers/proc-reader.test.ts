import { rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { libcReader, nodeReader, type Reader } from '../../../../electron/agent/callers/proc-reader.ts';
import { loadLibc } from '../../../../electron/agent/native/libc.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const libc = loadLibc();
const readers: readonly (readonly [string, Reader])[] = [
  ['Node', nodeReader],
  ...(libc === null ? [] : [['the C library', libcReader(libc)] as const]),
];

let directory: string;

beforeEach(() => {
  directory = temporaryDirectory('proc-reader-');
});

describe.each(readers)('reading by %s', (_, reader) => {
  it('texts, whole and of any length up to the longest', () => {
    const path = join(directory, 'text');
    for (const text of ['', 'word', 'ü'.repeat(5_000), 'x'.repeat(40_000)]) {
      writeFileSync(path, text);
      expect(reader.text(path) === text).toBe(true);
    }
    writeFileSync(path, 'x'.repeat(200_000));
    expect(reader.text(path)).toHaveLength(65_536);
    expect(reader.text(join(directory, 'none'))).toBeNull();
    expect(reader.text(directory)).toBeNull();
  });

  it('where links lead', () => {
    symlinkSync('/opt/ein Programm (deleted)', join(directory, 'exe'));
    expect(reader.link(join(directory, 'exe'))).toBe('/opt/ein Programm (deleted)');
    expect(reader.link(join(directory, 'none'))).toBeNull();
    expect(reader.link(directory)).toBeNull();
  });

  it('a stamp that follows links, and changes when the file does', () => {
    const path = join(directory, 'program');
    writeFileSync(path, 'one');
    symlinkSync(path, join(directory, 'exe'));
    utimesSync(path, 1_700_000_000.123, 1_700_000_000.123);
    const before = reader.stamp(join(directory, 'exe'));
    expect(before).toBe(reader.stamp(path));
    expect(before).toBe(nodeReader.stamp(path)); // whoever reads, a program stays the same
    utimesSync(path, 1_700_000_000.123, 1_700_000_000.124);
    expect(reader.stamp(path)).not.toBe(before);
    utimesSync(path, -5.5, -5.5);
    expect(reader.stamp(path)).toBe(nodeReader.stamp(path));
    rmSync(path);
    expect(reader.stamp(join(directory, 'exe'))).toBeNull();
  });
});
