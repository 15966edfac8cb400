import { endianness } from 'node:os';
import { type Libc, libcSoon } from '../native/libc.ts';
import { bytesOf, type FindTcpOwner, type SocketOwner, type TcpEnds } from './tcp-table.ts';

interface Netlink {
  readonly libc: Libc;
  readonly fd: number;
}

// <linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>
const [afNetlink, sockRaw, netlinkSockDiag] = [16, 3, 4];
const sockFlags = 0o2004000; // SOCK_CLOEXEC | SOCK_NONBLOCK
const [sockDiagByFamily, nlmsgError, nlmFlagRequest] = [20, 2, 1];
const [headerBytes, requestBytes] = [16, 72];
const [afInet, afInet6, ipprotoTcp] = [2, 10, 6];
/** The same in every network namespace; it also finds sockets that are bound to it. */
const loopbackInterface = 1;
const stateListen = 10;
const noEntry = -2;

type Answer = (SocketOwner & { readonly state: number }) | 'none' | null;

/**
 * Asks the kernel for one socket by its ends (sock_diag(7)). Some microseconds, where reading `/proc/net/tcp` walks a hash table sized
 * for the machine's memory and takes milliseconds. A listener answers for connections that it has not. Opened with the first question and
 * kept; null where it cannot be had.
 */
export function linuxSocketDiag(libcOf: () => Libc | null | undefined = libcSoon): FindTcpOwner {
  let netlink: Netlink | null | undefined;
  let sequence = 0;
  const answer = Buffer.alloc(1024);

  const ask = (ends: TcpEnds): Answer => {
    if (netlink === undefined) {
      const libc = libcOf();
      netlink = libc === undefined ? undefined : open(libc);
    }
    if (netlink === undefined || netlink === null) return null;
    const { libc, fd } = netlink;
    sequence = (sequence + 1) >>> 0;
    const question = requestFor(ends, sequence);
    if (question === null || libc.send(fd, question, question.length, 0) !== question.length) return null;
    // The answer is there when `send` returns; one to an earlier question may still be in front of it.
    for (;;) {
      const length = libc.recv(fd, answer, answer.length, 0);
      if (length < headerBytes) return null;
      if (u32(answer, 8) === sequence) return read(answer.subarray(0, length));
    }
  };

  return (ends) => {
    const found = ask(ends);
    if (found === null) return null;
    if (found !== 'none' && found.state !== stateListen) {
      // Without an inode no process has it open, and the user id says nothing.
      return found.inode === 0 ? 'gone' : { uid: found.uid, inode: found.inode };
    }
    // A kernel without this service says the same of every socket: also of our own end, or the listener behind it.
    const own = ask(turned(ends));
    return own === null || own === 'none' ? null : 'gone';
  };
}

function open(libc: Libc | null): Netlink | null {
  const fd = libc?.socket(afNetlink, sockRaw | sockFlags, netlinkSockDiag) ?? -1;
  return libc === null || fd < 0 ? null : { libc, fd };
}

/** `struct nlmsghdr` and `struct inet_diag_req_v2`, for the socket whose own end is the connection's other one. */
function requestFor(ends: TcpEnds, sequence: number): Buffer | null {
  const source = bytesOf(ends.remoteAddress);
  const destination = bytesOf(ends.localAddress);
  if (source === null || source.length !== destination?.length) return null;
  const bytes = Buffer.alloc(requestBytes);
  putU32(bytes, 0, requestBytes);
  putU16(bytes, 4, sockDiagByFamily);
  putU16(bytes, 6, nlmFlagRequest);
  putU32(bytes, 8, sequence);
  bytes[16] = source.length === 4 ? afInet : afInet6;
  bytes[17] = ipprotoTcp;
  putU32(bytes, 20, 0xffffffff);
  bytes.writeUInt16BE(ends.remotePort, 24);
  bytes.writeUInt16BE(ends.localPort, 26);
  bytes.set(source, 28);
  bytes.set(destination, 44);
  putU32(bytes, 60, loopbackInterface);
  bytes.fill(0xff, 64); // any cookie
  return bytes;
}

/** `struct inet_diag_msg` behind its header. */
function read(message: Buffer): Answer {
  const type = u16(message, 4);
  if (type === nlmsgError && message.length >= 20) {
    return (u32(message, 16) | 0) === noEntry ? 'none' : null;
  }
  if (type !== sockDiagByFamily || message.length < 88) return null;
  return { state: message.readUInt8(17), uid: u32(message, 80), inode: u32(message, 84) };
}

function turned({ localAddress, localPort, remoteAddress, remotePort }: TcpEnds): TcpEnds {
  return {
    ...{ localAddress: remoteAddress, localPort: remotePort },
    ...{ remoteAddress: localAddress, remotePort: localPort },
  };
}

const little = endianness() === 'LE';
const u16 = (bytes: Buffer, at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
const u32 = (bytes: Buffer, at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
const putU16 = (bytes: Buffer, at: number, value: number): number =>
  little ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
const putU32 = (bytes: Buffer, at: number, value: number): number =>
  little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
