import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { type Libc, loadedLibc, openToRead } from '../native/libc.ts';

/** Reads what the system tells in files. Null: not there, or not for us. */
export interface Reader {
  text(path: string): string | null;
  /** Where a symbolic link leads. */
  link(path: string): string | null;
  /** Names a file until it is replaced or written to: device, inode and the time of the last change in nanoseconds. */
  stamp(path: string): string | null;
}

/** Longer texts are cut: none that is read here comes near. */
const longestText = 65_536;

export const nodeReader: Reader = {
  text: (path) => attempt(() => readFileSync(path, 'utf8').slice(0, longestText)),
  link: (path) => attempt(() => readlinkSync(path)),
  stamp(path) {
    const found = attempt(() => statSync(path, { bigint: true }));
    return found === null ? null : `${found.dev}:${found.ino}:${found.mtimeNs}`;
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
      const pieces: Buffer[] = [];
      let total = 0;
      let count = libc.read(descriptor, buffer, buffer.length);
      for (; count > 0 && total < longestText; count = libc.read(descriptor, buffer, buffer.length)) {
        pieces.push(Buffer.from(buffer.subarray(0, count)));
        total += count;
      }
      libc.close(descriptor);
      const [first] = pieces;
      const bytes = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
      return count < 0 ? null : bytes.toString('utf8', 0, longestText);
    },
    link(path) {
      const length = libc.readlink(path, buffer, buffer.length);
      return length < 0 ? null : buffer.toString('utf8', 0, length);
    },
    stamp(path) {
      if (libc.statx(statx.here, path, 0, statx.inodeAndTime, buffer) !== 0) return null;
      const device = deviceOf(buffer.readUInt32LE(statx.deviceMajor), buffer.readUInt32LE(statx.deviceMinor));
      const changed =
        buffer.readBigInt64LE(statx.seconds) * 1_000_000_000n +
        BigInt(buffer.readUInt32LE(statx.nanoseconds));
      return `${device}:${buffer.readBigUInt64LE(statx.inode)}:${changed}`;
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
