/** Capabilities a person can choose when asking for a mytoken, in the order they are shown. */
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

export type KnownCapability = (typeof knownCapabilities)[number];

/** What an agent wants by default: everything its user may later want to do from here. */
export const agentCapabilities: readonly string[] = [
  'AT',
  'tokeninfo',
  'manage_mytokens',
  'create_mytoken',
  'settings',
];

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
