export { type BrokerDeps, createTokenBroker } from './broker.ts';
export { fileJournal, type Journal, type JournalEntry } from './journal.ts';
export type * from './types.ts';
