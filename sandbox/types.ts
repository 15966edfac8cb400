/**
 * Public types of the sandbox: options, the running object and its control surface.
 *
 * "Protocol n.m" in this folder cites sections of the mytoken wire protocol as server 0.10 speaks it.
 */

/** A restriction clause as a token carries it (protocol 6.1). Times are Unix seconds. */
export interface Clause {
  nbf?: number;
  exp?: number;
  scope?: string;
  audience?: string[];
  hosts?: string[];
  geoip_allow?: string[];
  geoip_disallow?: string[];
  usages_AT?: number;
  usages_other?: number;
}

/** Rotation settings of a token (protocol 7); `lifetime` in seconds. */
export interface Rotation {
  on_AT?: boolean;
  on_other?: boolean;
  lifetime?: number;
  auto_revoke?: boolean;
}

export type ResponseType = 'token' | 'short_token' | 'transfer_code';

/** Answer of every call that makes or replaces a mytoken (protocol 8.2). */
export interface MytokenResponse {
  mytoken?: string;
  mytoken_type: ResponseType;
  transfer_code?: string;
  mom_id?: string;
  expires_in?: number;
  capabilities?: string[];
  restrictions?: Clause[];
  rotation?: Rotation;
  token_update?: MytokenResponse;
}

/**
 * Defects and oddities of the real server. All are on by default except the last three, which model other server
 * versions; switch one off to get what a correct server would do.
 */
export interface Quirks {
  /** Empty lists are sent as `null`. Off: `[]`. */
  nullArrays: boolean;
  /** Handlers without a body answer with the status text (`Created`, `OK`) as text/plain. Off: `{}` as JSON. */
  textBodies: boolean;
  /** An unparsable body field `mytoken` is 400 invalid_request. Off: 401 invalid_token. */
  badTokenIs400: boolean;
  /** `error_on_restrictions` is swallowed. Off: 400 when the wanted restrictions are not tighter. */
  deadErrorOnRestrictions: boolean;
  /** A clause which is not tighter vanishes silently. Off: 400. */
  lostClause: boolean;
  /** After an OP error the polling code is unknown (`invalid_token`). Off: `access_denied`. */
  pollingInvalidAfterOpError: boolean;
  /** Without an OP refresh token the polling code stays pending. Off: it ends in `access_denied`. */
  lateFailureStaysPending: boolean;
  /** Second "other" use of a clause with `usages_other` but no `usages_AT` is a 500. */
  otherUseCrash: boolean;
  /** tokeninfo history: "this"/"children…" with `manage_mytokens:history` is 403. */
  thisMomId403: boolean;
  /** Country codes are compared case-sensitively, so lower case never matches. */
  caseSensitiveGeo: boolean;
  /** A clause's audience is not applied when the request names none. */
  audienceNotApplied: boolean;
  /** Requested scope and audience are ignored for unrestricted tokens. */
  unrestrictedIgnoresScope: boolean;
  /** Restriction key `ip` is dropped. Off: it is read as `hosts`. */
  ignoreIpKey: boolean;
  /** Approving with a rotation that was not requested is a 500. */
  consentRotationCrash: boolean;
  /** String revocation of an outdated JWT is a 500. Off: 204. */
  staleRevocation500: boolean;
  /** An empty intersection with what the OP granted means "unrestricted". Off: the clause keeps what was asked. */
  emptyIntersectionUnrestricted: boolean;
  /** Statuses 278, 428 and 555. Off: 200, 400 and 502. */
  oddStatuses: boolean;
  /** The JSON `token_update` is missing in some lists and creations, see protocol 2.6. */
  lostTokenUpdate: boolean;
  /** An event a user with an unverified address would be mailed about makes the operation a 500. Off: no mail. */
  unverifiedMailBreaks: boolean;
  /** `…/<management code>/token` without `mom_id` is a 500. Off: the mytoken in the request is meant. */
  missingMomIdCrash: boolean;
  /** Alarms of calendar events read `-PT7D`, which is no valid iCalendar. Off: `-P7D`. */
  invalidAlarms: boolean;
  /** Off by default: `supported_restriction_keys` with `ip`, as before 0.5. */
  oldDiscoveryNames: boolean;
  /** Off by default: the JSON `token_update` is missing everywhere and only the cookie carries the new token. */
  tokenUpdateCookieOnly: boolean;
  /** Off by default: `providers_supported` entries of extra providers carry `oidfed` instead of `oidc_fed`. */
  newFederationSpelling: boolean;
}

