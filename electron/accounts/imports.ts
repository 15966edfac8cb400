import { DomainError } from '../../shared/errors.ts';
import type { ImportCandidate } from '../../shared/ipc/contract.ts';
import { effectiveExpiryMs, rotates } from '../../shared/model/mytoken.ts';
import type { IssuedMytoken, MytokenClaims, MytokenClient } from '../mytoken/index.ts';
import { momIdOf } from '../mytoken/index.ts';
import { Secret } from '../ports/index.ts';
import { EnvironmentScan, type EnvironmentScanDeps } from './environment-scan.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import { issuedFromClaims } from './issued-from-claims.ts';
import { momIdFor } from './record-fields.ts';
import { findToken, firstLine, type FoundToken } from './token-text.ts';
import type {
  AccountRecord,
  Accounts,
  ImportedAccount,
  ImportOptions,
  Imports,
  ImportWarning,
} from './types.ts';
import { UnstoredTokens } from './unstored-tokens.ts';

export interface ImportsDeps extends EnvironmentScanDeps {
  readonly client: Pick<MytokenClient, 'discover' | 'verify' | 'introspect' | 'redeemTransferCode'>;
  readonly accounts: Pick<Accounts, 'all' | 'add' | 'replaceMytoken'>;
}

interface Checked {
  readonly instanceUrl: string;
  readonly token: IssuedMytoken;
  readonly claims: MytokenClaims;
  readonly warnings: readonly ImportWarning[];
}

/** See {@link Imports} for what it promises. */
export function createImports(deps: ImportsDeps): Imports {
  return new ImportDesk(deps);
}

class ImportDesk implements Imports {
  readonly #deps: ImportsDeps;
  readonly #scan: EnvironmentScan;
  readonly #unstored: UnstoredTokens;

  constructor(deps: ImportsDeps) {
    this.#deps = deps;
    this.#scan = new EnvironmentScan(deps);
    this.#unstored = new UnstoredTokens(deps.clock, deps.log);
  }

  async fromText(text: string, options: ImportOptions): Promise<ImportedAccount> {
    return this.#store(await this.#check(findToken(text), options), options);
  }

  async fromFile(path: string, options: ImportOptions): Promise<ImportedAccount> {
    const { text, readableByOthers } = await this.#deps.readFile(path);
    // A server's answer saved as it came spans several lines.
    const found = findToken(firstLine(text)) ?? (text.trimStart().startsWith('{') ? findToken(text) : null);
    const checked = await this.#check(found, options);
    const warnings = readableByOthers
      ? [...checked.warnings, 'file-readable-by-others' as const]
      : checked.warnings;
    return this.#store({ ...checked, warnings }, options);
  }

  async fromTransferCode(
    code: Secret,
    instanceUrl: string,
    options: ImportOptions,
  ): Promise<ImportedAccount> {
    const { client } = this.#deps;
    const { issuer } = await client.discover(instanceUrl);
    const key = `${issuer} ${code.reveal().trim()}`;
    const token =
      this.#unstored.get(key) ??
      (await client.redeemTransferCode(instanceUrl, new Secret(code.reveal().trim())));
    // The code is used up now: what follows may fail, and then the same code must lead to the same mytoken again.
    this.#unstored.keep(key, token);
    const held = { instanceUrl: issuer, value: token.value };
    const claims = token.claims ?? (await client.introspect(held)).claims;
    const warnings: ImportWarning[] = rotates(claims.rotation) ? ['rotating-shared'] : [];
    const account = await this.#store({ instanceUrl: issuer, token, claims, warnings }, options);
    this.#unstored.forget(key);
    return account;
  }

  candidates(): Promise<readonly ImportCandidate[]> {
    return this.#scan.run((instanceUrl, momId) => this.#known(instanceUrl, momId)?.status === 'ok');
  }

  async fromCandidate(ref: string, options: ImportOptions): Promise<ImportedAccount> {
    const value = this.#scan.get(ref);
    if (value === null) {
      throw new DomainError('import/no-mytoken-found', 'This entry is out of date. Search again.', {
        details: { reason: 'expired' },
      });
    }
    return this.#store(await this.#check({ kind: 'jwt', value }, options), options);
  }

  stop(): void {
    this.#scan.clear();
    this.#unstored.clear();
  }

