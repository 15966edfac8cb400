export { type ClientKeysDeps, createClientKeys } from './http/client-keys.ts';
export { createHttpEndpoint, type HttpEndpointDeps } from './http/endpoint.ts';
export { type Pairing } from './http/pairing.ts';
export { clientKeyPattern, looksLikeClientKey } from './http/key-format.ts';
export { parseStoredClients } from './http/stored-clients.ts';
export type * from './http/types.ts';
export {
  createCallerRecogniser,
  createTcpCallerRecogniser,
  type RecogniseTcpCaller,
  unknownCaller,
  unrecognisedCaller,
} from './callers/index.ts';
export { type Asker, createDesk, type Desk, type DeskDeps } from './desk/index.ts';
export {
  createEnvironmentFile,
  createServicePath,
  type EnvironmentFile,
  type ServicePath,
} from './in-place/index.ts';
export { runSelfTest, type SelfTestDeps } from './self-test/index.ts';
export {
  type AgentSocket,
  createAgentSocket,
  createSocketService,
  refuseStrangeText,
  wishOfProfile,
} from './socket/index.ts';
