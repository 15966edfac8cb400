/** What one endpoint puts up with. Everything a client can make large, many or slow has a bound here. */
export interface EndpointLimits {
  readonly bodyBytes: number;
  /** How much of a body that is too large is read and thrown away, so that the client gets to see why. */
  readonly discardBytes: number;
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly headerTimeoutMs: number;
  /** For the whole request, headers and body. */
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** How often Node looks for connections that are over their time. */
  readonly timeoutCheckMs: number;
  readonly connections: number;
  readonly requestsInFlightPerKey: number;
  /** After this a waiting client gets an answer whatever the mytoken server does. */
  readonly answerDeadlineMs: number;
  /** Requests per key: this many at once, then so many a second. */
  readonly keyBurst: number;
  readonly keyPerSecond: number;
  /** What an answer from the cache counts in {@link keyBurst}: it costs the machine next to nothing. */
  readonly cachedCost: number;
  /** Wrong keys per remote address. */
  readonly failureBurst: number;
  readonly failurePerSecond: number;
  /** Challenges per remote address; they need no key. */
  readonly challengeBurst: number;
  readonly challengePerSecond: number;
  /** How long `stop` waits for requests in flight. */
  readonly stopGraceMs: number;
}

export const defaultLimits: EndpointLimits = {
  bodyBytes: 64 * 1024,
  discardBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 64,
  headerTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  timeoutCheckMs: 5_000,
  connections: 256,
  requestsInFlightPerKey: 128,
  answerDeadlineMs: 60_000,
  keyBurst: 1_000,
  keyPerSecond: 200,
  cachedCost: 0.02,
  failureBurst: 20,
  failurePerSecond: 2,
  challengeBurst: 200,
  challengePerSecond: 50,
  stopGraceMs: 2_000,
};
