/** Records of the server's database. All times are Unix seconds. */
import type { JsonWebKey } from 'node:crypto';
import type { Clause, ResponseType, Rotation } from '../types.ts';
import type {
  StoredAction,
  StoredCalendar,
  StoredMail,
  StoredNotification,
  StoredUser,
} from '../users/model.ts';
import type { CreationWishes } from '../server/at-creation.ts';
import type { UsageDone } from '../rules/selection.ts';

/** Claims of a mytoken JWT (protocol 4.1). */
export interface MytokenClaims {
  ver: string;
  token_type: 'mytoken';
  iss: string;
  sub: string;
  exp?: number;
  nbf: number;
  iat: number;
  auth_time?: number;
  jti: string;
  seq_no: number;
  name?: string;
  aud: string;
  oidc_sub: string;
  oidc_iss: string;
  restrictions?: Clause[];
  capabilities: string[];
  rotation?: Rotation;
}

export interface StoredEvent {
  event: string;
  time: number;
  comment?: string;
  ip: string;
  user_agent: string;
}

export interface StoredTokenTag {
  tag: string;
  /** Children made from now on get it, too. */
  includeChildren: boolean;
}

export interface StoredToken {
  momId: string;
  /** Claims of the current JWT. */
  claims: MytokenClaims;
  parent?: string;
  /** Id of the provider's refresh token, shared by the tree; missing = lost. */
  refreshTokenId?: string;
  created: number;
  /** Last rotation or creation. */
  lastRotated: number;
  ip: string;
  /** By the JSON text of the clause. */
  usage: Record<string, UsageDone>;
  events: StoredEvent[];
  tags?: StoredTokenTag[];
}

export interface StoredRefreshToken {
  issuer: string;
  value: string;
}

export interface DeliveryWish {
  responseType: ResponseType;
  maxTokenLen: number;
}

/** An ssh key that waits for its login (protocol 14.3). */
export interface SshWish {
  /** `sub` of the mytoken that asked. */
  sub: string;
  fingerprint: string;
  name: string;
}

export interface StoredCode {
  kind: 'polling' | 'transfer';
  expires: number;
  state: 'pending' | 'declined' | 'ready';
  jwt?: string;
  wish: DeliveryWish;
  /** The code was how the token was delivered, so revoking the code revokes the token. */
  primary: boolean;
  /** The code belongs to an ssh key and delivers no token. */
  ssh?: SshWish;
}

/** A login under way, from the request until the redirect from the provider. */
export interface StoredFlow {
  consentCode: string;
  expires: number;
  issuer: string;
  name: string;
  applicationName: string;
  capabilities: string[];
  restrictions: Clause[];
  rotation?: Rotation;
  wish: DeliveryWish;
  pollingCode?: string;
  redirectUri?: string;
  wishes?: CreationWishes;
  /** Address and program which made the request; the token's record carries them. */
  ip: string;
  userAgent: string;
  /** Set on approval. */
  state?: string;
  codeVerifier?: string;
}

export interface StoredTemplate {
  id: string;
  name: string;
  payload: unknown;
}

export interface OpRecord {
  payload: Record<string, unknown>;
  /** Missing = does not expire. */
  expires?: number;
}

export interface SandboxState {
  version: 1;
  signingKey?: JsonWebKey;
  opKeys: Record<string, { jwk: JsonWebKey; cookieSecret: string; clientSecret: string }>;
  opRecords: Record<string, Record<string, OpRecord>>;
  tokens: Record<string, StoredToken>;
  refreshTokens: Record<string, StoredRefreshToken>;
  shortTokens: Record<string, string>;
  codes: Record<string, StoredCode>;
  flows: Record<string, StoredFlow>;
  /** `<group> <kind>` → entries. */
  templates: Record<string, StoredTemplate[]>;
  templatesSeeded: boolean;
  /** By the `sub` of their mytokens. */
  users: Record<string, StoredUser>;
  /** By the code in the link. */
  actions: Record<string, StoredAction>;
  mails: StoredMail[];
  notifications: StoredNotification[];
  lastNotificationId: number;
  calendars: StoredCalendar[];
}
