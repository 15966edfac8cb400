import { createHash } from 'node:crypto';
import { shortnamePattern } from '../../../shared/model/account.ts';
import {
  type AccountRecord,
  type Accounts,
  type Imports,
  unverifiedClaims,
  uniqueShortname,
} from '../../accounts/index.ts';
import type { Approvals } from '../../approvals/index.ts';
import type { Asker, OfferedAccount } from './types.ts';

export interface ImportAccountDeps {
  readonly accounts: Pick<Accounts, 'all'>;
  readonly imports: Pick<Imports, 'fromText'>;
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly refuseClosed: () => void;
}

/**
 * Takes in a mytoken that a program hands over, once its user agreed. What a JWT says of itself is what is shown and, after its signature
 * was checked, what counts; of a short token there is only the program's word until then.
 */
export async function importAccount(
  deps: ImportAccountDeps,
  offered: OfferedAccount,
  from: Asker,
  signal: AbortSignal,
): Promise<AccountRecord> {
  const claims = unverifiedClaims(offered.mytoken);
  await deps.approvals.ask(
    {
      caller: from.caller,
      account: null,
      policy: 'ask-always',
      content: {
        kind: 'import-account',
        name: offered.name,
        instanceUrl: claims?.iss ?? offered.instanceUrl,
        oidcIssuer: claims?.oidc_iss ?? offered.oidcIssuer,
        capabilities: claims?.capabilities ?? null,
      },
      // Two mytokens may say the same of themselves; one answer is about one of them.
      particular: createHash('sha256').update(offered.mytoken.reveal()).digest('hex'),
      waitMs: from.waitMs,
    },
    signal,
  );
  deps.refuseClosed();
  return deps.imports.fromText(offered.mytoken.reveal(), {
    instanceUrl: offered.instanceUrl,
    shortname: freeShortname(offered.name, deps.accounts),
    displayName: offered.name,
  });
}

/** The program's name for it, with a number behind where that is taken; left to the app where it cannot be one. */
function freeShortname(name: string, accounts: Pick<Accounts, 'all'>): string | undefined {
  if (!shortnamePattern.test(name)) return undefined;
  const taken = new Set(accounts.all().map(({ shortname }) => shortname.toLowerCase()));
  return uniqueShortname(name, (candidate) => taken.has(candidate.toLowerCase()));
}
