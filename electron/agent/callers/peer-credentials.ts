import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
}

/** The process on the other end of a UNIX socket, as the kernel says; null where it cannot be asked. */
export type ReadPeerCredentials = (socket: Socket) => PeerCredentials | null;

interface Koffi {
  load(library: string): { func(declaration: string): unknown };
}
type GetSockOpt = (fd: number, level: number, name: number, value: Buffer, length: number[]) => number;

const solSocket = 1;
const soPeerCred = 17;

/**
 * `SO_PEERCRED` through koffi, as Node has no call for it. Loaded with the first connection; where the library is missing or the system
 * is another one, nobody is identified and every request stays unverified.
 */
export function linuxPeerCredentials(platform: NodeJS.Platform): ReadPeerCredentials {
  if (platform !== 'linux') return () => null;
  let getSockOpt: GetSockOpt | null | undefined;
  const load = (): GetSockOpt | null => {
    try {
      const koffi = createRequire(import.meta.url)('koffi') as Koffi;
      return koffi
        .load('libc.so.6')
        .func(
          'int getsockopt(int fd, int level, int optname, _Out_ void *optval, _Inout_ uint32_t *optlen)',
        ) as GetSockOpt;
    } catch {
      return null;
    }
  };
  return (socket) => {
    getSockOpt ??= load();
    // Not documented by Node: checked, and without it the caller stays unverified.
    const fd = (socket as unknown as { _handle?: { fd?: unknown } })._handle?.fd;
    if (getSockOpt === null || typeof fd !== 'number' || fd < 0) return null;
    const credentials = Buffer.alloc(12);
    if (getSockOpt(fd, solSocket, soPeerCred, credentials, [credentials.length]) !== 0) return null;
    const pid = credentials.readInt32LE(0);
    return pid > 0 ? { pid, uid: credentials.readUInt32LE(4) } : null;
  };
}
