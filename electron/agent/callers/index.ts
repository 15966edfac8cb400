export { type RecognisedCaller, recogniseCaller, unknownCaller, unrecognisedCaller } from './describe.ts';
export { type CallerDeps, createCallerRecogniser, isServed, type LookAtCaller } from './identify.ts';
export { FamiliarProcesses } from './process-table.ts';
export { createTcpCallerRecogniser, type RecogniseTcpCaller } from './identify-tcp.ts';
