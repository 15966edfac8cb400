import { plainText } from '../../../shared/model/untrusted-text.ts';
import type { OfferedAccount } from '../desk/index.ts';
import { splitList } from '../../../shared/model/mytoken.ts';

/** What a client of oidc-agent asks for (ipc reference 4). */
export type AgentRequest =
  | {
      readonly kind: 'access_token';
      /** Short name or issuer; null when neither was named. */
      readonly account: string | null;
      readonly issuer: string | null;
      readonly scope: readonly string[] | null;
      readonly audience: readonly string[] | null;
      /** Seconds; null: a fresh one whatever is cached. */
      readonly minValidSeconds: number | null;
      readonly hint: string | null;
    }
  | {
      readonly kind: 'mytoken';
      readonly account: string;
      /** Name of a server profile, or a profile; null for the default. */
      readonly profile: string | Readonly<Record<string, unknown>> | null;
      readonly hint: string | null;
    }
  | {
      readonly kind: 'check' | 'loaded_accounts' | 'account_info' | 'status' | 'status_json' | 'remove_all';
    }
  | {
      readonly kind: 'add';
      /** Null for an account that has no mytoken, but a refresh token of the provider's. */
      readonly offered: OfferedByClient | null;
    }
  | { readonly kind: 'remove'; readonly account: string }
  | { readonly kind: 'lock' | 'unlock'; readonly password: string }
  | { readonly kind: 'file_read' }
  | { readonly kind: 'unsupported'; readonly request: string };

/** Requests are read on a thread of their own and cross to the main one as plain data: there the text becomes a secret at once. */
export type OfferedByClient = Omit<OfferedAccount, 'mytoken'> & { readonly mytokenText: string };

export type ReadRequest =
  { readonly ok: true; readonly request: AgentRequest } | { readonly ok: false; readonly error: string };

const knownElsewhere = new Set([
  ...[
    'id_token',
    'file_write',
    'file_remove',
    'scopes',
    'mytoken_supported_providers',
    'gen',
    'register',
    'delete',
  ],
  ...['delete_client', 'reauthenticate', 'code_exchange', 'state_lookup', 'device', 'term_http_server'],
]);

/** RFC 6749, 3.3. */
const scopeWord = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
const mostScopes = 100;
const mostAudiences = 50;
const longestName = 64;
const longestMytoken = 65_536;

/** What is asked for is shown before it is decided on: nothing in it may hide or reorder text. */
export function isShowable(word: string): boolean {
  return word !== '' && plainText(word, 512) === word;
}

/** Reads a request. Members may come in any order, numbers as strings; what is not known is ignored. Never throws. */
export function readRequest(text: string): ReadRequest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { ok: false, error: 'Bad Request: could not parse json' };
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { ok: false, error: 'Bad Request: is not a json object' };
  }
  const members = raw as Readonly<Record<string, unknown>>;
  const { request: type } = members;
  if (typeof type !== 'string' || type === '') return { ok: false, error: 'Bad Request: No request type.' };
  const request = readAs(type, members);
  return request === null
    ? { ok: false, error: 'Bad Request: Unknown request type.' }
    : typeof request === 'string'
      ? { ok: false, error: request }
      : { ok: true, request };
}

/** A string is the error to answer; null an unknown type. */
function readAs(type: string, members: Readonly<Record<string, unknown>>): AgentRequest | string | null {
  const account = text(members['account']);
  const hint = plainText(text(members['application_hint']) ?? '', 64);
  const named = { hint: hint === '' ? null : hint };
  switch (type) {
    case 'access_token': {
      const period = Number(members['min_valid_period'] ?? 0);
      const [scope, audience] = [list(members['scope']), list(members['audience'])];
      if (scope?.every((word) => scopeWord.test(word)) === false) return 'Bad Request: invalid scope';
      if (audience?.every(isShowable) === false) return 'Bad Request: invalid audience';
      if ((scope?.length ?? 0) > mostScopes || (audience?.length ?? 0) > mostAudiences) {
        return 'Bad Request: too many scopes or audiences';
      }
      return {
        kind: 'access_token',
        account,
        issuer: text(members['issuer']),
        scope,
        audience,
        minValidSeconds: period < 0 ? null : Number.isFinite(period) ? Math.floor(period) : 0,
        ...named,
      };
    }
    case 'mytoken': {
      if (account === null) return 'Bad Request: No account given.';
      const profile = readProfile(members['mytoken_profile']);
      return profile === undefined
        ? 'Bad Request: mytoken_profile is neither a name nor a JSON object.'
        : { kind: 'mytoken', account, profile, ...named };
    }
    case 'add':
      return readOffer(members['config']);
    case 'remove':
      return account === null ? 'account not loaded' : { kind: 'remove', account };
    case 'lock':
    case 'unlock':
      return { kind: type, password: text(members['password']) ?? '' };
    case 'check':
    case 'loaded_accounts':
    case 'account_info':
    case 'status':
    case 'status_json':
    case 'remove_all':
    case 'file_read':
      return { kind: type };
    default:
      return knownElsewhere.has(type) ? { kind: 'unsupported', request: type } : null;
  }
}

/**
 * What `oidc-add` sends of a decrypted account (ipc reference 4.6). Its password entry, client secrets and the like are not looked at:
 * what is not needed is not kept.
 */
function readOffer(value: unknown): AgentRequest | string {
  if (!isObject(value)) return 'Bad Request: No account configuration given.';
  const [name, mytoken] = [text(value['name']), text(value['refresh_token'])];
  const instanceUrl = text(value['mytoken_url']);
  if (instanceUrl === null) return { kind: 'add', offered: null };
  if (mytoken === null || mytoken.length > longestMytoken) return 'Bad Request: No mytoken given.';
  const oidcIssuer = text(value['issuer_url']) ?? '';
  if (
    name === null ||
    ![name, instanceUrl].every(isShowable) ||
    (oidcIssuer !== '' && !isShowable(oidcIssuer))
  ) {
    return 'Bad Request: invalid account configuration';
  }
  return {
    kind: 'add',
    offered: { name: plainText(name, longestName), instanceUrl, oidcIssuer, mytokenText: mytoken },
  };
}

/** C, Go and Python send a string that is a name or JSON text; others an object. Undefined: neither. */
function readProfile(value: unknown): string | Readonly<Record<string, unknown>> | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  if (isObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  if (!value.trimStart().startsWith('{')) return value.trim();
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function list(value: unknown): readonly string[] | null {
  const words = typeof value === 'string' ? splitList(value) : [];
  return words.length === 0 ? null : words;
}
