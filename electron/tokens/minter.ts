import { DomainError } from '../../shared/errors.ts';
import { hasCapability } from '../../shared/model/capabilities.ts';
import type { Clause, Rotation } from '../../shared/model/mytoken.ts';
import { normaliseRestrictions, widerThan } from '../../shared/model/restrictions.ts';
import type { LoginDifference } from '../../shared/model/state.ts';
import {
  fieldProblems,
  predictChild,
  type ResponseType,
  type SubMytokenWish,
} from '../../shared/model/sub-mytoken.ts';
import { differencesFrom } from '../../shared/model/wish-differences.ts';
import type { Accounts } from '../accounts/index.ts';
import type { IssuedMytoken, IssuedTransferCode, MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import type { TokenBroker } from './types.ts';

export interface MinterDeps {
  readonly accounts: Pick<Accounts, 'require'>;
  readonly broker: Pick<TokenBroker, 'withMytoken'>;
  readonly client: Pick<MytokenClient, 'createSubMytoken' | 'discover' | 'revoke'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws while nothing may be handed out: what a server made in that moment is taken back. */
  readonly refuseClosed?: (() => void) | undefined;
}

/** A mytoken made from an account's, as the server granted it. */
export interface MintedMytoken {
  /** What the server gave; it falls back to `token` where short tokens or transfer codes are switched off. */
  readonly kind: ResponseType;
  readonly value: Secret;
  readonly instanceUrl: string;
  /** To find it again for revoking; null where an old server does not tell. */
  readonly momId: string | null;
  readonly name: string;
  /** When the mytoken stops working, or for a transfer code when the code does; null for never. */
  readonly expiresAtMs: number | null;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
  readonly differences: readonly LoginDifference[];
}

export interface Minter {
  /**
   * Makes a mytoken from an account's. What a server would drop or widen without a word is refused here before it is asked: throws
   * `compose/invalid` (details `field`, `clause`, `problem`), `compose/not-the-parents`, `compose/would-widen` (details `clause`, `keys`),
   * and what the broker and the client throw. Should the server give more than was asked for all the same, the new mytoken is revoked and
   * `compose/widened` thrown.
   */
  mint(accountId: string, wish: SubMytokenWish): Promise<MintedMytoken>;
  /** Takes back what was made, with everything made from it; of a code also the mytoken behind it. Throws what the client throws. */
  revoke(minted: Pick<MintedMytoken, 'instanceUrl' | 'value'>): Promise<void>;
}

export function createMinter(deps: MinterDeps): Minter {
  const { accounts, broker, client, clock, log } = deps;

  const revoke: Minter['revoke'] = async ({ instanceUrl, value }) => {
    await client.revoke({ instanceUrl, value }, { recursive: true });
  };

  return {
    revoke,
    async mint(accountId, wish) {
      const account = accounts.require(accountId);
      const { clockSkewMs } = await client.discover(account.instanceUrl);
      const nowSeconds = Math.floor((clock.nowMs() + (clockSkewMs ?? 0)) / 1000);
      refuseImpossible(account, wish, nowSeconds);
      // Absolute times: what was shown is what is asked for, however long the request takes.
      const restrictions = normaliseRestrictions(wish.restrictions, nowSeconds);
      const issued = await broker.withMytoken(accountId, (mytoken) =>
        client.createSubMytoken(mytoken, { ...wish, restrictions, rotation: wish.rotation ?? undefined }),
      );
      const granted = { ...issued, oidc_iss: account.oidcIssuer };
      const expected = restrictions.length > 0 ? restrictions : account.restrictions;
      const value = issued.kind === 'transfer-code' ? issued.code : issued.value;
      if (gaveMore(wish.capabilities, expected, issued)) {
        const revoked = await revoke({ instanceUrl: account.instanceUrl, value }).then(
          () => true,
          () => false,
        );
        log.error('compose.widened', { accountId, revoked });
        throw new DomainError('compose/widened', 'The server gave more than was asked for.', {
          details: { revoked },
        });
      }
      try {
        deps.refuseClosed?.();
      } catch (error) {
        await revoke({ instanceUrl: account.instanceUrl, value });
        throw error;
      }
      log.info('compose.issued', { accountId, kind: kindOf(issued) });
      return {
        kind: kindOf(issued),
        value,
        instanceUrl: account.instanceUrl,
        momId: issued.momId,
        name: wish.name,
        expiresAtMs: issued.expiresInSeconds === null ? null : clock.nowMs() + issued.expiresInSeconds * 1000,
        capabilities: issued.capabilities,
        restrictions: issued.restrictions,
        rotation: issued.rotation,
        differences: told(issued)
          ? differencesFrom(
              {
                wish: { ...wish, restrictions: expected },
                oidcIssuer: account.oidcIssuer,
                atMs: nowSeconds * 1000,
              },
              granted,
            )
          : [],
      };
    },
  };
}

/** Throws what makes this wish impossible for this mytoken, see {@link Minter.mint}. */
export function refuseImpossible(
  parent: { readonly capabilities: readonly string[]; readonly restrictions: readonly Clause[] },
  wish: SubMytokenWish,
  nowSeconds: number,
): void {
  refuseMistakes(wish, nowSeconds);
  refuseSilentChanges(parent, wish, nowSeconds);
}

function refuseMistakes(wish: SubMytokenWish, nowSeconds: number): void {
  const [mistake] = fieldProblems(wish, nowSeconds);
  if (mistake === undefined) return;
  throw new DomainError('compose/invalid', `The field ${mistake.field} cannot be used as it is.`, {
    details: {
      field: mistake.field,
      problem: mistake.problem,
      ...(mistake.clause === null ? {} : { clause: mistake.clause }),
    },
  });
}

/** All that servers do without saying so (mytoken protocol, "Requesting" and "Tightening"). */
function refuseSilentChanges(
  parent: { readonly capabilities: readonly string[]; readonly restrictions: readonly Clause[] },
  wish: SubMytokenWish,
  nowSeconds: number,
): void {
  const predicted = predictChild(parent, wish, nowSeconds);
  if (!hasCapability(parent.capabilities, 'create_mytoken')) {
    throw new DomainError(
      'compose/not-the-parents',
      'The mytoken of the account may not make further ones.',
      {
        details: { reason: 'create_mytoken' },
      },
    );
  }
  if (predicted.refused !== null || predicted.droppedCapabilities.length > 0) {
    throw new DomainError('compose/not-the-parents', 'The mytoken of the account cannot give this.', {
      details: {
        capabilities: predicted.droppedCapabilities.join(' '),
        reason: predicted.refused ?? 'capabilities',
      },
    });
  }
  const lost = predicted.verdicts.findIndex(({ base, wider }) => base === null && wider.length > 0);
  if (lost >= 0) {
    const keys = predicted.verdicts[lost]?.wider.map(({ key }) => key).join(' ') ?? '';
    throw new DomainError('compose/would-widen', 'A restriction is wider than those of the parent.', {
      details: { clause: lost, keys },
    });
  }
}

/** Short tokens and codes carry no claims; old servers do not repeat them beside. */
function told(issued: IssuedMytoken | IssuedTransferCode): boolean {
  return issued.capabilities.length > 0;
}

function gaveMore(
  asked: readonly string[],
  expected: readonly Clause[],
  issued: IssuedMytoken | IssuedTransferCode,
): boolean {
  if (!told(issued)) return false;
  if (issued.capabilities.some((capability) => !hasCapability(asked, capability))) return true;
  if (expected.length === 0) return false;
  if (issued.restrictions.length === 0) return true;
  return issued.restrictions.some((clause) =>
    // `this` has become an address, and names are the server's to resolve: only what is certain counts.
    expected.every((base) => widerThan(clause, base).some(({ certain }) => certain)),
  );
}

function kindOf(issued: IssuedMytoken | IssuedTransferCode): ResponseType {
  if (issued.kind === 'transfer-code') return 'transfer_code';
  return issued.kind === 'short' ? 'short_token' : 'token';
}