/** Server features an operator can disable; all on by default. */
export interface Features {
  revocation: boolean;
  transferCodes: boolean;
  shortTokens: boolean;
  pollingCodes: boolean;
  tokeninfo: boolean;
  profiles: boolean;
  /** E-mail settings and mail notifications. */
  mail: boolean;
  /** Calendars and calendar invites. */
  calendars: boolean;
  /** Tags; only there from version 0.11 on. */
  tags: boolean;
  /** SSH keys, `ssh_keys` and the grant `ssh` in discovery. */
  sshGrant: boolean;
}

/** Somebody who can sign in at the sandbox's providers. Each exists at every provider, with the same `sub`. */
export interface SandboxUser {
  login: string;
  password: string;
  sub: string;
  name: string;
  email: string;
}

export interface SandboxProvider {
  /** Exact issuer URL, as in discovery and in `oidc_iss`. */
  issuer: string;
  name: string;
  scopes: string[];
}

export interface ProviderSettings {
  /** Upper bound of a mytoken's life at this provider, seconds (protocol 6.3). */
  maxMytokenLifetimeSeconds?: number;
  /** Restrictions every token of this provider is tightened against (protocol 6.4). */
  enforcedRestrictions?: Clause[];
}

export interface LimiterOptions {
  /** Requests per window and client address. Default 100. */
  max?: number;
  /** Default 300. */
  windowSeconds?: number;
  /** The real server exempts loopback; the sandbox only hears loopback. Default false once a limiter is given. */
  exemptLoopback?: boolean;
}

export interface SandboxOptions {
  /** Fixed ports; 0 or missing = chosen by the system. A restart with `stateFile` needs the same ports. */
  ports?: { mytoken?: number; providers?: number[] };
  /** Everything (keys, tokens, OP sessions and grants) is kept in this JSON file. Default: memory only. */
  stateFile?: string;
  /** Default true: control routes below `/__sandbox`. */
  control?: boolean;
  /** Number of real OpenID providers. Default 2. */
  providerCount?: number;
  /** Number of fake federation providers added to discovery. Default 0. */
  extraProviders?: number;
  /** Adds the headless provider `<mytoken>/api/v0/guests`. Default false. */
  guestMode?: boolean;
  /** Life of access tokens, seconds. Default 3600. */
  accessTokenSeconds?: number;
  /** Life of polling, consent and transfer codes, seconds. Default 300. */
  codeSeconds?: number;
  /** Polling interval told to clients, seconds. Default 5. Not enforced, as on the real server. */
  pollingIntervalSeconds?: number;
  /** Letters in a short token, at least 32. Default 64. */
  shortTokenLength?: number;
  /** Does the OP replace the refresh token at each use? Default true. */
  rotateRefreshTokens?: boolean;
  /** `aud` of access tokens when no audience was asked for (Keycloak: "account"). Default: no `aud`. */
  defaultAudience?: string;
  /** Per provider, by index. */
  providerSettings?: ProviderSettings[];
  /** Restriction keys the operator switched off (protocol 6.1). */
  disabledRestrictionKeys?: (keyof Clause)[];
  features?: Partial<Features>;
  quirks?: Partial<Quirks>;
  /** Off unless given. */
  limiter?: LimiterOptions;
  /** Regular expressions of redirect URIs which skip consent in web flows (protocol 8.3). */
  trustedRedirects?: string[];
  /** Header which carries the client address, as behind a proxy. Default: the socket's address. */
  clientIpHeader?: string;
  /** Country of loopback and private addresses; "" = no GeoIP database. Default "DE". */
  country?: string;
  /** Countries of other addresses. */
  countryByIp?: Record<string, string>;
  /** Reverse DNS as the server sees it. Default `127.0.0.1 → localhost`. */
  reverseDns?: Record<string, string[]>;
  /** Passwords of template groups. Default: `_` → `sandbox`, `beamline` → `beamline-secret`. */
  groups?: Record<string, string>;
  /** Leave the shipped templates away, as on a server nobody uploaded them to. Default false. */
  withoutTemplates?: boolean;
  /**
   * The server played, default 0.10.2. Before 0.10 there are no notifications, calendars and e-mail settings; from 0.11
   * on calendars are keyed by id, and there are tags, wishes at creation and `GET /api/v0/capabilities`.
   */
  version?: string;
  /** Seed of the random used by `chance` of faults. Default 1. */
  seed?: number;
}

