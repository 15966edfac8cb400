export { type BearerFilesDeps, createBearerFiles } from './bearer-files.ts';
export { createMytokenFiles, type MytokenFilesDeps } from './mytoken-files.ts';
export { planTerminal, type TerminalFacts, type TerminalPlan } from './terminal.ts';
export type * from './types.ts';
