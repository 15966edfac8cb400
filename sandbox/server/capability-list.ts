/** `GET /api/v0/capabilities` (protocol 18): what a client can build its capability picker from. */
import { json, type Reply } from '../http/exchange.ts';
import { knownCapabilities, type ServerContext } from './context.ts';

const DESCRIPTIONS: Record<string, string> = {
  AT: 'Obtain access tokens',
  create_mytoken: 'Create mytokens from this one',
  tokeninfo: 'Obtain all information about this token',
  'tokeninfo:introspect': 'Introspect this token',
  'tokeninfo:history': 'Obtain the event history of this token',
  'tokeninfo:subtokens': 'List the subtokens of this token',
  'tokeninfo:notify': 'Manage notifications for this token and its subtokens',
  'tokeninfo:tags': 'Manage the tags of this token',
  manage_mytokens: 'Manage all mytokens of the user',
  'manage_mytokens:list': 'List all mytokens of the user',
  'manage_mytokens:revoke': 'Revoke any mytoken of the user',
  'manage_mytokens:history': 'Obtain the event history of any mytoken of the user',
  'manage_mytokens:notify': 'Manage notifications for any mytoken of the user',
  'manage_mytokens:tags': 'Manage the tags of any mytoken of the user',
  settings: 'Change all settings of the user',
  'settings:grants': 'Enable and disable grants',
  'settings:grants:ssh': 'Manage ssh keys',
  'settings:email': 'Change the email settings',
  'settings:tags': 'Manage the tags of the user',
};

interface CapabilityNode {
  read_write_capability: { name: string; description: string };
  read_only_capability?: { name: string; description: string };
  children?: CapabilityNode[];
}

function below(names: readonly string[], parent: string): CapabilityNode[] {
  const depth = parent === '' ? 1 : parent.split(':').length + 1;
  return names
    .filter((name) => !name.startsWith('read@') && name.split(':').length === depth)
    .filter((name) => parent === '' || name.startsWith(`${parent}:`))
    .map((name) => {
      const children = below(names, name);
      const description = DESCRIPTIONS[name] ?? '';
      const readOnly = `read@${name}`;
      return {
        read_write_capability: { name, description },
        ...(names.includes(readOnly)
          ? { read_only_capability: { name: readOnly, description: `Read-only: ${description}` } }
          : {}),
        ...(children.length === 0 ? {} : { children }),
      };
    });
}

export function listCapabilities(context: ServerContext): Reply {
  return json(200, below(knownCapabilities(context), ''));
}
