import { describe, expect, it } from 'vitest';
import { basename, dirname } from 'node:path';
import { createProfiles } from '../../../electron/profiles/index.ts';
import { RecordingLog } from '../../support/recording-log.ts';

function bench(stored: unknown, files: Record<string, string> = {}) {
  let saved: unknown = stored;
  const open = () =>
    createProfiles({
      storage: { load: () => structuredClone(saved), save: (next) => (saved = structuredClone(next)) },
      readFile: (path) =>
        files[path] === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(files[path]),
      listFiles: (folder) =>
        Promise.resolve(
          Object.keys(files)
            .filter((path) => dirname(path) === folder)
            .map((path) => basename(path)),
        ),
      log: new RecordingLog(),
    });
  return { open, saved: () => saved };
}

describe('local profiles', () => {
  it('survive a restart; one of the same kind and name is replaced', () => {
    const { open } = bench(undefined);
    const first = open().put('profiles', 'night ', { capabilities: ['AT'] });
    open().put('profiles', 'night', { capabilities: ['tokeninfo'] });
    open().put('restrictions', 'night', { exp: '+8h' });
    expect(open().list()).toEqual([
      { id: first.id, kind: 'profiles', name: 'night', payload: { capabilities: ['tokeninfo'] } },
      expect.objectContaining({ kind: 'restrictions', payload: { exp: '+8h' } }),
    ]);
    const again = open();
    again.remove(first.id);
    expect(open().list()).toHaveLength(1);
  });

  it('come in from files as in profiles.d: the name is the file’s, the kind the folder’s', async () => {
    const { open } = bench(undefined, {
      '/etc/mytoken/restrictions.d/night': '{"exp":"+8h"}',
      '/home/u/capabilities.d/all.json': '["AT","@more"]',
      '/home/u/job.json': '{"include":"night"}',
      '/home/u/number.json': '5',
      '/home/u/broken.json': '{',
    });
    const profiles = open();
    expect(await profiles.importFile('/etc/mytoken/restrictions.d/night')).toMatchObject({
      kind: 'restrictions',
      name: 'night',
    });
    expect(await profiles.importFile('/home/u/capabilities.d/all.json')).toMatchObject({
      kind: 'capabilities',
      name: 'all',
    });
    expect(await profiles.importFile('/home/u/job.json')).toMatchObject({ kind: 'profiles', name: 'job' });
    for (const [file, reason] of [
      ['number.json', 'not-a-profile'],
      ['broken.json', 'not-json'],
      ['missing.json', 'not-readable'],
    ]) {
      await expect(profiles.importFile(`/home/u/${file ?? ''}`)).rejects.toMatchObject({
        code: 'profiles/not-readable',
        details: { file, reason },
      });
    }
    expect(profiles.list()).toHaveLength(3);
  });

  it('do not grow without bound, and a damaged store is no reason not to start', () => {
    const profiles = bench({ not: 'a list' }).open();
    expect(profiles.list()).toEqual([]);
    for (let number = 0; number < 200; number += 1) profiles.put('profiles', `p${number}`, {});
    expect(() => profiles.put('profiles', 'one more', {})).toThrow('too many');
  });

  it('reads the folders of other programs, the later one winning, and names what it could not read', async () => {
    const { open } = bench(undefined, {
      '/etc/mytoken/profiles.d/job': '{"capabilities":["AT"]}',
      '/home/u/.mytoken/profiles.d/job.json': '{"capabilities":["AT","tokeninfo"]}',
      '/home/u/.mytoken/restrictions.d/day': '[{"exp":"+1d"}]',
      '/home/u/.mytoken/rotation.d/broken': 'no json',
      '/home/u/.mytoken/other/notes': '{}',
    });
    const profiles = open();
    const { imported, unreadable } = await profiles.importFolders(['/etc/mytoken', '/home/u/.mytoken']);
    expect(imported.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['profiles/job', 'restrictions/day']);
    expect(unreadable).toEqual(['broken']);
    expect(profiles.list().find(({ name }) => name === 'job')?.payload).toEqual({
      capabilities: ['AT', 'tokeninfo'],
    });
  });
});
