import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

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
  let koffi: Koffi;
  try {
    koffi = require('koffi') as Koffi;
  } catch {
    return null;
  }
  keepLoaded(koffi);
  return functionsOf(koffi, names, declarations);
}

const require = createRequire(import.meta.url);

function functionsOf<T extends object>(
  koffi: Koffi,
  names: readonly string[],
  declarations: Readonly<Record<keyof T, string>>,
): T | null {
  for (const name of names) {
    try {
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

interface Loader {
  /** dlopen(3): 0 when it did not */
  dlopen(path: string, flags: number): number | bigint;
}

/** `RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE`, and where dlopen(3) is: in the C library since glibc 2.34. */
const loaders: Partial<
  Record<NodeJS.Platform, { readonly names: readonly string[]; readonly keep: number }>
> = {
  linux: { names: ['libc.so.6', 'libdl.so.2'], keep: 0x1005 },
  darwin: { names: ['/usr/lib/libSystem.B.dylib'], keep: 0x91 },
};
let kept = isMainThread;

/**
 * With the last thread that has a native module Node unloads it, while V8 and the C library may still have something of it to call: then
 * the whole process ends (nodejs/node#63540). In the main thread nothing is unloaded.
 */
function keepLoaded(koffi: Koffi): void {
  const loader = loaders[process.platform];
  if (kept || loader === undefined) return;
  kept = true;
  const dl = functionsOf<Loader>(koffi, loader.names, {
    dlopen: 'intptr_t dlopen(const char *path, int flags)',
  });
  const module = Object.keys(require.cache).find((path) => path.endsWith('koffi.node'));
  // In a package it lies beside the archive that it seems to be in.
  if (module !== undefined) dl?.dlopen(module.replace('app.asar/', 'app.asar.unpacked/'), loader.keep);
}
