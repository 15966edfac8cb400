/** What the handlers of the mytoken server share. */
import type { Features, Quirks, SandboxOptions, Clause, ProviderSettings } from '../types.ts';
import { KNOWN_CAPABILITIES, TAG_CAPABILITIES } from '../rules/capabilities.ts';
import type { Clock } from '../state/clock.ts';
import type { KeyedMutex } from '../state/mutex.ts';
import type { Store } from '../state/store.ts';
import type { Signer } from '../tokens/signer.ts';
import type { OpConnection } from './op-connection.ts';

/** A provider as the operator configured it. */
export interface ConfiguredProvider {
  issuer: string;
  name: string;
  scopes: string[];
  /** Found through the federation. */
  federated: boolean;
  settings: ProviderSettings;
  connection: OpConnection;
}

export interface ServerSettings {
  issuer: string;
  version: string;
  codeSeconds: number;
  pollingIntervalSeconds: number;
  shortTokenLength: number;
  features: Features;
  disabledRestrictionKeys: readonly (keyof Clause)[];
  trustedRedirects: readonly RegExp[];
  country: string;
  countryByIp: Readonly<Record<string, string>>;
  reverseDns: Readonly<Record<string, readonly string[]>>;
  groups: Readonly<Record<string, string>>;
}

export interface ServerContext {
  settings: ServerSettings;
  quirks: Quirks;
  store: Store;
  clock: Clock;
  signer: Signer;
  providers: ConfiguredProvider[];
  /** One operation at a time per token tree: its refresh token may rotate at the provider. */
  trees: KeyedMutex;
}

export const DEFAULT_QUIRKS: Quirks = {
  nullArrays: true,
  textBodies: true,
  badTokenIs400: true,
  deadErrorOnRestrictions: true,
  lostClause: true,
  pollingInvalidAfterOpError: true,
  lateFailureStaysPending: true,
  otherUseCrash: true,
  thisMomId403: true,
  caseSensitiveGeo: true,
  audienceNotApplied: true,
  unrestrictedIgnoresScope: true,
  ignoreIpKey: true,
  consentRotationCrash: true,
  staleRevocation500: true,
  emptyIntersectionUnrestricted: true,
  oddStatuses: true,
  lostTokenUpdate: true,
  unverifiedMailBreaks: true,
  missingMomIdCrash: true,
  invalidAlarms: true,
  oldDiscoveryNames: false,
  tokenUpdateCookieOnly: false,
  newFederationSpelling: false,
};

export const DEFAULT_FEATURES: Features = {
  revocation: true,
  transferCodes: true,
  shortTokens: true,
  pollingCodes: true,
  tokeninfo: true,
  profiles: true,
  mail: true,
  calendars: true,
  tags: true,
  sshGrant: true,
};

export function serverSettings(issuer: string, options: SandboxOptions): ServerSettings {
  return {
    issuer,
    version: options.version ?? '0.10.2',
    codeSeconds: options.codeSeconds ?? 300,
    pollingIntervalSeconds: options.pollingIntervalSeconds ?? 5,
    shortTokenLength: Math.max(32, options.shortTokenLength ?? 64),
    features: { ...DEFAULT_FEATURES, ...options.features },
    disabledRestrictionKeys: options.disabledRestrictionKeys ?? [],
    trustedRedirects: (options.trustedRedirects ?? []).map((source) => new RegExp(source)),
    country: options.country ?? 'DE',
    countryByIp: options.countryByIp ?? {},
    reverseDns: options.reverseDns ?? { '127.0.0.1': ['localhost'] },
    groups: options.groups ?? { _: 'sandbox', beamline: 'beamline-secret' },
  };
}

/** Is the played server at least this one? Suffixes of the version do not count. */
export function isAtLeast(context: ServerContext, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = context.settings.version
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Mail notifications came with 0.10. */
export function hasMail(context: ServerContext): boolean {
  return context.settings.features.mail && isAtLeast(context, 0, 10);
}

export function hasCalendars(context: ServerContext): boolean {
  return context.settings.features.calendars && isAtLeast(context, 0, 10);
}

export function hasTags(context: ServerContext): boolean {
  return context.settings.features.tags && isAtLeast(context, 0, 11);
}

/** Capabilities the consent page offers; it refuses all others. */
export function knownCapabilities(context: ServerContext): string[] {
  return hasTags(context) ? [...KNOWN_CAPABILITIES, ...TAG_CAPABILITIES] : [...KNOWN_CAPABILITIES];
}

/** Provider of an issuer parameter; differences in the trailing slash are tolerated (protocol 8.3). */
export function findProvider(context: ServerContext, issuer: string): ConfiguredProvider | undefined {
  const bare = (url: string): string => url.replace(/\/$/, '');
  return context.providers.find((provider) => bare(provider.issuer) === bare(issuer));
}

/** Status of the server's own making, or the ordinary one when the quirk is off. */
export function oddStatus(context: ServerContext, odd: 278 | 428 | 555): number {
  if (context.quirks.oddStatuses) return odd;
  return odd === 278 ? 200 : odd === 428 ? 400 : 502;
}

/** An empty list as the server sends it. */
export function listOf<T>(context: ServerContext, entries: T[]): T[] | null {
  return entries.length === 0 && context.quirks.nullArrays ? null : entries;
}
