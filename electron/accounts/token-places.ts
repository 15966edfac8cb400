import { join } from 'node:path';

/** A file in which a tool may have left a mytoken, and the variable that names it, if one does. */
export interface TokenPlace {
  readonly path: string;
  readonly variable: string;
}

/**
 * Where the `mytoken` client and tools of WLCG Bearer Token Discovery keep tokens: files named by variables (`BEARER_TOKEN_FILE`,
 * `MYTOKEN_FILE` and their like), and `mt_u$UID` and `bt_u$UID` in the runtime directory and in `/tmp`.
 */
export function tokenPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  userId: number | null,
): readonly TokenPlace[] {
  const named = Object.entries(environment).flatMap(([variable, path]) =>
    /^(BEARER_TOKEN|.*MYTOKEN|MT)_FILE$/.test(variable) && path !== undefined && path !== ''
      ? [{ path, variable }]
      : [],
  );
  const folders = [environment['XDG_RUNTIME_DIR'], '/tmp'].filter(
    (folder): folder is string => folder !== undefined && folder !== '',
  );
  const usual =
    userId === null
      ? []
      : folders.flatMap((folder) =>
          ['mt_u', 'bt_u'].map((name) => ({ path: join(folder, `${name}${userId}`), variable: '' })),
        );
  const seen = new Set<string>();
  return [...named, ...usual].filter(({ path }) => !seen.has(path) && seen.add(path));
}
