/** Capabilities and the "has" rule (protocol 5). */

export const DEFAULT_CAPABILITIES: readonly string[] = ['AT', 'tokeninfo'];

/** Paths with their children, in the order the consent page shows them. */
export const KNOWN_CAPABILITIES: readonly string[] = [
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
  'read@manage_mytokens:notify',
  'settings',
  'read@settings',
  'settings:grants',
  'read@settings:grants',
  'settings:grants:ssh',
  'read@settings:grants:ssh',
  'settings:email',
  'read@settings:email',
];

/** Came with tags in 0.11. */
export const TAG_CAPABILITIES: readonly string[] = [
  'tokeninfo:tags',
  'manage_mytokens:tags',
  'settings:tags',
  'read@settings:tags',
];

interface ParsedCapability {
  readOnly: boolean;
  parts: string[];
}

function parse(capability: string): ParsedCapability {
  const readOnly = capability.startsWith('read@');
  return { readOnly, parts: (readOnly ? capability.slice(5) : capability).split(':') };
}

/** Does `owned` cover `wanted`? A prefix covers everything below it; read-only never gives write. */
export function has(owned: readonly string[], wanted: string): boolean {
  const target = parse(wanted);
  return owned.some((candidate) => {
    const held = parse(candidate);
    if (held.readOnly && !target.readOnly) return false;
    if (held.parts.length > target.parts.length) return false;
    return held.parts.every((part, index) => part === target.parts[index]);
  });
}

/**
 * Capabilities of a child (protocol 5.2): what was asked for and the parent covers, in the requested spelling and
 * order; everything of the parent when nothing was asked for.
 */
export function childCapabilities(parent: readonly string[], requested: readonly string[]): string[] {
  return requested.length === 0 ? [...parent] : requested.filter((wanted) => has(parent, wanted));
}
