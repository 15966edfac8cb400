import { createRequire } from 'node:module';

interface Koffi {
  load(library: string): { func(declaration: string): unknown };
}

/**
 * Functions of a library of the system, by their declarations in C, through koffi. A `void *` is a Buffer, whose length nobody checks.
 * Loading takes some ten milliseconds the first time.
 * @param names tried in turn
 * @returns null where koffi, the library or one of the functions is missing
 */
export function loadLibrary<T extends object>(
  names: readonly string[],
  declarations: Readonly<Record<keyof T, string>>,
): T | null {
  for (const name of names) {
    try {
      const koffi = createRequire(import.meta.url)('koffi') as Koffi;
      const library = koffi.load(name);
      const functions = Object.entries<string>(declarations).map(([key, declaration]) => [
        key,
        library.func(declaration),
      ]);
      return Object.fromEntries(functions) as T;
    } catch {
      // The next one, if there is any.
    }
  }
  return null;
}
