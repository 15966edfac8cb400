import type { MintedView } from '../../../shared/ipc/contract.ts';

/**
 * Lines for a POSIX shell that use a new mytoken from the variable that the copied line sets: nothing secret in the line itself, so
 * neither the shell's history nor the list of processes gets to see it.
 */
export function snippets(minted: MintedView): { readonly curl: string; readonly client: string } {
  if (minted.kind === 'transfer_code') {
    return {
      curl: post(minted.mytokenUrl, 'transfer_code', 'MYTOKEN_TC', '.mytoken'),
      client: 'mytoken MT --TC',
    };
  }
  return {
    curl: post(minted.accessUrl, 'mytoken', 'MYTOKEN', '.access_token'),
    client: 'mytoken AT --MT-env MYTOKEN',
  };
}

/** The body goes through standard input: as an argument everybody on the machine could read it. */
function post(url: string, grant: string, variable: string, field: string): string {
  const body = `{"grant_type":"${grant}","${grant}":"%s"}`;
  return (
    `printf '${body}' "$${variable}" | ` +
    `curl -sS -H 'Content-Type: application/json' --data @- '${url.replaceAll("'", '%27')}' | jq -r ${field}`
  );
}
