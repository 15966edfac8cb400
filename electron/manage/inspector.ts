import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { InspectedView, MytokenReport } from '../../shared/ipc/contract.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import { rotates } from '../../shared/model/mytoken.ts';
import { type Accounts, findToken, firstLine, type ReadTokenFile } from '../accounts/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Secret } from '../ports/index.ts';
import { examine } from './examine.ts';

/** How long a mytoken that was looked at stays in memory, in case it is to be kept. */
const keptForMs = 10 * 60_000;

/** A mytoken that is looked at, and where it belongs. */
export interface InspectedToken {
  readonly value: Secret;
  /** Null for a JWT, which names its server. */
  readonly instanceUrl: string | null;
}

/** Looks at mytokens that belong to no account, without storing them. One at a time stays in memory, for minutes. */
export interface Inspector {
  /**
   * As imports read text. Asks the server of the mytoken, unless that might do harm: a copy of a mytoken with `auto_revoke` may be outdated, and
   * presenting it would revoke the whole family. Throws `import/no-mytoken-found`, `import/not-a-mytoken`, `import/server-needed`.
   */
  fromText(text: string, instanceUrl: string | undefined): Promise<InspectedView>;
  /** Throws `import/file-unreadable` besides. */
  fromFile(path: string, instanceUrl: string | undefined): Promise<InspectedView>;
  /** Asks the server whatever may come of it: the user's word. Throws `import/no-mytoken-found` when it is not kept any more. */
  ask(inspectId: string): Promise<InspectedView>;
  /** For importing it. Throws as `ask`. */
  take(inspectId: string): InspectedToken;
  forget(): void;
}

export interface InspectorDeps {
  readonly accounts: Pick<Accounts, 'all'>;
  readonly client: Pick<MytokenClient, 'decode' | 'verify' | 'introspect' | 'discover'>;
  readonly readFile: ReadTokenFile;
  readonly clock: Clock;
}

export function createInspector({ accounts, client, readFile, clock }: InspectorDeps): Inspector {
  let kept: (InspectedToken & { readonly id: string; readonly cancel: () => void }) | null = null;

  const forget = (): void => {
    kept?.cancel();
    kept = null;
  };
  const keep = (token: InspectedToken): string => {
    forget();
    const id = randomUUID();
    kept = { ...token, id, cancel: clock.after(keptForMs, forget) };
    return id;
  };
  const find = (inspectId: string): InspectedToken => {
    if (kept?.id === inspectId) return kept;
    throw new DomainError('import/no-mytoken-found', 'This mytoken is not kept here any more.', {
      details: { reason: 'expired' },
    });
  };

  async function look(inspectId: string, token: InspectedToken, evenAtRisk: boolean): Promise<InspectedView> {
    const { value } = token;
    const claims = await client.decode(value);
    const instanceUrl = claims?.iss ?? token.instanceUrl;
    const atRisk = rotates(claims?.rotation) && claims?.rotation?.auto_revoke === true;
    const ask =
      instanceUrl === null || (atRisk && !evenAtRisk)
        ? null
        : () => client.introspect({ instanceUrl, value });
    const report = await examine({ value, ask, client, nowMs: clock.nowMs() });
    return { inspectId, report, atRisk, accountId: accountOf(report, instanceUrl) };
  }

  function accountOf(report: MytokenReport, instanceUrl: string | null): string | null {
    if (instanceUrl === null || report.signature === 'invalid') return null;
    const known = accounts
      .all()
      .find((account) => account.momId === report.momId && sameIssuer(account.instanceUrl, instanceUrl));
    return known?.id ?? null;
  }

  async function fromText(text: string, instanceUrl: string | undefined): Promise<InspectedView> {
    const found = findToken(text);
    if (found === null) throw new DomainError('import/no-mytoken-found', 'There is no mytoken in this text.');
    if (found.kind === 'transfer-code') {
      throw new DomainError('import/not-a-mytoken', 'This is a transfer code, not a mytoken.', {
        details: { reason: 'transfer-code' },
      });
    }
    if (found.kind === 'short' && instanceUrl === undefined) {
      throw new DomainError('import/server-needed', 'A short token does not name its mytoken server.');
    }
    const server =
      found.kind === 'short' && instanceUrl !== undefined
        ? (await client.discover(instanceUrl)).issuer
        : null;
    const token = { value: found.value, instanceUrl: server };
    return look(keep(token), token, false);
  }

  return {
    fromText,
    async fromFile(path, instanceUrl) {
      const { text } = await readFile(path);
      const line = firstLine(text);
      return fromText(findToken(line) === null ? text : line, instanceUrl);
    },
    ask: (inspectId) => look(inspectId, find(inspectId), true),
    take: find,
    forget,
  };
}
