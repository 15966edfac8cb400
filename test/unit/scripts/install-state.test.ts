import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { inspectInstall, installedMatchesLock, installStamp } from '../../../scripts/lib/install-state.mjs';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const packages = {
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
};
const lock = (entries: object): string => JSON.stringify({ packages: { '': { name: 'app' }, ...entries } });

describe('installedMatchesLock', () => {
  test('accepts the same packages', () => {
    expect(installedMatchesLock(lock(packages), JSON.stringify({ packages }))).toBe(true);
  });

  test('accepts that an optional package for another platform is missing', () => {
    const wanted = lock({ ...packages, 'node_modules/win': { version: '1.0.0', optional: true } });
    expect(installedMatchesLock(wanted, JSON.stringify({ packages }))).toBe(true);
  });

  test.each([
    ['a missing package', lock({ ...packages, 'node_modules/c': { version: '1.0.0' } })],
    ['another version', lock({ ...packages, 'node_modules/b': { version: '2.0.1', integrity: 'sha512-b' } })],
    ['other content', lock({ ...packages, 'node_modules/b': { version: '2.0.0', integrity: 'sha512-x' } })],
    ['an unreadable lockfile', '{'],
    ['an empty lockfile', '{}'],
  ])('refuses %s', (_name, wanted) => {
    expect(installedMatchesLock(wanted, JSON.stringify({ packages }))).toBe(false);
  });
});

describe('inspectInstall', () => {
  let folder: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const inspect = (): { ready: boolean; reason: string } =>
    inspectInstall(folder, join(folder, 'node_modules/node/bin/node'), 'linux-x64');

  beforeEach(() => {
    folder = temporaryDirectory('install-state-');
    write('package-lock.json', lock(packages));
  });

  const install = (): void => {
    for (const path of Object.keys(packages)) write(`${path}/package.json`, '{}');
    write('node_modules/node/bin/node', '');
    write('node_modules/.package-lock.json', JSON.stringify({ packages }));
  };

  test('an empty clone is not ready', () => {
    expect(inspect()).toEqual({ ready: false, reason: 'nothing is installed yet' });
  });

  test('an interrupted install, which leaves packages but not npm’s record, is not ready', () => {
    install();
    rmSync(join(folder, 'node_modules/.package-lock.json'));
    expect(inspect()).toEqual({ ready: false, reason: 'the last install did not finish' });
  });

  test('a user’s own npm ci is accepted and stamped', () => {
    install();
    expect(inspect()).toEqual({ ready: true, reason: 'npm’s own record' });
    expect(inspect()).toEqual({ ready: true, reason: 'stamp' });
  });

  test('a changed lockfile, a lost package and a lost Node are noticed in spite of the stamp', () => {
    install();
    inspect();
    write('package-lock.json', lock({ ...packages, 'node_modules/c': { version: '1.0.0' } }));
    expect(inspect().reason).toBe('package-lock.json has changed');
    write('package-lock.json', lock(packages));
    rmSync(join(folder, 'node_modules/a'), { recursive: true });
    expect(inspect().reason).toBe('some packages are missing');
    install();
    rmSync(join(folder, 'node_modules/node/bin/node'));
    expect(inspect().reason).toBe('the tools’ own Node is missing');
  });
});

test('the stamp depends on lockfile and platform', () => {
  const stamps = [
    installStamp('a', 'linux-x64'),
    installStamp('a', 'linux-arm64'),
    installStamp('b', 'linux-x64'),
  ];
  expect(new Set(stamps).size).toBe(3);
  expect(installStamp('a', 'linux-x64')).toBe(stamps[0]);
});
