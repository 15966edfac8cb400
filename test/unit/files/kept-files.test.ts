import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeptFiles, type KeptFiles } from '../../../electron/files/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: string;
let document: unknown;
const userId = process.getuid?.() ?? null;
const open = (): KeptFiles =>
  createKeptFiles(
    {
      load: () => document,
      save: (next) => {
        document = JSON.parse(JSON.stringify(next));
      },
    },
    userId,
  );
const at = (name: string): string => join(directory, name);

beforeEach(() => {
  directory = temporaryDirectory('kept-');
  document = undefined;
});

describe('createKeptFiles', () => {
  it('writes for the user alone, replaces what it wrote, and takes it away', async () => {
    const files = open();
    await files.write(at('a'), 'one');
    await files.write(at('a'), 'two');
    expect(readFileSync(at('a'), 'utf8')).toBe('two');
    expect(statSync(at('a')).mode & 0o777).toBe(0o600);
    await files.remove(at('a'));
    expect(existsSync(at('a'))).toBe(false);
    expect(files.paths()).toEqual([]);
  });

  it('knows its file again after a restart, also when the crash came between remembering and writing', async () => {
    await open().write(at('a'), 'one');
    const reopened = open();
    expect(reopened.paths()).toEqual([at('a')]);
    // Remembered, but never written: the former content still counts as ours.
    reopened.acknowledge(at('a'), 'two');
    await open().write(at('a'), 'three');
    expect(readFileSync(at('a'), 'utf8')).toBe('three');
  });

  it('neither overwrites nor removes what somebody else put there', async () => {
    const files = open();
    await files.write(at('a'), 'ours');
    writeFileSync(at('a'), 'theirs');
    await expect(files.write(at('a'), 'next')).rejects.toMatchObject({ code: 'handover/foreign-file' });
    await files.remove(at('a'));
    expect(readFileSync(at('a'), 'utf8')).toBe('theirs');
    writeFileSync(at('b'), 'theirs');
    await expect(files.write(at('b'), 'next')).rejects.toMatchObject({ code: 'handover/foreign-file' });
    expect(readFileSync(at('b'), 'utf8')).toBe('theirs');
  });

  it('follows no link and reads no folder', async () => {
    const files = open();
    writeFileSync(at('elsewhere'), 'x');
    symlinkSync(at('elsewhere'), at('link'));
    await expect(files.write(at('link'), 'y')).rejects.toMatchObject({ code: 'handover/foreign-file' });
    expect(readFileSync(at('elsewhere'), 'utf8')).toBe('x');
    await expect(files.read(directory)).rejects.toMatchObject({ code: 'handover/foreign-file' });
  });

  it('writes into no folder in which others could exchange the file', async () => {
    const files = open();
    chmodSync(directory, 0o777);
    await expect(files.write(at('a'), 'x')).rejects.toMatchObject({
      code: 'handover/unsafe-place',
      details: { reason: 'others-may-write' },
    });
    // As /tmp is: others may write there, but not exchange our file.
    chmodSync(directory, 0o1777);
    await files.write(at('a'), 'x');
    await expect(files.write(join(directory, 'missing', 'a'), 'x')).rejects.toMatchObject({
      details: { reason: 'missing' },
    });
  });

  it('keeps no content in what it stores', async () => {
    await open().write(at('a'), 'canary-5Qz');
    expect(JSON.stringify(document)).not.toContain('canary');
  });
});
