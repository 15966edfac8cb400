import { type Libc, loadLibc } from '../native/libc.ts';

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
}

/** The process on the other end of a UNIX socket, by our end's descriptor, as the kernel says; null where it cannot be asked. */
export type ReadPeerCredentials = (descriptor: number) => PeerCredentials | null;

const solSocket = 1;
const soPeerCred = 17;

/** `SO_PEERCRED` of Linux (unix(7)). Where it cannot be asked nobody is identified and every request stays unverified. */
export function linuxPeerCredentials(
  platform: NodeJS.Platform,
  libcOf: () => Libc | null = loadLibc,
): ReadPeerCredentials {
  if (platform !== 'linux') return () => null;
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
