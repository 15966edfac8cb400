/** Capabilities a person can choose when asking for a mytoken, in the order they are shown (mytoken protocol, "Capabilities"). */
export const knownCapabilities = [
  'AT',
  'create_mytoken',
  'tokeninfo',
  'tokeninfo:introspect',
  'tokeninfo:history',
  'tokeninfo:subtokens',
  'tokeninfo:notify',
  'manage_mytokens',
  'manage_mytokens:list',
  'manage_mytokens:revoke',
  'manage_mytokens:history',
  'manage_mytokens:notify',
  'settings',
  'settings:grants',
  'settings:grants:ssh',
  'settings:email',
] as const;

/** Those of the known ones that also exist as `read@…`, which looks and changes nothing. */
const withReadOnlyForm: ReadonlySet<string> = new Set([
  'manage_mytokens:notify',
  'settings',
  'settings:grants',
  'settings:grants:ssh',
  'settings:email',
]);

/** What an agent wants by default: everything its user may later want to do from here. */
export const agentCapabilities: readonly string[] = [
  'AT',
  'tokeninfo',
  'manage_mytokens',
  'create_mytoken',
  'settings',
];

/** What a server gives to a login that asks for none (mytoken protocol, "Requesting"). */
export const defaultCapabilities: readonly string[] = ['AT', 'tokeninfo'];

interface Parsed {
  readonly readOnly: boolean;
  readonly parts: readonly string[];
}

function parse(capability: string): Parsed {
  const readOnly = capability.startsWith('read@');
  return { readOnly, parts: (readOnly ? capability.slice('read@'.length) : capability).split(':') };
}

/** Does the set `owned` cover `wanted`? Prefix rule; a read-only capability never gives write access. */
export function hasCapability(owned: readonly string[], wanted: string): boolean {
  const want = parse(wanted);
  return owned.some((candidate) => {
    const have = parse(candidate);
    if (have.readOnly && !want.readOnly) return false;
    if (have.parts.length > want.parts.length) return false;
    return have.parts.every((part, index) => part === want.parts[index]);
  });
}

/**
 * Capabilities of a child, as servers decide: what was asked for and the parent covers, in the requested spelling and order; all of
 * the parent when nothing was asked for. Empty means that the server refuses.
 */
export function childCapabilities(
  parent: readonly string[],
  requested: readonly string[],
): readonly string[] {
  return requested.length === 0
    ? parent
    : [...new Set(requested)].filter((wanted) => hasCapability(parent, wanted));
}

/** Without doubles and without what another one of the list covers already; order is kept. */
export function normaliseCapabilities(capabilities: readonly string[]): readonly string[] {
  const unique = [...new Set(capabilities)];
  return unique.filter(
    (capability) => !unique.some((other) => other !== capability && hasCapability([other], capability)),
  );
}

/** How much harm a capability can do in the wrong hands; as the mytoken web page grades them, unknown ones as `warning`. */
export type Danger = 'normal' | 'warning' | 'danger';

const dangers: Readonly<Record<string, Danger>> = {
  settings: 'danger',
  'settings:grants': 'danger',
  manage_mytokens: 'warning',
  'manage_mytokens:list': 'warning',
  'manage_mytokens:revoke': 'warning',
  'manage_mytokens:history': 'warning',
  'manage_mytokens:notify': 'warning',
  'read@settings': 'warning',
  'settings:grants:ssh': 'warning',
  AT: 'normal',
  create_mytoken: 'normal',
  'read@settings:grants': 'normal',
  'read@settings:grants:ssh': 'normal',
  'settings:email': 'normal',
  'read@settings:email': 'normal',
  'read@manage_mytokens:notify': 'normal',
};

export function dangerOf(capability: string): Danger {
  if (capability === 'tokeninfo' || capability.startsWith('tokeninfo:')) return 'normal';
  return dangers[capability] ?? 'warning';
}

/** `none`: not in the set. `read`: only its `read@` form. `write`: as it stands. */
export type Level = 'none' | 'read' | 'write';

export interface CapabilityNode {
  readonly capability: string;
  readonly depth: number;
  readonly hasReadOnlyForm: boolean;
  readonly children: readonly CapabilityNode[];
}

/** The known capabilities as trees. Unknown ones that `also` names follow at the end, so that nothing in a set is ever hidden. */
export function capabilityTree(also: readonly string[] = []): readonly CapabilityNode[] {
  const known: readonly string[] = knownCapabilities;
  const strangers = also
    .map((capability) => (capability.startsWith('read@') ? capability.slice('read@'.length) : capability))
    .filter((capability, index, all) => !known.includes(capability) && all.indexOf(capability) === index);
  const nodesBelow = (parent: string | null, depth: number): CapabilityNode[] =>
    known
      .filter((capability) => parentOf(capability) === parent)
      .map((capability) => ({
        capability,
        depth,
        hasReadOnlyForm: withReadOnlyForm.has(capability),
        children: nodesBelow(capability, depth + 1),
      }));
  return [
    ...nodesBelow(null, 0),
    ...strangers.map((capability) => ({
      capability,
      depth: 0,
      hasReadOnlyForm: also.includes(`read@${capability}`),
      children: [],
    })),
  ];
}

function parentOf(capability: string): string | null {
  const at = capability.lastIndexOf(':');
  return at < 0 ? null : capability.slice(0, at);
}

/** At which level a set has one capability of the tree. */
export function levelOf(owned: readonly string[], capability: string): Level {
  if (hasCapability(owned, capability)) return 'write';
  return hasCapability(owned, `read@${capability}`) ? 'read' : 'none';
}

/**
 * The set with one capability of the tree put at a level. What lies below follows: it goes with its parent, and taking away one
 * part of a whole leaves the other parts.
 */
export function withLevel(owned: readonly string[], capability: string, level: Level): readonly string[] {
  const parts = owned.flatMap((held) => splitAround(held, capability));
  const rest = parts.filter((held) => !isSameOrBelow(held, capability));
  const added = level === 'none' ? [] : [level === 'read' ? `read@${capability}` : capability];
  return normaliseCapabilities([...rest, ...added]);
}

/** A held capability that covers the one in question becomes the parts of it which do not. */
function splitAround(held: string, capability: string): readonly string[] {
  const prefix = held.startsWith('read@') ? 'read@' : '';
  const bare = held.slice(prefix.length);
  if (bare === capability || !capability.startsWith(`${bare}:`)) return [held];
  const known: readonly string[] = knownCapabilities;
  return known
    .filter((candidate) => parentOf(candidate) === bare)
    .filter((candidate) => prefix === '' || withReadOnlyForm.has(candidate))
    .flatMap((candidate) => splitAround(`${prefix}${candidate}`, capability));
}

function isSameOrBelow(held: string, capability: string): boolean {
  const bare = held.startsWith('read@') ? held.slice('read@'.length) : held;
  return bare === capability || bare.startsWith(`${capability}:`);
}
