import type { Clause, ClauseRequest, Rotation } from '../../shared/model/mytoken.ts';
import type { CalendarsClient, NotificationsClient } from './notices-types.ts';
import type { UserSettingsClient } from './settings-types.ts';
import type { Secret } from '../ports/index.ts';

export interface ProviderInfo {
  readonly issuer: string;
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly federated: boolean;
}

/** What a mytoken server said of itself in its discovery document, checked and normalised. */
export interface InstanceInfo {
  /** Exactly as the server spells it: compare byte for byte. */
  readonly issuer: string;
  readonly version: string;
  readonly providers: readonly ProviderInfo[];
  readonly endpoints: {
    readonly mytoken: string;
    readonly accessToken: string;
    readonly jwks: string;
    readonly tokeninfo: string | null;
    readonly revocation: string | null;
    readonly transfer: string | null;
    readonly profiles: string | null;
    readonly usersettings: string | null;
    readonly notifications: string | null;
  };
  readonly restrictionKeys: readonly string[] | null;
  readonly responseTypes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly signingAlg: string;
  readonly documentation: string | null;
  /** Difference server clock minus ours as seen in the `Date` header, milliseconds; null when unknown. */
  readonly clockSkewMs: number | null;
}

/** Claims of a mytoken JWT (mytoken protocol, "JWT"), signature verified unless said otherwise. */
export interface MytokenClaims {
  readonly ver?: string | undefined;
  readonly token_type: 'mytoken';
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp?: number | undefined;
  readonly nbf: number;
  readonly iat: number;
  readonly auth_time?: number | undefined;
  readonly jti: string;
  readonly seq_no: number;
  readonly name?: string | undefined;
  readonly oidc_sub: string;
  readonly oidc_iss: string;
  readonly restrictions?: readonly Clause[] | undefined;
  readonly capabilities: readonly string[];
  readonly rotation?: Rotation | undefined;
}

/** A mytoken someone holds, bound to the only server it may be sent to. */
export interface HeldMytoken {
  readonly instanceUrl: string;
  readonly value: Secret;
}

export type MytokenKind = 'jwt' | 'short';

/**
 * A mytoken as issued. For JWTs `claims` are verified; short tokens have none until introspected. Every mytoken has
 * capabilities, so an empty list (a short token replaced through a cookie) means that the server did not tell.
 */
export interface IssuedMytoken {
  readonly kind: MytokenKind;
  readonly value: Secret;
  readonly claims: MytokenClaims | null;
  readonly momId: string | null;
  readonly expiresInSeconds: number | null;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
  /**
   * False when the server's keys could not be fetched just then, so that `claims` are only read, not verified: the
   * server has forgotten the former string already and losing the new one would be worse. Absent means true.
   */
  readonly claimsVerified?: boolean | undefined;
}

/** A sub-mytoken answered as a transfer code. */
export interface IssuedTransferCode {
  readonly kind: 'transfer-code';
  readonly code: Secret;
  readonly momId: string | null;
  /** Life of the code, not of the mytoken behind it. */
  readonly expiresInSeconds: number | null;
  /** Of the mytoken behind the code; empty where the server does not tell. */
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
}

/** Every call that used a mytoken may have replaced it: `update` must be stored before `value` is used. */
export interface Answer<T> {
  readonly value: T;
  readonly update: IssuedMytoken | null;
}

export interface LoginRequest {
  readonly oidcIssuer: string;
  readonly tokenName: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly ClauseRequest[];
  readonly rotation: Rotation | null;
  readonly include?: readonly string[] | undefined;
}

export interface LoginStarted {
  /** A secret as long as the login runs: whoever sees it can redeem the token. */
  readonly consentUri: Secret;
  readonly pollingCode: Secret;
  readonly expiresAtMs: number;
  readonly intervalMs: number;
}

export type PollAnswer =
  { readonly kind: 'pending' } | { readonly kind: 'done'; readonly token: IssuedMytoken };

export interface AccessTokenRequest {
  readonly scope?: readonly string[] | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly comment?: string | undefined;
}

