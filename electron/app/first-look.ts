import type { Clock } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { Vault, VaultStateKind } from '../vault/index.ts';

/** How long a program that asks right after the start waits for the keyring. */
const firstLookMs = 10_000;

/** The doors stand before the keyring has been asked: whoever comes in that moment waits instead of being sent away. */
export interface FirstLook {
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  /** How the store of mytokens stands, once it has been looked at. */
  storage(): Promise<VaultStateKind>;
}

export function createFirstLook({
  vault,
  broker,
  clock,
}: {
  readonly vault: Pick<Vault, 'state' | 'onState'>;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly clock: Clock;
}): FirstLook {
  let pending: Promise<void> | null = new Promise((resolve) => {
    const enough = (): void => {
      pending = null;
      cancel();
      forget();
      resolve();
    };
    const forget = vault.onState(enough);
    const cancel = clock.after(firstLookMs, enough);
  });
  return {
    broker: {
      accessToken: (wish) =>
        pending === null ? broker.accessToken(wish) : pending.then(() => broker.accessToken(wish)),
    },
    async storage() {
      await pending;
      return vault.state().kind;
    },
  };
}
