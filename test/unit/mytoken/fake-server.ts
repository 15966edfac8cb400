import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  createMytokenClient,
  type Http,
  type HttpAnswer,
  type HttpRequest,
  type MytokenClient,
} from '../../../electron/mytoken/index.ts';
import { type Logger, Secret } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const issuer = 'https://mytoken.example.org';
export const jti = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

export type Script = HttpAnswer | Error | ((request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>);

export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    setCookies: [],
    body: JSON.stringify(body),
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    setCookies: [],
    body,
  };
}

export function withCookie(answer: HttpAnswer, ...setCookies: string[]): HttpAnswer {
  return { ...answer, setCookies };
}

export interface SigningKey {
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

export function newKey(alg = 'ES512'): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curves[alg] ?? '' });
  return {
    alg,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), alg, use: 'sig', kid: 'thumbprint' },
  };
}

const serverKey = newKey();

export function claims(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ver: '0.7',
    token_type: 'mytoken',
    iss: issuer,
    aud: issuer,
    sub: 'c3Vi',
    nbf: 1_768_478_400,
    iat: 1_768_478_400,
    jti,
    seq_no: 1,
    name: 'laptop',
    oidc_sub: 'alice',
    oidc_iss: 'https://op.example.org/',
    capabilities: ['AT', 'tokeninfo'],
    ...over,
  };
}

export function jwt(
  over: Record<string, unknown> = {},
  { key = serverKey, header = {} }: { key?: SigningKey; header?: Record<string, unknown> } = {},
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: key.alg, typ: 'MT+JWT', ...header })}.${part(claims(over))}`;
  const signature = sign(key.alg.replace('ES', 'sha'), Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

export function discoveryDocument(
  base = issuer,
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    issuer: base,
    access_token_endpoint: `${base}/api/v0/token/access`,
    mytoken_endpoint: `${base}/api/v0/token/my`,
    tokeninfo_endpoint: `${base}/api/v0/tokeninfo`,
    revocation_endpoint: `${base}/api/v0/token/revoke`,
    usersettings_endpoint: `${base}/api/v0/settings`,
    notifications_endpoint: `${base}/api/v0/notifications`,
    token_transfer_endpoint: `${base}/api/v0/token/transfer`,
    profiles_endpoint: `${base}/api/v0/pt`,
    jwks_uri: `${base}/jwks`,
    providers_supported: [
      { issuer: 'https://op.example.org/', name: 'Example OP', scopes_supported: ['openid', 'profile'] },
    ],
    token_signing_alg_value: 'ES512',
    mytoken_endpoint_grant_types_supported: ['oidc_flow', 'mytoken', 'polling_code', 'transfer_code'],
    response_types_supported: ['token', 'short_token', 'transfer_code'],
    restriction_claims_supported: ['nbf', 'exp', 'scope'],
    version: '0.10.2',
    ...over,
  };
}

export const paths = {
  discovery: '/.well-known/mytoken-configuration',
  jwks: '/jwks',
  my: '/api/v0/token/my',
  access: '/api/v0/token/access',
  tokeninfo: '/api/v0/tokeninfo',
  revoke: '/api/v0/token/revoke',
  transfer: '/api/v0/token/transfer',
  templates: '/api/v0/pt',
};

/** Answers by path: each path has a list of answers, the last of which is repeated. */
export class FakeServer implements Http {
  readonly requests: HttpRequest[] = [];
  readonly #scripts = new Map<string, Script[]>();

  constructor() {
    this.on(paths.discovery, json(200, discoveryDocument()));
    this.on(paths.jwks, json(200, { keys: [serverKey.jwk] }));
  }

  on(path: string, ...scripts: Script[]): this {
    this.#scripts.set(path, scripts);
    return this;
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    this.requests.push(request);
    const scripts = this.#scripts.get(new URL(request.url).pathname);
    const script = scripts && scripts.length > 1 ? scripts.shift() : scripts?.[0];
    if (script === undefined) return text(404, 'Not Found');
    await Promise.resolve();
    if (script instanceof Error) throw script;
    return typeof script === 'function' ? script(request) : script;
  }

  count(path: string): number {
    return this.requests.filter((request) => new URL(request.url).pathname === path).length;
  }

  /** Body of the last request to a path, Secrets as they are. */
  lastBody(path: string): Record<string, unknown> {
    const request = this.requests.findLast((sent) => new URL(sent.url).pathname === path);
    return { ...request?.json };
  }

  reconfigure(): void {
    throw new Error('not used');
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

export class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  readonly debug = this.#write.bind(this);
  readonly info = this.#write.bind(this);
  readonly warn = this.#write.bind(this);
  readonly error = this.#write.bind(this);

  #write(event: string, fields: unknown = {}): void {
    this.lines.push(`${event} ${JSON.stringify(fields)}`);
  }
}

export interface Bench {
  readonly server: FakeServer;
  readonly client: MytokenClient;
  readonly clock: FakeClock;
  readonly log: RecordingLogger;
}

export function bench(): Bench {
  const server = new FakeServer();
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const client = createMytokenClient({
    http: server,
    clock,
    log,
    appName: 'Mytoken Desktop',
    appVersion: '1.2.3',
  });
  return { server, client, clock, log };
}

export function held(value: string): { instanceUrl: string; value: Secret } {
  return { instanceUrl: issuer, value: new Secret(value) };
}

/** The DomainError a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<DomainError> {
  const outcome = await promise.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  if (outcome instanceof DomainError) return outcome;
  throw new Error('expected a DomainError', { cause: outcome });
}

export const unreachable = new DomainError('mytoken/unreachable', 'down', {
  retryable: true,
  details: { sent: 'no', reason: 'refused' },
});
