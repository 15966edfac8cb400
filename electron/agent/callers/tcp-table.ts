import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

/** One end of a loopback connection, seen from the server. */
export interface TcpPeer {
  readonly localPort: number;
  readonly remotePort: number;
  /** As Node gives it: `127.0.0.1`, `::1` or `::ffff:127.0.0.1`. */
  readonly remoteAddress: string;
  /** Of the server's end; the peer's own address when left out, as on loopback. */
  readonly localAddress?: string;
}

export interface SocketOwner {
  readonly uid: number;
  /** Null: nobody holds the socket any more, and the user id says nothing. */
  readonly inode: number | null;
}

const mapped = /^::ffff:/i;

/** The row of the peer's end in `/proc/net/tcp` or `tcp6` (proc(5)); null when it has none. */
export function ownerOf(table: string, peer: TcpPeer): SocketOwner | null {
  const client = ends(peer.remoteAddress, peer.remotePort);
  const server = ends(peer.localAddress ?? peer.remoteAddress, peer.localPort);
  for (const [index, local] of client.entries()) {
    const at = table.indexOf(`: ${local} ${server[index] ?? ''} `);
    if (at < 0) continue;
    const row = table.slice(at + 2, at + 300).split('\n', 1)[0] ?? '';
    const fields = row.trim().split(/ +/);
    const [uid, inode] = [Number(fields[6]), Number(fields[8])];
    if (!Number.isInteger(uid) || !Number.isInteger(inode)) return null;
    return { uid, inode: inode === 0 ? null : inode };
  }
  return null;
}

/** An IPv4 connection may have been made by an IPv6 socket, which shows it as a mapped address: both spellings, in that order. */
function ends(address: string, port: number): readonly string[] {
  const tail = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const plain = address.replace(mapped, '');
  const bytes = isIPv4(plain) ? plain.split('.').map(Number) : null;
  if (bytes === null) return plain === '::1' ? [words([...Array<number>(15).fill(0), 1]) + tail] : [];
  return [words(bytes) + tail, words([...Array<number>(10).fill(0), 255, 255, ...bytes]) + tail];
}

/** The kernel prints each 32-bit word in the machine's own order. */
function words(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes);
  if (endianness() === 'LE') buffer.swap32();
  return buffer.toString('hex').toUpperCase();
}
