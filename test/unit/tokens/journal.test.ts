import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/ports/index.ts';
import { fileJournal, fingerprint } from '../../../electron/tokens/journal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: string;

beforeEach(() => {
  directory = join(temporaryDirectory('journal-'), 'journal');
});

const entry = { accountId: 'a/../1', fingerprint: 'abc', startedAtMs: 42 };

describe('fileJournal', () => {
  it('finds after a restart what was begun and not ended', async () => {
    const journal = fileJournal(directory);
    expect(await journal.load()).toEqual([]);
    await journal.begin(entry);
    await journal.begin({ ...entry, accountId: 'b' });
    await journal.end('b');
    expect(await fileJournal(directory).load()).toEqual([entry]);
  });

  it('keeps its files to itself (R-30)', async () => {
    const journal = fileJournal(directory);
    await journal.load();
    await journal.begin(entry);
    const [name = ''] = await readdir(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  });

  it('drops an entry whose writing was interrupted: its request was never sent', async () => {
    const journal = fileJournal(directory);
    await journal.load();
    await writeFile(join(directory, 'a1.pending'), '{"accountId":"a1","finger');
    await writeFile(join(directory, 'a2.pending'), '{"accountId":"other","fingerprint":"x","startedAtMs":1}');
    expect(await journal.load()).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('reports a disk that refuses as vault/write-failed, retryable', async () => {
    const journal = fileJournal(directory); // load() has not made the directory
    await expect(journal.begin(entry)).rejects.toMatchObject({ code: 'vault/write-failed', retryable: true });
  });

  it('does not mind ending twice', async () => {
    const journal = fileJournal(directory);
    await journal.load();
    await expect(journal.end('nobody')).resolves.toBeUndefined();
  });

  it('never holds the mytoken (R-31)', async () => {
    const mytoken = new Secret('eyJ.canary.mytoken');
    const journal = fileJournal(directory);
    await journal.load();
    await journal.begin({ accountId: 'a', fingerprint: fingerprint(mytoken), startedAtMs: 1 });
    expect(await readFile(join(directory, 'a.pending'), 'utf8')).not.toContain('canary');
  });
});
