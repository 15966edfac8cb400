import type { Socket } from 'node:net';
import { loadLibrary } from './library.ts';

/**
 * Calls of Linux's C library for which Node has none. Sizes are in bytes; -1 says that nothing was done. All return at once when they are
 * asked to (`MSG_DONTWAIT`).
 */
export interface Libc {
  /** getsockopt(2). `length` is a `socklen_t`, read and written. */
  getsockopt(descriptor: number, level: number, name: number, value: Buffer, length: Buffer): number;
  /** socket(2) */
  socket(domain: number, type: number, protocol: number): number;
  /** open(2), with flags as in {@link openToRead} */
  open(path: string, flags: number): number;
  /** openat(2), with flags as in {@link openToRead} */
  openat(directory: number, path: string, flags: number): number;
  /** pread(2) */
  pread(descriptor: number, buffer: Buffer, length: number, offset: number): number;
  /** close(2) */
  close(descriptor: number): number;
  /** readlink(2): how long the target is */
  readlink(path: string, buffer: Buffer, length: number): number;
  /** readlinkat(2) */
  readlinkat(directory: number, path: string, buffer: Buffer, length: number): number;
  /** statx(2) */
  statx(directory: number, path: string, flags: number, mask: number, buffer: Buffer): number;
  /** recv(2) */
  recv(descriptor: number, buffer: Buffer, length: number, flags: number): number;
  /** send(2) */
  send(descriptor: number, bytes: Buffer, length: number, flags: number): number;
  /** sched_yield(2) */
  sched_yield(): number;
}

/** `O_RDONLY | O_CLOEXEC` */
export const openToRead = 0x80000;
/** `O_PATH | O_CLOEXEC`: to name what lies in a directory. */
export const openToHold = 0x280000;

const declarations = {
  getsockopt: 'int getsockopt(int fd, int level, int optname, void *optval, void *optlen)',
  socket: 'int socket(int domain, int type, int protocol)',
  open: 'int open(const char *path, int flags)',
  openat: 'int openat(int dirfd, const char *path, int flags)',
  pread: 'intptr_t pread(int fd, void *buf, size_t count, intptr_t offset)',
  close: 'int close(int fd)',
  readlink: 'intptr_t readlink(const char *path, void *buf, size_t bufsiz)',
  readlinkat: 'intptr_t readlinkat(int dirfd, const char *path, void *buf, size_t bufsiz)',
  statx: 'int statx(int dirfd, const char *path, int flags, unsigned int mask, void *buf)',
  recv: 'intptr_t recv(int fd, void *buf, size_t len, int flags)',
  send: 'intptr_t send(int fd, const void *buf, size_t len, int flags)',
  sched_yield: 'int sched_yield()',
};

let loaded: Libc | null | undefined;

/** Loaded when it is first asked for; null on other systems than Linux, and where it cannot be had. */
export function loadLibc(): Libc | null {
  if (process.platform !== 'linux') return null;
  loaded ??= loadLibrary<Libc>(['libc.so.6'], declarations);
  return loaded;
}

/** What is loaded already; null where that has not been tried, too. */
export function loadedLibc(): Libc | null {
  return loaded ?? null;
}

/** From the first question to the loading: a start, and the first answers after it, are not held up. */
const loadAfterMs = 1_000;
let willLoad = false;

/** As {@link loadedLibc}, and has it loaded a little later: for those who can do without meanwhile. Undefined: not tried yet. */
export function libcSoon(): Libc | null | undefined {
  if (loaded === undefined && process.platform === 'linux') {
    if (!willLoad) setTimeout(loadLibc, loadAfterMs).unref();
    willLoad = true;
    return undefined;
  }
  return loadedLibc();
}

/** What libuv holds for a connection, as Node's own `net` sees it. Not documented: everything is checked. */
export interface Handle {
  readonly fd?: unknown;
}

/** Null when there is none. */
export function descriptorOf(handle: Handle | null | undefined): number | null {
  const fd = handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}

/** Null once the socket is closed. */
export function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as { _handle?: Handle | null })._handle ?? null;
}
