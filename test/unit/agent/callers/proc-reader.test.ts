import { readdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
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

describe.skipIf(libc === null)('a directory that is held', () => {
  const hold = () => (libc === null ? null : libcReader(libc).hold(directory));
  const openFiles = (): number => readdirSync('/proc/self/fd').length;

  it('tells what is in it now, under whatever name', () => {
    writeFileSync(join(directory, 'text'), 'one');
    symlinkSync('/first', join(directory, 'link'));
    const held = hold();
    expect([held?.text('text'), held?.link('link')]).toEqual(['one', '/first']);
    writeFileSync(join(directory, 'text'), 'x'.repeat(40_000));
    expect(held?.text('text') === 'x'.repeat(40_000)).toBe(true);
    writeFileSync(join(directory, 'text'), 'two');
    expect(held?.text('text')).toBe('two');
    expect(held?.stamp('text')).toBe(nodeReader.stamp(join(directory, 'text')));
    expect([held?.text('none'), held?.link('none'), held?.stamp('none')]).toEqual([null, null, null]);
    const moved = `${directory}-moved`;
    renameSync(directory, moved);
    expect(held?.link('link')).toBe('/first');
    renameSync(moved, directory);
    held?.release();
  });

  it('is let go with all that was opened in it, and tells nothing more', () => {
    writeFileSync(join(directory, 'text'), 'one');
    const before = openFiles();
    const held = hold();
    held?.text('text');
    held?.text('text');
    expect(openFiles()).toBe(before + 2);
    held?.release();
    held?.release();
    expect(openFiles()).toBe(before);
    expect([held?.text('text'), held?.link('link'), held?.stamp('text')]).toEqual([null, null, null]);
    rmSync(directory, { recursive: true });
    expect(hold()).toBeNull();
  });
});
