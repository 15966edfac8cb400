import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { z } from '../../shared/zod.ts';
import { DomainError } from '../../shared/errors.ts';
import { type LocalProfile, mostLocalProfiles } from '../../shared/model/local-profiles.ts';
import { type TemplateKind, templateKinds } from '../../shared/model/templates.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import type { Logger } from '../ports/index.ts';

export interface ProfileStorage {
  load(): unknown;
  /** Throws `settings/could-not-save`. */
  save(profiles: readonly LocalProfile[]): void;
}

/** Profiles and templates kept on this machine: presets saved from the editor, and files in the style of `profiles.d`. */
export interface Profiles {
  list(): readonly LocalProfile[];
  /** Replaces the one of the same kind and name. Throws `profiles/too-many`, `settings/could-not-save`. */
  put(kind: TemplateKind, name: string, payload: unknown): LocalProfile;
  remove(profileId: string): void;
  /**
   * Reads a file that holds one profile or template (mytoken protocol, "Local profile files"): its name is the file's, its kind that of the
   * directory it lies in (`capabilities.d`, …), else `profiles`. Throws `profiles/not-readable`.
   */
  importFile(path: string): Promise<LocalProfile>;
  /**
   * Reads what lies in `profiles.d`, `capabilities.d`, `restrictions.d` and `rotation.d` below these folders; a later folder wins over an
   * earlier one, as the user's wins over the machine's. What cannot be read is named and passed over. Throws `profiles/too-many`,
   * `settings/could-not-save`.
   */
  importFolders(
    folders: readonly string[],
  ): Promise<{ readonly imported: readonly LocalProfile[]; readonly unreadable: readonly string[] }>;
}

const stored = z.array(
  z.object({
    id: z.string().min(1).max(64),
    kind: z.enum(templateKinds),
    name: z.string().min(1).max(80),
    payload: z.unknown(),
  }),
);

export function createProfiles(deps: {
  readonly storage: ProfileStorage;
  /** A small file as text; rejects when it cannot be read or is too large. */
  readonly readFile: (path: string) => Promise<string>;
  /** Names of the files in a folder; none when there is no such folder. */
  readonly listFiles: (folder: string) => Promise<readonly string[]>;
  readonly log: Logger;
}): Profiles {
  const loaded = stored.safeParse(deps.storage.load() ?? []);
  if (!loaded.success) deps.log.error('profiles.unreadable');
  let profiles: readonly LocalProfile[] = loaded.success ? loaded.data : [];

  const save = (next: readonly LocalProfile[]): void => {
    deps.storage.save(next);
    profiles = next;
  };
  const put: Profiles['put'] = (kind, name, payload) => {
    const clean = plainText(name, 80);
    const former = profiles.find((profile) => profile.kind === kind && profile.name === clean);
    const profile: LocalProfile = { id: former?.id ?? randomUUID(), kind, name: clean, payload };
    const others = profiles.filter(({ id }) => id !== profile.id);
    if (others.length >= mostLocalProfiles)
      throw new DomainError('profiles/too-many', 'There are too many profiles.', {
        details: { most: mostLocalProfiles },
      });
    save([...others, profile]);
    return profile;
  };

  const importFile = async (path: string): Promise<LocalProfile> => {
    const name = basename(path).replace(/\.json$/i, '');
    const payload = await readPayload(path, deps.readFile);
    return put(kindOf(path), name, payload);
  };

  return {
    list: () => profiles,
    put,
    remove: (profileId) => save(profiles.filter(({ id }) => id !== profileId)),
    importFile,
    async importFolders(folders) {
      const imported = new Map<string, LocalProfile>();
      const unreadable: string[] = [];
      for (const folder of folders.flatMap((base) => templateKinds.map((kind) => join(base, `${kind}.d`)))) {
        for (const name of await deps.listFiles(folder)) {
          try {
            const profile = await importFile(join(folder, name));
            imported.set(profile.id, profile);
          } catch (error) {
            if (!(error instanceof DomainError) || error.code !== 'profiles/not-readable') throw error;
            unreadable.push(plainText(name, 80));
          }
        }
      }
      return { imported: [...imported.values()], unreadable };
    },
  };
}

function kindOf(path: string): TemplateKind {
  const folder = basename(dirname(path));
  return templateKinds.find((kind) => folder === `${kind}.d` || folder === kind) ?? 'profiles';
}

async function readPayload(path: string, readFile: (path: string) => Promise<string>): Promise<unknown> {
  let reason = 'not-readable';
  try {
    const text = await readFile(path);
    reason = 'not-json';
    const payload: unknown = JSON.parse(text);
    reason = 'not-a-profile';
    if (payload === null || typeof payload === 'number' || typeof payload === 'boolean')
      throw new Error(reason);
    return payload;
  } catch (cause) {
    throw new DomainError('profiles/not-readable', 'The file does not hold a profile.', {
      details: { file: basename(path), reason },
      cause,
    });
  }
}
