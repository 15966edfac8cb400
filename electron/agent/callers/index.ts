export { type RecognisedCaller, recogniseCaller, unknownCaller } from './describe.ts';
export { type CallerDeps, createCallerIdentifier, createCallerRecogniser, isServed } from './identify.ts';
export { createTcpPeerIdentifier, type IdentifyTcpPeer } from './identify-tcp.ts';