  #check(found: FoundToken | null, options: ImportOptions): Promise<Checked> {
    switch (found?.kind) {
      case undefined:
        throw new DomainError('import/no-mytoken-found', 'There is no mytoken in this text.');
      case 'transfer-code':
        throw new DomainError('import/not-a-mytoken', 'This is a transfer code, not a mytoken.', {
          details: { reason: 'transfer-code' },
        });
      case 'jwt':
        return this.#checkJwt(found.value);
      case 'short':
        return this.#checkShort(found.value, options.instanceUrl);
    }
  }

  async #checkJwt(value: Secret): Promise<Checked> {
    const claims = await this.#deps.client.verify(value);
    const instanceUrl = claims.iss;
    const momId = momIdOf(claims.jti);
    const token = issuedFromClaims('jwt', value, claims, momId, this.#deps.clock.nowMs());
    // Before the server sees it: asking about an outdated string can make it revoke the one we hold ("auto_revoke").
    this.#refuseKnown(instanceUrl, momIdFor(token, claims));
    const expiresAtMs = effectiveExpiryMs(claims);
    if (expiresAtMs !== null && expiresAtMs <= this.#deps.clock.nowMs()) {
      throw new DomainError('mytoken/expired', 'This mytoken has expired.');
    }
    const warnings: ImportWarning[] = rotates(claims.rotation) ? ['rotating-shared'] : [];
    try {
      await this.#deps.client.introspect({ instanceUrl, value });
    } catch (error) {
      const code = error instanceof DomainError ? error.code : null;
      // The server looks at the capability only after it found the mytoken alive.
      if (code === 'mytoken/not-supported') warnings.push('not-checked');
      else if (code !== 'mytoken/insufficient-capabilities') throw error;
    }
    return { instanceUrl, token, claims, warnings };
  }

  /** Without introspection nothing is known of a short token, not even whose it is. */
  async #checkShort(value: Secret, givenUrl: string | undefined): Promise<Checked> {
    const { client, clock } = this.#deps;
    if (givenUrl === undefined) {
      throw new DomainError('import/server-needed', 'A short token does not name its mytoken server.');
    }
    const { issuer: instanceUrl } = await client.discover(givenUrl);
    const { claims, momId } = await client.introspect({ instanceUrl, value });
    const token = issuedFromClaims('short', value, claims, momId, clock.nowMs());
    this.#refuseKnown(instanceUrl, momIdFor(token, claims));
    const warnings: ImportWarning[] = rotates(claims.rotation) ? ['rotating-shared'] : [];
    return { instanceUrl, token, claims, warnings };
  }

  async #store(checked: Checked, options: ImportOptions): Promise<ImportedAccount> {
    const { accounts, client, log } = this.#deps;
    const { instanceUrl, token, claims, warnings } = checked;
    const known = this.#known(instanceUrl, momIdFor(token, claims));
    if (known !== null && isStuck(known)) {
      // The same mytoken, alive: whatever was wrong with the account's own string, this one works.
      const account = await accounts.replaceMytoken(known.id, token, claims);
      return { ...account, warnings };
    }
    const provider = (await client.discover(instanceUrl)).providers.find(({ issuer }) =>
      sameIssuer(issuer, claims.oidc_iss),
    );
    const account = await accounts.add({
      shortname: options.shortname,
      displayName: options.displayName,
      instanceUrl,
      token,
      claims,
      wish: null,
      providerName: provider?.name ?? null,
      providerScopes: provider?.scopes ?? [],
    });
    log.info('import.done', { accountId: account.id, warnings: warnings.join(' ') });
    return { ...account, warnings };
  }

  #known(instanceUrl: string, momId: string): AccountRecord | null {
    return (
      this.#deps.accounts
        .all()
        .find((account) => account.momId === momId && sameIssuer(account.instanceUrl, instanceUrl)) ?? null
    );
  }

  #refuseKnown(instanceUrl: string, momId: string): void {
    const known = this.#known(instanceUrl, momId);
    if (known === null || isStuck(known)) return;
    throw new DomainError(
      'accounts/already-there',
      'This mytoken belongs to an account that is there already.',
      {
        details: { accountId: known.id, shortname: known.shortname },
      },
    );
  }
}

function isStuck(account: AccountRecord): boolean {
  return account.status === 'login-needed' || account.status === 'uncertain';
}
