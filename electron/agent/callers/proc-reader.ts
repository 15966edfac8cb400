import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { type Libc, loadedLibc, openToHold, openToRead } from '../native/libc.ts';

/** What lies in a directory, by name. Null: not there, or not for us. */
export interface Directory {
  text(name: string): string | null;
  link(name: string): string | null;
  stamp(name: string): string | null;
}

/** Goes on naming the same one: that of a process never becomes another's, who may have got its number. */
export interface HeldDirectory extends Directory {
  /** Nothing is there any more afterwards. */
  release(): void;
}

/** Reads what the system tells in files. Null: not there, or not for us. */
export interface Reader {
  /** Of an ordinary file, or one that the kernel writes in one piece as those of one process are. */
  text(path: string): string | null;
  /** Where a symbolic link leads. */
  link(path: string): string | null;
  /** Names a file until it is replaced or written to: device, inode and the time of the last change. */
  stamp(path: string): string | null;
  /** Null also where that cannot be done. */
  hold(directory: string): HeldDirectory | null;
}

/** Longer texts are cut: none that is read here comes near. */
const longestText = 65_536;

export const nodeReader: Reader = {
  text: (path) => attempt(() => readFileSync(path, 'utf8').slice(0, longestText)),
  link: (path) => attempt(() => readlinkSync(path)),
  stamp(path) {
    const found = attempt(() => statSync(path, { bigint: true }));
    if (found === null) return null;
    const nanoseconds = ((found.mtimeNs % second) + second) % second;
    const bytes = Buffer.alloc(statx.length);
    bytes.writeBigUInt64LE(found.ino, statx.inode);
    bytes.writeBigInt64LE((found.mtimeNs - nanoseconds) / second, statx.seconds);
    bytes.writeUInt32LE(Number(nanoseconds), statx.nanoseconds);
    // makedev(3) of the C library, backwards.
    const { dev } = found;
    bytes.writeUInt32LE(low32(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn)), statx.deviceMajor);
    bytes.writeUInt32LE(low32((dev & 0xffn) | ((dev >> 12n) & ~0xffn)), statx.deviceMinor);
    return stampIn(bytes);
  },
  hold: () => null,
};

const second = 1_000_000_000n;

/** `struct statx`, and what is asked of it: `STATX_INO` and `STATX_MTIME`. */
const statx = {
  ...{ length: 256, inodeAndTime: 0x140, here: -100 },
  ...{ inode: 32, seconds: 112, nanoseconds: 120, deviceMajor: 136, deviceMinor: 140 },
};

function low32(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}

/** Whoever filled it in. */
function stampIn(bytes: Buffer): string {
  const { inode, seconds, nanoseconds, deviceMajor, deviceMinor } = statx;
  const [time, device] = [
    bytes.toString('hex', seconds, nanoseconds + 4),
    bytes.toString('hex', deviceMajor, deviceMinor + 4),
  ];
  return `${device}:${bytes.toString('hex', inode, inode + 8)}:${time}`;
}

/**
 * The same by the C library itself: half the time of Node's calls, and a sixth where the answer is no, since those make an error each. It
 * counts because a client of the agent waits meanwhile.
 */
export function libcReader(libc: Libc): Reader {
  const buffer = Buffer.alloc(16_384);

  const textOf = (descriptor: number): string | null => {
    let before: Buffer | null = null;
    let done = 0;
    let count = libc.pread(descriptor, buffer, buffer.length, done);
    // Less than there was room for was the rest of it: to hear so from the kernel is one call more.
    while (count === buffer.length && done < longestText) {
      before = Buffer.concat(before === null ? [buffer] : [before, buffer]);
      done = before.length;
      count = libc.pread(descriptor, buffer, buffer.length, done);
    }
    if (count < 0) return null;
    if (before === null) return buffer.toString('utf8', 0, count);
    return Buffer.concat([before, buffer.subarray(0, count)]).toString('utf8', 0, longestText);
  };
  const linkOf = (length: number): string | null => (length < 0 ? null : buffer.toString('utf8', 0, length));
  const stampOf = (fault: number): string | null => (fault === 0 ? stampIn(buffer) : null);

  return {
    text(path) {
      const descriptor = libc.open(path, openToRead);
      if (descriptor < 0) return null;
      const text = textOf(descriptor);
      libc.close(descriptor);
      return text;
    },
    link: (path) => linkOf(libc.readlink(path, buffer, buffer.length)),
    stamp: (path) => stampOf(libc.statx(statx.here, path, 0, statx.inodeAndTime, buffer)),
    hold(path) {
      const directory = libc.open(path, openToHold);
      if (directory < 0) return null;
      /** What is read time and again stays open. */
      const open = new Map<string, number>();
      let isHeld = true;
      return {
        text(name) {
          if (!isHeld) return null;
          const descriptor = open.get(name) ?? libc.openat(directory, name, openToRead);
          if (descriptor < 0) return null;
          open.set(name, descriptor);
          return textOf(descriptor);
        },
        link: (name) => (isHeld ? linkOf(libc.readlinkat(directory, name, buffer, buffer.length)) : null),
        stamp: (name) =>
          isHeld ? stampOf(libc.statx(directory, name, 0, statx.inodeAndTime, buffer)) : null,
        release() {
          if (!isHeld) return;
          isHeld = false;
          for (const descriptor of [directory, ...open.values()]) libc.close(descriptor);
        },
      };
    },
  };
}

let quick: Reader | undefined;

/** Both tell the same. Nobody has to wait for the library to be loaded: whoever is in a hurry has done that. */
export function bestReader(): Reader {
  if (quick === undefined) {
    const libc = loadedLibc();
    if (libc === null) return nodeReader;
    quick = libcReader(libc);
  }
  return quick;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
