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
  /** How long the user has to answer while the program holds its connection, unless it names a time. */
  readonly approvalMs: number;
  /** The same for programs that come back for the result; also the most anybody can name. */
  readonly asyncApprovalMs: number;
  /** On top of the user's time; after that a waiting client gets an answer whatever the mytoken server does. */
  readonly answerDeadlineMs: number;
  /** How long a program that would rather come back is kept, unless it names a time. */
  readonly asyncWaitMs: number;
  /** A request that takes longer waits for a person, as far as limits are concerned. */
  readonly parkAfterMs: number;
  /** Requests that wait for a person: of one key, and in all. */
  readonly parkedPerKey: number;
  readonly parkedInAll: number;
  /** How long a result can be fetched after it was there; then a mytoken that nobody fetched is revoked. */
  readonly resultLifeMs: number;
  /** Requests with an idempotency key that are remembered: of one key, and in all. */
  readonly rememberedPerKey: number;
  readonly rememberedInAll: number;
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
  /** Requests for pairing per remote address, and for the key of one; they need no key. */
  readonly pairBurst: number;
  readonly pairPerSecond: number;
  readonly pairPollBurst: number;
  readonly pairPollPerSecond: number;
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
  approvalMs: 60_000,
  asyncApprovalMs: 300_000,
  answerDeadlineMs: 60_000,
  asyncWaitMs: 1_000,
  parkAfterMs: 2_000,
  parkedPerKey: 64,
  parkedInAll: 192,
  resultLifeMs: 300_000,
  rememberedPerKey: 32,
  rememberedInAll: 256,
  keyBurst: 1_000,
  keyPerSecond: 200,
  cachedCost: 0.02,
  failureBurst: 20,
  failurePerSecond: 2,
  challengeBurst: 200,
  challengePerSecond: 50,
  pairBurst: 5,
  pairPerSecond: 1 / 30,
  pairPollBurst: 20,
  pairPollPerSecond: 2,
  stopGraceMs: 2_000,
};