export interface AccessTokenAnswer {
  readonly accessToken: Secret;
  readonly tokenType: string;
  readonly expiresInSeconds: number;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

export interface SubMytokenRequest {
  readonly name?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  readonly restrictions?: readonly ClauseRequest[] | undefined;
  readonly rotation?: Rotation | undefined;
  readonly include?: readonly string[] | undefined;
  readonly responseType?: 'token' | 'short_token' | 'transfer_code' | undefined;
}

export interface Introspection {
  readonly kind: MytokenKind;
  readonly momId: string | null;
  readonly claims: MytokenClaims;
  /** How often each clause of the restrictions was used, in their order; null where nothing is counted (yet). */
  readonly uses?: readonly ClauseUse[] | undefined;
}

export interface ClauseUse {
  readonly AT: number | null;
  readonly other: number | null;
}

export interface HistoryEvent {
  readonly event: string;
  readonly atMs: number;
  readonly comment: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly momId: string | null;
}

export interface TokenTree {
  readonly momId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly ip: string | null;
  readonly children: readonly TokenTree[];
}

export type TemplateKind = 'profiles' | 'capabilities' | 'restrictions' | 'rotation';

export interface TemplateEntry {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly payload: unknown;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Client of mytoken servers. Endpoint URLs come from discovery only. All failures are DomainErrors `mytoken/*` or `login/*`;
 * those of a call that used a mytoken carry `details.sent`: `'no'` when the server cannot have processed the request,
 * `'maybe'` when the answer was lost after sending (then a rotating mytoken may have been replaced, and the request
 * must not be repeated by itself), `'rejected'` when the server answered that nothing was done.
 */
export interface MytokenClient {
  /** Cached for ten minutes per URL; `refresh` asks again. Refuses anything but https, save loopback (R-1, R-56). */
  discover(
    instanceUrl: string,
    options?: CallOptions & { readonly refresh?: boolean },
  ): Promise<InstanceInfo>;
  startLogin(instanceUrl: string, request: LoginRequest, options?: CallOptions): Promise<LoginStarted>;
  /** Throws `login/declined`, `login/expired`, `login/taken`; transient failures throw retryable `mytoken/*`. */
  poll(instanceUrl: string, pollingCode: Secret, options?: CallOptions): Promise<PollAnswer>;
  /** Deletes the polling code at the server, revoking a token already linked to it. Best effort. */
  abandonLogin(instanceUrl: string, pollingCode: Secret): Promise<void>;
  redeemTransferCode(instanceUrl: string, code: Secret, options?: CallOptions): Promise<IssuedMytoken>;
  accessToken(
    token: HeldMytoken,
    request: AccessTokenRequest,
    options?: CallOptions,
  ): Promise<Answer<AccessTokenAnswer>>;
  createSubMytoken(
    token: HeldMytoken,
    request: SubMytokenRequest,
    options?: CallOptions,
  ): Promise<Answer<IssuedMytoken | IssuedTransferCode>>;
  createTransferCode(token: HeldMytoken, options?: CallOptions): Promise<Answer<IssuedTransferCode>>;
  introspect(token: HeldMytoken, options?: CallOptions): Promise<Introspection>;
  eventHistory(
    token: HeldMytoken,
    momIds?: readonly string[],
    options?: CallOptions,
  ): Promise<Answer<readonly HistoryEvent[]>>;
  subtokens(token: HeldMytoken, options?: CallOptions): Promise<Answer<TokenTree>>;
  listMytokens(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly TokenTree[]>>;
  revoke(
    token: HeldMytoken,
    request: { readonly momId?: string | undefined; readonly recursive?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Answer<null>>;
  readonly userSettings: UserSettingsClient;
  readonly notifications: NotificationsClient;
  readonly calendars: CalendarsClient;
  templateGroups(instanceUrl: string, options?: CallOptions): Promise<readonly string[]>;
  templates(
    instanceUrl: string,
    kind: TemplateKind,
    group: string,
    options?: CallOptions,
  ): Promise<readonly TemplateEntry[]>;
  /** The claims of a mytoken JWT without any proof: never trust them. Null for anything else, such as a short token. */
  decode(jwt: Secret): Promise<MytokenClaims | null>;
  /** Verifies signature, issuer and type of a mytoken JWT; throws `mytoken/bad-signature` or `import/not-a-mytoken`. */
  verify(jwt: Secret, options?: CallOptions): Promise<MytokenClaims>;
}
