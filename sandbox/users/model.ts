/** Records of what the server keeps per user. All times are Unix seconds. */

export interface StoredSshKey {
  name: string;
  /** `SHA256:<base64 without padding>` */
  fingerprint: string;
  created: number;
  lastUsed?: number;
  /** SHA-256 of the ssh user name, which is a secret. */
  userHash: string;
  /** The mytoken the key stands for. */
  momId: string;
}

/** A user is an OP identity; records are kept by the `sub` of their mytokens. */
export interface StoredUser {
  /** "" = no address on file. */
  emailAddress: string;
  emailVerified: boolean;
  prefersHtmlMail: boolean;
  /** Grants that were ever toggled. */
  grants: Record<string, boolean>;
  sshKeys: StoredSshKey[];
}

/** What the link in a mail or a calendar does (protocol 20). */
export interface StoredAction {
  action: 'verify_email';
  /** Whose. */
  sub: string;
  expires: number;
  emailAddress: string;
}

/** A mail that would have been sent. */
export interface StoredMail {
  /** What it is about, e.g. `verify_email`. */
  kind: string;
  to: string;
  subject: string;
  /** Plain text, or HTML if the user prefers that. */
  body: string;
  html: boolean;
  /** Links in the body, which may be secrets. */
  links: string[];
  time: number;
}
