import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { type Libc, loadedLibc, openToRead } from '../native/libc.ts';

/** Reads what the system tells in files. Null: not there, or not for us. */
export interface Reader {
  /** Of an ordinary file, or one that the kernel writes in one piece as those of one process are. */
  text(path: string): string | null;
  /** Where a symbolic link leads. */
  link(path: string): string | null;
  /** Names a file until it is replaced or written to: device, inode and the time of the last change. */
  stamp(path: string): string | null;
}

/** Longer texts are cut: none that is read here comes near. */
const longestText = 65_536;

const second = 1_000_000_000n;

export const nodeReader: Reader = {
  text: (path) => attempt(() => readFileSync(path, 'utf8').slice(0, longestText)),
  link: (path) => attempt(() => readlinkSync(path)),
  stamp(path) {
    const found = attempt(() => statSync(path, { bigint: true }));
    if (found === null) return null;
    const inode = `${found.ino >> 32n}.${found.ino & 0xffff_ffffn}`;
    const nanoseconds = ((found.mtimeNs % second) + second) % second;
    return `${found.dev}:${inode}:${(found.mtimeNs - nanoseconds) / second}.${nanoseconds}`;
  },
};

/** `struct statx`, and what is asked of it: `STATX_INO` and `STATX_MTIME`. */
const statx = {
  ...{ length: 256, inodeAndTime: 0x140, here: -100 },
  ...{ inode: 32, seconds: 112, nanoseconds: 120, deviceMajor: 136, deviceMinor: 140 },
};

/**
 * The same by the C library itself: half the time of Node's calls, and a sixth where the answer is no, since those make an error each. It
 * counts because a client of the agent waits meanwhile.
 */
export function libcReader(libc: Libc): Reader {
  const buffer = Buffer.alloc(16_384);
  return {
    text(path) {
      const descriptor = libc.open(path, openToRead);
      if (descriptor < 0) return null;
      let before: Buffer | null = null;
      let count = libc.read(descriptor, buffer, buffer.length);
      // Less than there was room for was the rest of it: to hear so from the kernel is one call more.
      while (count === buffer.length && (before?.length ?? 0) < longestText) {
        before = Buffer.concat(before === null ? [buffer] : [before, buffer]);
        count = libc.read(descriptor, buffer, buffer.length);
      }
      libc.close(descriptor);
      if (count < 0) return null;
      if (before === null) return buffer.toString('utf8', 0, count);
      return Buffer.concat([before, buffer.subarray(0, count)]).toString('utf8', 0, longestText);
    },
    link(path) {
      const length = libc.readlink(path, buffer, buffer.length);
      return length < 0 ? null : buffer.toString('utf8', 0, length);
    },
    stamp(path) {
      if (libc.statx(statx.here, path, 0, statx.inodeAndTime, buffer) !== 0) return null;
      const device = deviceOf(buffer.readUInt32LE(statx.deviceMajor), buffer.readUInt32LE(statx.deviceMinor));
      const inode = `${buffer.readUInt32LE(statx.inode + 4)}.${buffer.readUInt32LE(statx.inode)}`;
      const seconds = buffer.readInt32LE(statx.seconds + 4) * 2 ** 32 + buffer.readUInt32LE(statx.seconds);
      return `${device}:${inode}:${seconds}.${buffer.readUInt32LE(statx.nanoseconds)}`;
    },
  };
}

/** makedev(3) of the C library, for numbers as disks have them. */
function deviceOf(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor & ~0xff) * 0x1000;
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
