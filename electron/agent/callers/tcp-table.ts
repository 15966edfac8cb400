import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

/** The two ends of a loopback connection, seen from the server. Addresses as Node gives them, mapped ones (`::ffff:127.0.0.1`) too. */
export interface TcpEnds {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface SocketOwner {
  readonly uid: number;
  readonly inode: number;
}

/** Who holds the other end. `gone`: nobody does any more. Null: the system does not tell. */
export type FindTcpOwner = (ends: TcpEnds) => SocketOwner | 'gone' | null;

const mapped = /^::ffff:/i;

/** An IPv4 address as its four bytes, any other loopback address as sixteen; null for what is none of ours. */
export function bytesOf(address: string): readonly number[] | null {
  const plain = address.replace(mapped, '');
  if (isIPv4(plain)) return plain.split('.').map(Number);
  return plain === '::1' ? [...Array<number>(15).fill(0), 1] : null;
}

/** The row of the other end in `/proc/net/tcp` or `tcp6` (proc(5)); null when it has none. */
export function ownerIn(table: string, ends: TcpEnds): ReturnType<FindTcpOwner> {
  const client = spellings(ends.remoteAddress, ends.remotePort);
  const server = spellings(ends.localAddress, ends.localPort);
  for (const [index, local] of client.entries()) {
    const at = table.indexOf(`: ${local} ${server[index] ?? ''} `);
    if (at < 0) continue;
    const row = table.slice(at + 2, at + 300).split('\n', 1)[0] ?? '';
    const fields = row.trim().split(/ +/);
    const [uid, inode] = [Number(fields[6]), Number(fields[8])];
    if (!Number.isInteger(uid) || !Number.isInteger(inode)) return null;
    // Without an inode no process has it open, and the user id says nothing.
    return inode === 0 ? 'gone' : { uid, inode };
  }
  return null;
}

/** Whether the server's own listening socket is in the table: then it is the real one, and what is not in it does not exist. */
export function showsListener(table: string, { localAddress, localPort }: TcpEnds): boolean {
  return spellings(localAddress, localPort).some((local) => {
    const nobody = `${local.slice(0, local.indexOf(':')).replaceAll(/./g, '0')}:0000`;
    return table.includes(`: ${local} ${nobody} 0A `);
  });
}

/** An IPv4 connection may have been made by an IPv6 socket, which shows it as a mapped address: both spellings, in that order. */
function spellings(address: string, port: number): readonly string[] {
  const tail = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const bytes = bytesOf(address);
  if (bytes === null) return [];
  if (bytes.length > 4) return [words(bytes) + tail];
  return [words(bytes) + tail, words([...Array<number>(10).fill(0), 255, 255, ...bytes]) + tail];
}

/** The kernel prints each 32-bit word in the machine's own order. */
function words(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes);
  if (endianness() === 'LE') buffer.swap32();
  return buffer.toString('hex').toUpperCase();
}
