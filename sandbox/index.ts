/** The sandbox: a mytoken server and the OpenID providers behind it, on loopback, for tests and the demo. */
export { startSandbox } from './start.ts';
export type * from './types.ts';
