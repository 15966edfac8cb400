import { type Darwin, loadDarwin } from '../native/darwin.ts';
import { type Libc, loadLibc } from '../native/libc.ts';

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
}

/** The process on the other end of a UNIX socket, by our end's descriptor, as the kernel says; null where it cannot be asked. */
export type ReadPeerCredentials = (descriptor: number) => PeerCredentials | null;

/** Where it cannot be asked nobody is identified, and every request stays unverified: on Windows Node keeps the pipe's handle to itself. */
export function peerCredentials(platform: NodeJS.Platform): ReadPeerCredentials {
  if (platform === 'linux') return linuxPeerCredentials();
  return platform === 'darwin' ? darwinPeerCredentials() : () => null;
}

const solSocket = 1;
const soPeerCred = 17;

/** `SO_PEERCRED` (unix(7)). */
export function linuxPeerCredentials(libcOf: () => Libc | null = loadLibc): ReadPeerCredentials {
  // `struct ucred`: pid, uid and gid, 32 bits each.
  const credentials = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  return (descriptor) => {
    const libc = libcOf();
    if (libc === null) return null;
    length.writeUInt32LE(credentials.length);
    if (libc.getsockopt(descriptor, solSocket, soPeerCred, credentials, length) !== 0) return null;
    const pid = credentials.readInt32LE(0);
    return pid > 0 ? { pid, uid: credentials.readUInt32LE(4) } : null;
  };
}

/** sys/un.h; `struct xucred` of sys/ucred.h has its version, the user id and groups, and 76 bytes. */
const [solLocal, localPeerCred, localPeerPid] = [0, 1, 2];
const xucred = { length: 76, version: 0, user: 4 };

/** `LOCAL_PEERCRED` and `LOCAL_PEERPID` of macOS (unix(4)). */
export function darwinPeerCredentials(darwinOf: () => Darwin | null = loadDarwin): ReadPeerCredentials {
  const credentials = Buffer.alloc(xucred.length);
  const number = Buffer.alloc(4);
  const length = Buffer.alloc(4);
  return (descriptor) => {
    const darwin = darwinOf();
    if (darwin === null) return null;
    const ask = (name: number, value: Buffer): boolean => {
      length.writeUInt32LE(value.length);
      const fault = darwin.getsockopt(descriptor, solLocal, name, value, length);
      return fault === 0 && length.readUInt32LE() === value.length;
    };
    if (!ask(localPeerCred, credentials) || credentials.readUInt32LE(0) !== xucred.version) return null;
    if (!ask(localPeerPid, number)) return null;
    const pid = number.readInt32LE();
    return pid > 0 ? { pid, uid: credentials.readUInt32LE(xucred.user) } : null;
  };
}
