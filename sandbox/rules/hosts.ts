/** Host entries of restrictions: addresses, networks, names and wildcard names (protocol 6.1, 6.5). */
import { isIP } from 'node:net';

/** Names the server's resolver gives for an address. */
export type ReverseDns = Readonly<Record<string, readonly string[]>>;

interface Network {
  value: bigint;
  bits: number;
  prefix: number;
}

function ipv6Groups(text: string): string[] {
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
}

function address(text: string): Network | undefined {
  // An IPv4 address on a dual-stack socket arrives as ::ffff:a.b.c.d.
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 4) {
    const value = plain.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return { value, bits: 32, prefix: 32 };
  }
  if (family !== 6) return undefined;
  const value = ipv6Groups(plain).reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  return { value, bits: 128, prefix: 128 };
}

/** An address or network. A network whose host bits are not zero degrades to the single address. */
function network(text: string): Network | undefined {
  const [ip = '', prefixText] = text.split('/');
  const base = address(ip);
  if (!base || prefixText === undefined) return base;
  const prefix = Number(prefixText);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > base.bits) return undefined;
  const hostMask = (1n << BigInt(base.bits - prefix)) - 1n;
  return (base.value & hostMask) === 0n ? { ...base, prefix } : base;
}

function inside(inner: Network, outer: Network): boolean {
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.value >> shift === outer.value >> shift;
}

function nameMatches(name: string, entry: string): boolean {
  const candidate = name.toLowerCase().replace(/\.$/, '');
  const pattern = entry.toLowerCase().replace(/\.$/, '');
  return pattern.startsWith('*.') ? candidate.endsWith(pattern.slice(1)) : candidate === pattern;
}

/** Does the caller's address match this entry of a token? */
export function hostMatches(entry: string, ip: string, reverseDns: ReverseDns): boolean {
  const caller = address(ip);
  const wanted = network(entry);
  if (wanted) return caller !== undefined && inside(caller, wanted);
  return (reverseDns[ip] ?? []).some((name) => nameMatches(name, entry));
}

/** Is a wanted entry contained in an entry of the parent? */
export function hostContained(wanted: string, base: string, reverseDns: ReverseDns): boolean {
  const inner = network(wanted);
  const outer = network(base);
  if (inner && outer) return inside(inner, outer);
  if (inner) return (reverseDns[wanted] ?? []).some((name) => nameMatches(name, base));
  if (!outer) return wanted.toLowerCase() === base.toLowerCase() || nameMatches(wanted, base);
  return Object.entries(reverseDns).some(
    ([ip, names]) => names.some((name) => nameMatches(name, wanted)) && hostMatches(base, ip, reverseDns),
  );
}
