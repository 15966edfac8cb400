export { type BrokerDeps, createTokenBroker } from './broker.ts';
export { fileJournal, type Journal, type JournalEntry } from './journal.ts';
export type * from './types.ts';
export { createMintedTokens, type MintedTokens } from './minted-tokens.ts';
export { createMinter, type MintedMytoken, type Minter, refuseImpossible } from './minter.ts';
