import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type { MytokenReport } from '../../shared/ipc/contract.ts';
import {
  defaultCapabilities,
  hasCapability,
  normaliseCapabilities,
} from '../../shared/model/capabilities.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import { concernsAllMytokens, missingCapability } from '../../shared/model/operations.ts';
import { type Accounts, formerWish } from '../accounts/index.ts';
import type { HistoryEvent, MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { MintedTokens, TokenBroker } from '../tokens/index.ts';
import { flattenTrees, momIdsOf } from './flat-tree.ts';
import { type Examination, examine } from './examine.ts';
import { operationCheck } from './operation-check.ts';
import type { Manager } from './types.ts';

export interface ManagerDeps {
  readonly accounts: Pick<Accounts, 'require' | 'all' | 'mytoken' | 'markStatus'>;
  readonly broker: Pick<TokenBroker, 'withMytoken' | 'resolveUncertain' | 'forget'>;
  readonly client: Pick<
    MytokenClient,
    | 'decode'
    | 'verify'
    | 'introspect'
    | 'eventHistory'
    | 'subtokens'
    | 'listMytokens'
    | 'revoke'
    | 'createTransferCode'
  >;
  readonly minted: Pick<MintedTokens, 'keep'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How many mytokens one request for their history names. */
const momIdsPerRequest = 500;

/** See {@link Manager} for what it promises. */
export function createManager(deps: ManagerDeps): Manager {
  const { accounts, broker, client, minted, clock, log } = deps;

  const requireOperation = operationCheck(accounts);

  const historyOf = (accountId: string, momIds?: readonly string[]): Promise<readonly HistoryEvent[]> =>
    broker.withMytoken(accountId, (mytoken) => client.eventHistory(mytoken, momIds));

  /** The word `children` spares a question, but servers refuse it to mytokens that may see everything (mytoken protocol, "event_history"). */
  async function familyHistory(accountId: string): Promise<readonly HistoryEvent[]> {
    const { momId, capabilities } = accounts.require(accountId);
    if (!hasCapability(capabilities, 'manage_mytokens:history'))
      return historyOf(accountId, [momId, 'children']);
    const tree = await broker.withMytoken(accountId, (mytoken) => client.subtokens(mytoken));
    const momIds = momIdsOf(tree);
    const events: HistoryEvent[] = [];
    for (let at = 0; at < momIds.length; at += momIdsPerRequest) {
      events.push(...(await historyOf(accountId, momIds.slice(at, at + momIdsPerRequest))));
    }
    return events;
  }

  /** Accounts whose mytoken may just have been revoked; says so in their status, in words that fit. */
  async function lookAfter(accountIds: readonly string[]): Promise<void> {
    for (const accountId of accountIds) {
      broker.forget(accountId);
      try {
        if ((await broker.resolveUncertain(accountId)) === 'dead') {
          accounts.markStatus(accountId, 'login-needed', {
            code: 'mytoken/token-unusable',
            atMs: clock.nowMs(),
          });
        }
      } catch (error) {
        log.warn('manage.not-checked', { accountId, code: toEnvelope(error).code });
      }
    }
  }

  return {
    async inspect(accountId): Promise<MytokenReport> {
      const value = await accounts.mytoken(accountId);
      if (value === null) {
        throw new DomainError('accounts/needs-login', 'No mytoken is stored for this account; log in again.');
      }
      const ask: Examination['ask'] = () =>
        broker.withMytoken(
          accountId,
          async (mytoken) => ({ value: await client.introspect(mytoken), update: null }),
          'reads',
        );
      return examine({ value, ask, client, nowMs: clock.nowMs() });
    },

    async history(accountId, of) {
      if (of.kind === 'one') {
        if (!of.derived) requireOperation(accountId, 'history-of-others');
      } else requireOperation(accountId, 'history');
      const events = await (of.kind === 'own'
        ? historyOf(accountId)
        : of.kind === 'family'
          ? familyHistory(accountId)
          : historyOf(accountId, [of.momId]));
      // Stable: servers list what happened within one second in its order.
      return [...events].sort((one, other) => other.atMs - one.atMs);
    },

    async tree(accountId, scope) {
      if (scope === 'all') {
        requireOperation(accountId, 'list-mytokens');
        return flattenTrees(await broker.withMytoken(accountId, (mytoken) => client.listMytokens(mytoken)));
      }
      requireOperation(accountId, 'subtokens');
      return flattenTrees([await broker.withMytoken(accountId, (mytoken) => client.subtokens(mytoken))]);
    },

    async revoke(accountId, derived, steps, check) {
      if (!derived) requireOperation(accountId, 'revoke-others');
      let done = 0;
      let failure: unknown = null;
      for (const step of steps) {
        try {
          await broker.withMytoken(accountId, (mytoken) => client.revoke(mytoken, step));
        } catch (error) {
          if (!meansGone(error, derived)) {
            failure = error;
            break;
          }
        }
        done += 1;
      }
      log.info('manage.revoked', { accountId, done, of: steps.length });
      await lookAfter(check);
      return { done, problem: failure === null ? null : toEnvelope(failure) };
    },

    async transferCode(accountId) {
      const { instanceUrl, momId, tokenName, capabilities, restrictions, rotation } =
        accounts.require(accountId);
      const issued = await broker.withMytoken(
        accountId,
        (mytoken) => client.createTransferCode(mytoken),
        'reads',
      );
      const expiresAtMs =
        issued.expiresInSeconds === null ? null : clock.nowMs() + issued.expiresInSeconds * 1000;
      const resultId = minted.keep(accountId, {
        kind: 'transfer_code',
        value: issued.code,
        name: tokenName,
        differences: [],
        ...{ instanceUrl, momId, expiresAtMs, capabilities, restrictions, rotation },
      });
      log.info('manage.transfer-code', { accountId });
      return { resultId, expiresAtMs, instanceUrl };
    },

    widerWish(accountId, capability) {
      const wish = formerWish(accounts.require(accountId), clock.nowMs());
      // A login that names none gets the default ones, which naming one would take away.
      const before =
        wish.capabilities.length === 0 && (wish.include ?? []).length === 0
          ? defaultCapabilities
          : wish.capabilities;
      return { ...wish, capabilities: normaliseCapabilities([...before, capability]) };
    },

    standIns(accountId, operation) {
      if (!concernsAllMytokens(operation)) return [];
      const account = accounts.require(accountId);
      return accounts
        .all()
        .filter(
          (other) =>
            other.id !== accountId &&
            (other.status === 'ok' || other.status === 'unreachable') &&
            sameIssuer(other.instanceUrl, account.instanceUrl) &&
            sameIssuer(other.oidcIssuer, account.oidcIssuer) &&
            other.oidcSubject === account.oidcSubject &&
            missingCapability(other.capabilities, operation) === null,
        )
        .map(({ id }) => id);
    },
  };
}

/**
 * Servers do not say “gone already” of a mytoken that is to be revoked; they find it neither among the descendants nor among the user's
 * (mytoken protocol, "Revocation"), where it was when they listed it.
 */
function meansGone(error: unknown, derived: boolean): boolean {
  if (!(error instanceof DomainError)) return false;
  if (error.code === 'mytoken/insufficient-capabilities') return derived;
  return error.code === 'mytoken/invalid-request' && error.details['reason'] === 'foreign-mytoken';
}
