import { loadLibrary } from './library.ts';

/** Calls of macOS's system library. Sizes are in bytes. */
export interface Darwin {
  /** getsockopt(2). `length` is a `socklen_t`, read and written. */
  getsockopt(descriptor: number, level: number, name: number, value: Buffer, length: Buffer): number;
  /** libproc.h: how long the path is; 0 or less without one */
  proc_pidpath(pid: number, path: Buffer, length: number): number;
  /** libproc.h: how many bytes were filled in */
  proc_pidinfo(pid: number, flavor: number, argument: number, info: Buffer, length: number): number;
  /** sysctl(3). `length` is a `size_t`, read and written. */
  sysctl(name: Buffer, words: number, value: Buffer, length: Buffer, next: null, nextLength: number): number;
}

const declarations = {
  getsockopt: 'int getsockopt(int fd, int level, int optname, void *optval, void *optlen)',
  proc_pidpath: 'int proc_pidpath(int pid, void *buffer, uint32_t buffersize)',
  proc_pidinfo: 'int proc_pidinfo(int pid, int flavor, uint64_t arg, void *buffer, int buffersize)',
  sysctl: 'int sysctl(void *name, uint32_t namelen, void *oldp, void *oldlenp, void *newp, size_t newlen)',
};

let loaded: Darwin | null | undefined;

/** Loaded when it is first asked for; null on other systems than macOS, and where it cannot be had. */
export function loadDarwin(): Darwin | null {
  if (process.platform !== 'darwin') return null;
  loaded ??= loadLibrary<Darwin>(['/usr/lib/libSystem.B.dylib'], declarations);
  return loaded;
}
