import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEnvironmentFile, type EnvironmentFile } from '../../../../electron/agent/index.ts';
import { silentLogger } from '../../../../electron/ports/index.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

let home: string;
let path: string;

beforeEach(() => {
  home = temporaryDirectory('environment-');
  path = join(home, '.config', 'environment.d', '60-mytoken-desktop.conf');
});

function file(
  more: { platform?: NodeJS.Platform; socketPath?: string; environment?: Record<string, string> } = {},
): EnvironmentFile {
  return createEnvironmentFile({
    platform: 'linux',
    environment: {},
    homeDirectory: home,
    socketPath: '/run/user/1000/mytoken-desktop/agent.sock',
    log: silentLogger,
    ...more,
  });
}

const ours = (): string =>
  '# Written by Mytoken Desktop, which also removes it: Programs, From a terminal.\n' +
  'OIDC_SOCK=/run/user/1000/mytoken-desktop/agent.sock\n';

function linkToLikeOurs(): void {
  writeFileSync(join(home, 'like-ours'), ours());
  symlinkSync(join(home, 'like-ours'), path);
}

describe('the file that gives OIDC_SOCK to the next session', () => {
  it('is written on request, for its owner alone, and taken away again', async () => {
    expect(file().view()).toEqual({ state: 'absent', path });
    await file().write();
    expect(file().view()?.state).toBe('written');
    expect(readFileSync(path, 'utf8')).toMatch(
      /^# .+\nOIDC_SOCK=\/run\/user\/1000\/mytoken-desktop\/agent\.sock\n$/,
    );
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    await file().remove();
    expect(file().view()?.state).toBe('absent');
    await file().remove(); // nothing there is fine
  });

  it('follows XDG_CONFIG_HOME', () => {
    const elsewhere = file({ environment: { XDG_CONFIG_HOME: '/elsewhere' } }).view();
    expect(elsewhere?.path).toBe('/elsewhere/environment.d/60-mytoken-desktop.conf');
  });

  it('is known to be ours, and written anew, when the socket has moved', async () => {
    await file().write();
    const moved = file({ socketPath: '/other/agent.sock' });
    expect(moved.view()?.state).toBe('outdated');
    await moved.write();
    expect(readFileSync(path, 'utf8')).toContain('OIDC_SOCK=/other/agent.sock\n');
  });

  it.each([
    ['a file of somebody else', () => writeFileSync(path, 'OIDC_SOCK=/mine\n')],
    ['a link', () => symlinkSync('/etc/hostname', path)],
    ['a folder', () => mkdirSync(path)],
    ['a link to a file like ours', () => linkToLikeOurs()],
    ['a link to itself', () => symlinkSync(path, path)],
    ['a file of ours that somebody filled', () => writeFileSync(path, `${ours()}${'#\n'.repeat(4_096)}`)],
    ['a file that only begins like ours', () => writeFileSync(path, ours().replace('\n', ' No longer.\n'))],
  ])('is neither written over nor removed when %s lies there', async (_what, put) => {
    mkdirSync(join(path, '..'), { recursive: true });
    put();
    const before = lstatSync(path).ino;
    expect(file().view()?.state).toBe('foreign');
    await expect(file().write()).rejects.toMatchObject({ code: 'in-place/environment-foreign' });
    await expect(file().remove()).rejects.toMatchObject({ code: 'in-place/environment-foreign' });
    expect(lstatSync(path).ino).toBe(before);
  });

  it.each(['/a b/agent.sock', '/a$HOME/agent.sock', '/a"/agent.sock', '/a\nPATH=/evil'])(
    'never holds a path that would be read otherwise: %j',
    async (socketPath) => {
      await expect(file({ socketPath }).write()).rejects.toMatchObject({ code: 'in-place/environment-path' });
      expect(file().view()?.state).toBe('absent');
    },
  );

  it('a folder that cannot be made or changed is told as such', async () => {
    writeFileSync(join(home, '.config'), 'no folder');
    expect(file().view()?.state).toBe('absent');
    await expect(file().write()).rejects.toMatchObject({ code: 'settings/could-not-save' });
    expect(readFileSync(join(home, '.config'), 'utf8')).toBe('no folder');
  });

  it('a place that cannot be looked at is not ours', async () => {
    symlinkSync(join(home, '.config'), join(home, '.config')); // leads nowhere, whoever looks
    expect(file().view()?.state).toBe('foreign');
    await expect(file().write()).rejects.toMatchObject({ code: 'in-place/environment-foreign' });
  });

  it('does not exist where nobody reads it', () => {
    expect(file({ platform: 'darwin' }).view()).toBeNull();
    expect(file({ platform: 'win32' }).view()).toBeNull();
  });
});
