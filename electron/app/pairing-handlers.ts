import type { Pairing } from '../agent/index.ts';
import type { Handlers } from '../ipc/index.ts';

export interface PairingHandlerDeps {
  readonly pairing: Pairing;
}

/** The user's side of pairing: the code that a program showed, and what the program is given. */
export function pairingHandlers({
  pairing,
}: PairingHandlerDeps): Pick<Handlers, Extract<keyof Handlers, `pairing:${string}`>> {
  return {
    'pairing:look-up': ({ code }) => Promise.resolve(pairing.lookUp(code)),

    'pairing:accept'({ code, ...terms }) {
      pairing.accept(code, terms);
      return Promise.resolve(null);
    },

    'pairing:refuse'({ code }) {
      pairing.refuse(code);
      return Promise.resolve(null);
    },
  };
}
