export { type RecognisedCaller, recogniseCaller, unknownCaller } from './describe.ts';
export { type CallerDeps, createCallerIdentifier, createCallerRecogniser, isServed } from './identify.ts';
export { createTcpCallerRecogniser, type RecogniseTcpCaller } from './identify-tcp.ts';