/** Which requests a fault hits. Missing fields match everything. */
export interface FaultMatch {
  /** Path without query; `*` stands for any run of characters, e.g. `/api/v0/token/*`. */
  path?: string;
  method?: string;
  grant_type?: string;
  /** Hit only from the n-th matching request on (1 = the first). */
  nth?: number;
  /** Hit at most this many requests. */
  count?: number;
}

export type Fault =
  | { kind: 'latency'; ms: number }
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'rate-limit'; retryAfterSeconds: number }
  /** The connection is destroyed and the request is not processed. */
  | { kind: 'cut-before' }
  /** The request is processed completely; its answer is never sent. */
  | { kind: 'cut-after' }
  | { kind: 'malformed-json' }
  | { kind: 'slow-body'; bytesPerSecond: number }
  | { kind: 'huge-body'; bytes: number };

export interface FaultSpec {
  match?: FaultMatch;
  fault: Fault;
  /** Probability per matching request, 0..1. Default 1. */
  chance?: number;
}

export interface FaultHandle {
  id: string;
  /** How often it struck. */
  hits(): number;
  remove(): void;
}

/** How the OpenID providers misbehave. `null` (or false) returns to normal. */
export interface OpBehaviour {
  /** The token endpoint answers with this error. */
  error?: { error: string; error_description?: string; status?: number } | null;
  /** The token endpoint grants at most these scopes. */
  narrowScopes?: string[] | null;
  omitRefreshToken?: boolean;
  /** Every connection is cut. */
  offline?: boolean;
  /** Delay of the token endpoint, milliseconds. */
  latencyMs?: number;
  /** `aud` of access tokens when none was asked for; overrides the option. */
  defaultAudience?: string | null;
  /** The authorization endpoint redirects back with this error. */
  authorizationError?: { error: string; error_description?: string } | null;
}

export interface RequestLogEntry {
  method: string;
  /** Route without query; secrets in the path are replaced by the parameter's name (`/c/:code`). */
  path: string;
  grantType?: string;
  /** Action of tokeninfo calls. */
  action?: string;
  /** Real time of arrival, milliseconds since the epoch. */
  atMs: number;
  durationMs: number;
  /** 0 = the connection was cut. */
  status: number;
  /** Kind of the fault that struck. */
  fault?: string;
}

export interface CompleteLoginOptions {
  /** Login name. */
  user: string;
  /** Default: the user's own password. */
  password?: string;
  /** Default true; false presses Decline on the consent page of the mytoken server. */
  approve?: boolean;
  /** Default true; false presses Cancel at the provider. */
  allowAtProvider?: boolean;
  /** Edits on the consent page; missing = as requested. */
  name?: string;
  capabilities?: string[];
  restrictions?: Clause[];
  rotation?: Rotation;
}

export interface LoginResult {
  /** Where the browser ended. */
  finalUrl: string;
  status: number;
  /** Text of the last page without its mark-up. */
  text: string;
}

export interface IssueMytokenOptions {
  /** Login name. Default alice. */
  user?: string;
  /** Index into `providers`, or an issuer. Default 0. */
  provider?: number | string;
  name?: string;
  /** Default `["AT","tokeninfo"]`. */
  capabilities?: string[];
  restrictions?: Clause[];
  rotation?: Rotation;
  responseType?: ResponseType;
}

export interface IssuedMytoken extends MytokenResponse {
  /** The token string, whatever its type. */
  value: string;
  mom_id: string;
}

