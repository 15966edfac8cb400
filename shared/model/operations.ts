import { hasCapability } from './capabilities.ts';

/**
 * What can be done with an account's mytoken besides getting access tokens, and the capability that its server asks for
 * (mytoken protocol, "Operation matrix"). The one table behind every offer of the windows and every check in main.
 */
export const operationCapabilities = {
  introspect: 'tokeninfo:introspect',
  history: 'tokeninfo:history',
  'history-of-others': 'manage_mytokens:history',
  subtokens: 'tokeninfo:subtokens',
  'list-mytokens': 'manage_mytokens:list',
  'revoke-others': 'manage_mytokens:revoke',
  'see-email': 'read@settings:email',
  'change-email': 'settings:email',
  'change-grants': 'settings:grants',
  'see-ssh-keys': 'read@settings:grants:ssh',
  'change-ssh-keys': 'settings:grants:ssh',
  notify: 'tokeninfo:notify',
  'see-notices': 'read@manage_mytokens:notify',
  'notify-others': 'manage_mytokens:notify',
} as const satisfies Record<string, string>;

export type Operation = keyof typeof operationCapabilities;

export const operations = Object.keys(operationCapabilities) as readonly Operation[];

/** Concern all mytokens of a user: any mytoken of the same user that may do it will do. */
const userWide: ReadonlySet<Operation> = new Set([
  'history-of-others',
  'list-mytokens',
  'revoke-others',
  'see-email',
  'change-email',
  'change-grants',
  'see-ssh-keys',
  'change-ssh-keys',
  'see-notices',
  'notify-others',
]);

export function concernsAllMytokens(operation: Operation): boolean {
  return userWide.has(operation);
}

/** The capability that is missing for an operation, or null when the mytoken has it. */
export function missingCapability(owned: readonly string[], operation: Operation): string | null {
  const needed = operationCapabilities[operation];
  return hasCapability(owned, needed) ? null : needed;
}
