/** Entries of the restriction `hosts`: addresses, networks, names, names with a leading `*.`, and `this` (mytoken protocol, "Keys"). */

interface Network {
  readonly value: bigint;
  readonly bits: 32 | 128;
  readonly prefix: number;
}

export type HostEntry =
  | { readonly kind: 'this' }
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'suffix'; readonly suffix: string }
  | { readonly kind: 'problem'; readonly problem: HostProblem };

/** `host-bits`: servers take `192.0.2.7/24` for the single address; `meant` is the network somebody probably means. */
export type HostProblem =
  | { readonly reason: 'host-bits'; readonly meant: string; readonly taken: Network }
  | { readonly reason: 'not-a-host' };

/** What one entry means. */
export function readHost(text: string): HostEntry {
  const entry = text.trim();
  if (entry.toLowerCase() === 'this') return { kind: 'this' };
  const [ip = '', prefixText, ...more] = entry.split('/');
  const base = readAddress(ip);
  if (base !== null) {
    if (prefixText === undefined) return { kind: 'network', network: base };
    const prefix = Number(prefixText);
    if (more.length > 0 || !/^\d{1,3}$/.test(prefixText) || prefix > base.bits) return notAHost;
    const hostMask = (1n << BigInt(base.bits - prefix)) - 1n;
    if ((base.value & hostMask) === 0n) return { kind: 'network', network: { ...base, prefix } };
    const meant = `${formatAddress(base.value & ~hostMask, base.bits)}/${prefix}`;
    return { kind: 'problem', problem: { reason: 'host-bits', meant, taken: base } };
  }
  if (prefixText !== undefined) return notAHost;
  const name = entry.toLowerCase().replace(/\.$/, '');
  const bare = name.startsWith('*.') ? name.slice(2) : name;
  if (!isName(bare)) return notAHost;
  return name.startsWith('*.') ? { kind: 'suffix', suffix: bare } : { kind: 'name', name };
}

const notAHost: HostEntry = { kind: 'problem', problem: { reason: 'not-a-host' } };

/**
 * Whether `inner` allows no caller that `outer` forbids. `unknown` where only the server's DNS can tell: names against addresses, and
 * `this`, which becomes the address the server sees.
 */
export function hostWithin(inner: string, outer: string): boolean | 'unknown' {
  const wanted = asServersRead(inner);
  const base = asServersRead(outer);
  if (wanted.kind === 'problem' || base.kind === 'problem')
    return inner.toLowerCase() === outer.toLowerCase();
  if (wanted.kind === 'this' && base.kind === 'this') return true;
  if (wanted.kind === 'this' || base.kind === 'this') return 'unknown';
  if (wanted.kind === 'network' && base.kind === 'network')
    return networkWithin(wanted.network, base.network);
  if (wanted.kind === 'network' || base.kind === 'network') return 'unknown';
  const name = wanted.kind === 'name' ? wanted.name : `*.${wanted.suffix}`;
  if (base.kind === 'name') return name === base.name;
  return name.endsWith(`.${base.suffix}`);
}

function asServersRead(text: string): HostEntry {
  const entry = readHost(text);
  return entry.kind === 'problem' && entry.problem.reason === 'host-bits'
    ? { kind: 'network', network: entry.problem.taken }
    : entry;
}

function networkWithin(inner: Network, outer: Network): boolean {
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.value >> shift === outer.value >> shift;
}

/** One label or more, as in RFC 1123; all digits and dots would be a mistyped address. */
function isName(text: string): boolean {
  if (text.length === 0 || text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
}

function readAddress(text: string): Network | null {
  // An IPv4 address on a dual-stack socket arrives as ::ffff:a.b.c.d; servers treat both alike.
  const v4 = readV4(text.replace(/^::ffff:(?=\d+\.)/i, ''));
  if (v4 !== null) return { value: v4, bits: 32, prefix: 32 };
  const v6 = readV6(text);
  return v6 === null ? null : { value: v6, bits: 128, prefix: 128 };
}

function readV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** RFC 4291, 2.2; zones (`%eth0`) mean nothing to a server. */
function readV6(text: string): bigint | null {
  if (!/^[0-9a-f:]+(\d+\.\d+\.\d+\.\d+)?$/i.test(text) || !text.includes(':')) return null;
  let plain = text;
  const tail = /(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (tail !== undefined) {
    const v4 = readV4(tail);
    if (v4 === null) return null;
    plain = text.slice(0, -tail.length) + `${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string | undefined): string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const [left, right] = [groups(halves[0]), groups(halves[1])];
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...left, ...Array<string>(halves.length === 1 ? 0 : missing).fill('0'), ...right];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function formatAddress(value: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}