export interface PlantTreeOptions {
  /** The token below which the tree grows. */
  momId: string;
  /** Derived mytokens to make. Default 10000. */
  count?: number;
  /** Deepest level below the given token. Default 6. */
  depth?: number;
  /** Share of tokens that have expired already, 0..1. Default 0.15. */
  expiredShare?: number;
  /** Seed of names, shape and times. Default 1. */
  seed?: number;
}

export interface PlantedTree {
  planted: number;
  expired: number;
  /** Deepest level reached. */
  depth: number;
  /** In order of creation. Nobody holds these tokens: they exist in the server's database only. */
  momIds: string[];
}

/** What the server's database knows of a token; no token strings. */
export interface StoredTokenView {
  momId: string;
  name: string;
  seqNo: number;
  parentMomId?: string;
  user: string;
  issuer: string;
  capabilities: string[];
  hasRefreshToken: boolean;
}

export type MailKind = 'verify_email' | 'notification' | 'expiration' | 'ics_invite';

/** A mail the server would have sent. */
export interface SentMail {
  kind: MailKind;
  /** Of `notification` and `expiration`, e.g. `security:ips`. */
  notificationClass?: string;
  /** The mytoken it is about. */
  momId?: string;
  to: string;
  subject: string;
  /** Plain text or HTML, see `html`. */
  body: string;
  html: boolean;
  /** Links in the body; `verify_email` has one, valid for an hour. */
  links: string[];
  /** Attached calendar of `ics_invite`. */
  ics?: string;
  /** Time of the mytoken server, Unix seconds. */
  time: number;
}

export interface SshAttempt {
  /** `ssh_user` of the answer that added the key. */
  sshUser: string;
  /** `ssh_key_fp` as lists have it. */
  fingerprint: string;
}

export interface SetEmailOptions {
  /** Login name. Default alice. */
  user?: string;
  /** Index into `providers`, or an issuer. Default 0. */
  provider?: number | string;
  /** "" = none on file. */
  address?: string;
  verified?: boolean;
  prefersHtml?: boolean;
}

export interface SandboxControl {
  injectFault(spec: FaultSpec): FaultHandle;
  clearFaults(): void;
  /** Moves the clock of the mytoken server (not the providers'). Seconds, may be negative. Returns its new time. */
  advanceClock(seconds: number): number;
  /** Time of the mytoken server, milliseconds since the epoch. */
  nowMs(): number;
  /** Merges into the behaviour of one provider (index or issuer), or of all of them. */
  setOp(behaviour: OpBehaviour, provider?: number | string): void;
  setQuirks(quirks: Partial<Quirks>): void;
  requests(): RequestLogEntry[];
  clearRequests(): void;
  /** Does everything the user does in the browser, without one. @throws Error if a page is not what it should be. */
  completeLogin(consentUri: string, options: CompleteLoginOptions): Promise<LoginResult>;
  /** Makes a token as if a login had been completed. @throws Error for an unknown user or provider. */
  issueMytoken(options?: IssueMytokenOptions): Promise<IssuedMytoken>;
  /** Grows a big tree without logins or requests, with past events. @throws Error for an unknown token */
  plantTree(options: PlantTreeOptions): PlantedTree;
  /** Mail that would have been sent, oldest first. */
  mails(): SentMail[];
  clearMails(): void;
  /** Sets the e-mail settings of a user without any mail. @throws Error for an unknown user or provider */
  setEmail(options: SetEmailOptions): void;
  /** Would this key be let in by ssh? If so it counts as used now. */
  tryAsSsh(attempt: SshAttempt): boolean;
  /**
   * Switches features of the running server, or lets it play another version. Clients see the change when they read
   * discovery again.
   */
  setServer(change: { features?: Partial<Features>; version?: string }): void;
  tokens(): StoredTokenView[];
  /** The server forgets the refresh token ("No refresh token attached"). */
  dropRefreshToken(momId: string): void;
  /** The provider kills the refresh token (`invalid_grant`). */
  revokeAtProvider(momId: string): Promise<void>;
}

export interface Sandbox {
  /** Base URL and issuer of the mytoken server, without trailing slash. */
  mytokenUrl: string;
  providers: SandboxProvider[];
  users: SandboxUser[];
  control: SandboxControl;
  /** Closes all sockets and writes the state file. May be called twice. */
  stop(): Promise<void>;
}
