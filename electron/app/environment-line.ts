import type { ResponseType } from '../../shared/model/sub-mytoken.ts';
import type { Secret } from '../ports/index.ts';

/**
 * A line for a POSIX shell that sets what the `mytoken` command line client looks for. Token strings hold no quotes, but a server
 * decides what they hold: quoted all the same.
 */
export function environmentLine(kind: ResponseType, value: Secret): string {
  const variable = kind === 'transfer_code' ? 'MYTOKEN_TC' : 'MYTOKEN';
  return `export ${variable}='${value.reveal().replaceAll("'", String.raw`'\''`)}'`;
}
