import { lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DomainError } from '../../../shared/errors.ts';
import type { EnvironmentFileView } from '../../../shared/model/in-place.ts';
import { writePrivateFile } from '../../files/index.ts';
import type { Logger } from '../../ports/index.ts';
import { hasCode } from './trusted-directory.ts';

export interface EnvironmentFileDeps {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly socketPath: string;
  readonly log: Logger;
}

/**
 * `environment.d/60-mytoken-desktop.conf`: systemd gives what stands there to everything a user's session starts (environment.d(5)). A
 * file with that name which is not the app's is never touched.
 */
export interface EnvironmentFile {
  /** Null where there is no such thing. */
  view(): EnvironmentFileView | null;
  /** Throws `in-place/environment-foreign`, `in-place/environment-path`, or `settings/could-not-save`. */
  write(): Promise<void>;
  /** Takes it away if it is ours. Throws `in-place/environment-foreign` or `settings/could-not-save`. */
  remove(): Promise<void>;
}

/** How the app knows its own file again. */
const mark = '# Written by Mytoken Desktop, which also removes it: Programs, From a terminal.';
/** What needs no quotes that shells and systemd understand differently. */
const plainPath = /^[\w@%+=:,./-]+$/;
const longest = 8_192;

export function createEnvironmentFile(deps: EnvironmentFileDeps): EnvironmentFile {
  const { platform, environment, socketPath } = deps;
  const config = environment['XDG_CONFIG_HOME'] || join(deps.homeDirectory, '.config');
  const path = join(config, 'environment.d', '60-mytoken-desktop.conf');
  const content = `${mark}\nOIDC_SOCK=${socketPath}\n`;

  const state = (): EnvironmentFileView['state'] => {
    try {
      const stats = lstatSync(path);
      if (!stats.isFile() || stats.size > longest) return 'foreign';
      const found = readFileSync(path, 'utf8');
      if (found === content) return 'written';
      return found.startsWith(`${mark}\n`) ? 'outdated' : 'foreign';
    } catch (error) {
      return hasCode(error, 'ENOENT', 'ENOTDIR') ? 'absent' : 'foreign';
    }
  };

  const refuseForeign = (): void => {
    if (state() !== 'foreign') return;
    throw new DomainError('in-place/environment-foreign', 'Somebody else wrote the environment file.');
  };

  const saving = async (task: () => void | Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
      throw new DomainError('settings/could-not-save', 'The environment file could not be changed.', {
        cause,
      });
    }
  };

  return {
    view: () => (platform === 'linux' ? { state: state(), path } : null),

    async write() {
      refuseForeign();
      if (!plainPath.test(socketPath)) {
        throw new DomainError('in-place/environment-path', 'The socket’s path has characters it must not.');
      }
      await saving(async () => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        await writePrivateFile(path, content);
      });
      deps.log.info('environment-file.written', {});
    },

    async remove() {
      refuseForeign();
      await saving(() => rmSync(path, { force: true }));
      deps.log.info('environment-file.removed', {});
    },
  };
}
