import type { Clause } from '../../shared/model/mytoken.ts';
import type { Secret } from '../ports/index.ts';
import type { Answer, CallOptions, HeldMytoken } from './types.ts';

export interface SshKey {
  readonly name: string;
  /** As `ssh-keygen -lf` writes it: `SHA256:…`. */
  readonly fingerprint: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}

export interface SshKeys {
  /** False: keys stay, but nobody can log in with them. */
  readonly enabled: boolean;
  readonly keys: readonly SshKey[];
}

export interface NewSshKey {
  /** A line of an OpenSSH public key file. */
  readonly publicKey: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  /** Absolute times only (mytoken protocol, "SSH keys"). */
  readonly restrictions: readonly Clause[];
}

/** The user has to consent in the browser first. */
export interface SshKeyStarted {
  readonly consentUri: Secret;
  readonly pollingCode: Secret;
  readonly expiresAtMs: number;
  readonly intervalMs: number;
}

export type SshKeyAnswer =
  | { readonly kind: 'pending' }
  /** The user name is a secret, told only once: whoever has it and the key can get mytokens. */
  | { readonly kind: 'done'; readonly userName: Secret; readonly hostConfig: Secret | null };

export interface EmailSettings {
  readonly address: string;
  readonly verified: boolean;
  readonly prefersHtml: boolean;
}

/**
 * What a mytoken server keeps about a user (mytoken protocol, "User settings"). All count as “other” uses of the mytoken and may rotate it.
 * Throws what the client throws; `mytoken/not-supported` where the server has none of it.
 */
export interface UserSettingsClient {
  /** Whether this server lets users have mytokens over ssh, and whether the user switched it on. */
  grants(token: HeldMytoken, options?: CallOptions): Promise<Answer<{ readonly ssh: boolean }>>;
  setSshGrant(token: HeldMytoken, enabled: boolean, options?: CallOptions): Promise<Answer<null>>;
  sshKeys(token: HeldMytoken, options?: CallOptions): Promise<Answer<SshKeys>>;
  /** Throws `mytoken/grant-off`, `mytoken/already-there`. */
  addSshKey(token: HeldMytoken, key: NewSshKey, options?: CallOptions): Promise<Answer<SshKeyStarted>>;
  /** Throws `login/declined`, `login/expired`, `login/taken`. */
  pollSshKey(instanceUrl: string, pollingCode: Secret, options?: CallOptions): Promise<SshKeyAnswer>;
  /** Also revokes the mytoken behind the key. */
  removeSshKey(token: HeldMytoken, fingerprint: string, options?: CallOptions): Promise<Answer<null>>;
  email(token: HeldMytoken, options?: CallOptions): Promise<Answer<EmailSettings>>;
  /** A new address has to be confirmed by a link that the server sends there. */
  setEmail(
    token: HeldMytoken,
    change: { readonly address?: string | undefined; readonly prefersHtml?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Answer<null>>;
}
