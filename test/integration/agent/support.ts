import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type ClientKeys, createClientKeys, createHttpEndpoint } from '../../../electron/agent/index.ts';
import type { HttpEndpoint, HttpEndpointDeps } from '../../../electron/agent/index.ts';
import { createDesk, unknownCaller, unrecognisedCaller } from '../../../electron/agent/index.ts';
import type { Activity } from '../../../electron/activity/index.ts';
import {
  type Approvals,
  createApprovals,
  createBlocks,
  createGrants,
} from '../../../electron/approvals/index.ts';
import { refuseUnusable } from '../../../electron/accounts/index.ts';
import { Secret, systemClock } from '../../../electron/ports/index.ts';
import type { MintedMytoken } from '../../../electron/tokens/index.ts';
import type { AccountPolicy, ApprovalDecision } from '../../../shared/model/approval.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import { account, CanaryLogger, FakeAccounts, FakeBroker, MemoryClients } from '../../unit/agent/fakes.ts';
import { memoryActivity } from '../../support/memory-activity.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Setup {
  readonly endpoint: HttpEndpoint;
  readonly keys: ClientKeys;
  readonly key: string;
  readonly clientId: string;
  readonly broker: FakeBroker;
  readonly accounts: FakeAccounts;
  readonly clients: MemoryClients;
  readonly log: CanaryLogger;
  readonly directory: string;
  readonly socketPath: string;
  readonly approvals: Approvals;
  readonly activity: Activity;
  readonly policies: Record<string, AccountPolicy>;
  /** Mytokens that were made and that were revoked, by their value. */
  readonly mint: FakeMint;
  readonly closed: { reason: 'locked' | 'paused' | null };
  readonly port: () => number;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly token: (wish?: unknown, options?: CallOptions) => Promise<Answer>;
}

/** Makes mytokens as wished, each with a number of its own. */
export class FakeMint {
  readonly made: SubMytokenWish[] = [];
  readonly revoked: string[] = [];
  /** What happens between the wish and the mytoken. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  revoking: () => Promise<void> = () => Promise.resolve();

  async mint(_accountId: string, wish: SubMytokenWish): Promise<MintedMytoken> {
    await this.meanwhile();
    this.made.push(wish);
    return {
      kind: wish.responseType,
      value: new Secret(`canary-mytoken-${this.made.length}`),
      instanceUrl: 'https://mytoken.example.org',
      momId: `mom-${this.made.length}`,
      name: wish.name,
      expiresAtMs: Date.now() + 86_400_500,
      capabilities: wish.capabilities,
      restrictions: [{ exp: 1_900_000_000 }],
      rotation: wish.rotation,
      differences: [],
    };
  }

  async revoke({ value }: Pick<MintedMytoken, 'value'>): Promise<void> {
    await this.revoking();
    this.revoked.push(value.reveal());
  }
}

export interface CallOptions {
  /** Path of a UNIX socket, in place of a port. */
  readonly socket?: string;
  readonly key?: string | null;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly port?: number;
  readonly address?: string;
  readonly agent?: http.Agent;
  readonly signal?: AbortSignal;
}

export async function start(
  more: Partial<HttpEndpointDeps> = {},
  settings: { readonly port?: number; readonly allowLocalhostName?: boolean } = {},
): Promise<Setup> {
  const clock = systemClock();
  const log = new CanaryLogger();
  const accounts = new FakeAccounts([account('home'), account('work'), account('lab')], 'home');
  const clients = new MemoryClients();
  const keys = createClientKeys({ storage: clients, clock, log, accounts });
  const { key, clientId } = keys.create({ name: 'Test program', accountIds: null, expiresInDays: null });
  const broker = new FakeBroker(clock);
  const directory = join(temporaryDirectory('agent-'), 'runtime');
  const socketPath = join(directory, 'http.sock');
  const policies: Record<string, AccountPolicy> = {};
  const closed: Setup['closed'] = { reason: null };
  const mint = new FakeMint();
  const grants = createGrants(clock);
  const activity = memoryActivity(clock);
  const approvals = createApprovals({
    gate: () => ({ closed: closed.reason, unlockFirst: null }),
    grants,
    blocks: createBlocks(clock),
    activity,
    clock,
    log,
  });
  const policyOf = (accountId: string): AccountPolicy => policies[accountId] ?? 'ask-once';
  const desk = createDesk({
    accounts,
    broker,
    minter: mint,
    approvals,
    activity,
    clock,
    policyOf,
    refuseUnusable: (record) => {
      refuseUnusable(record, { vaultState: { kind: 'ok' }, nowMs: clock.nowMs() });
      return Promise.resolve();
    },
    openAddAccount: () => undefined,
    imports: { fromText: () => Promise.reject(new Error('nothing is imported here')) },
    refuseClosed: () => undefined,
    wishFor: (_account, wish, hint) =>
      Promise.resolve(
        wish.kind === 'wish'
          ? wish.wish
          : {
              name: `profile ${JSON.stringify(wish.profile)} for ${hint}`.slice(0, 89),
              capabilities: ['AT', 'tokeninfo'],
              restrictions: [{ exp: '+7d' }],
              rotation: null,
              responseType: 'token',
            },
      ),
  });
  const endpoint = createHttpEndpoint({
    desk,
    accounts,
    keys,
    clock,
    log,
    runtimeDirectory: directory,
    socketPath,
    recogniseSocket: () => () => unrecognisedCaller('http-socket'),
    recogniseTcp: () => ({ describe: () => Promise.resolve(unknownCaller('http')) }),
    asksKeyHolders: () => Object.values(policies).includes('ask-always'),
    closed: () => closed.reason,
    appVersion: '1.2.3',
    storageState: () => 'ok',
    ...more,
  });
  await endpoint.apply({
    enabled: true,
    port: settings.port ?? 0,
    allowLocalhostName: settings.allowLocalhostName ?? false,
  });
  const port = (): number => Number(new URL(endpoint.state().addresses[0] ?? 'http://none:1').port);
  const secret = key.reveal();
  const call: Setup['call'] = (method, path, options = {}) =>
    request(options.port ?? port(), method, path, { key: secret, ...options });
  return {
    endpoint,
    keys,
    key: secret,
    clientId,
    broker,
    accounts,
    clients,
    log,
    directory,
    socketPath,
    approvals,
    activity,
    policies,
    mint,
    closed,
    port,
    call,
    token: (wish = {}, options = {}) =>
      call('POST', '/v1/access-token', { body: JSON.stringify(wish), ...options }),
  };
}

/** One request on a connection of its own, unless an agent is given. The answer is checked against the API description. */
export function request(port: number, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { key, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      {
        ...(options.socket === undefined
          ? { host: options.address ?? '127.0.0.1', port }
          : { socketPath: options.socket }),
        method,
        path,
        agent: options.agent ?? false,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        headers: {
          ...(options.socket === undefined ? {} : { Host: 'mytoken-desktop' }),
          ...(key === undefined || key === null ? {} : { Authorization: `Bearer ${key}` }),
          ...(body === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
          ...options.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = {
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: tryJson(text),
          };
          try {
            checkAnswer(method, path, answer);
            resolve(answer);
          } catch (error) {
            reject(error instanceof Error ? error : new Error('check failed'));
          }
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends bytes as they are and returns all that comes back until the server closes, or until `until` says enough. */
export function raw(
  port: number,
  bytes: string | Buffer,
  options: {
    readonly address?: string;
    readonly until?: (text: string) => boolean;
    readonly waitMs?: number;
  } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, options.address ?? '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => socket.destroy(), options.waitMs ?? 20_000);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (options.until?.(text) === true) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

/** Status and error code of the first answer in raw bytes. */
export function firstAnswer(text: string): { readonly status: number; readonly code: string | undefined } {
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]),
    code: /"code":"([^"]+)"/.exec(text)?.[1],
  };
}

interface Described {
  readonly $ref?: string;
  readonly headers?: Record<string, Described & { readonly required?: boolean; readonly schema?: object }>;
  readonly content?: Record<string, { readonly schema: object }>;
}
interface Description {
  readonly paths: Record<
    string,
    Record<string, { readonly operationId: string; readonly responses: Record<string, Described> }>
  >;
  readonly components: Record<string, Record<string, Described>>;
}

export const description = parse(
  readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8'),
) as Description;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'api', ...description });
/** Operation and status of all answers that were checked since it was cleared. */
export const answersSeen = new Set<string>();
const validators = new Map<string, ValidateFunction>();

/** A validator for `#/components/schemas/NAME`. */
export function schema(name: string): ValidateFunction {
  return pointer(`#/components/schemas/${name}`);
}

function pointer(path: string): ValidateFunction {
  const known = validators.get(path) ?? ajv.compile({ $ref: `api${path}` });
  validators.set(path, known);
  return known;
}

function resolved(described: Described): Described {
  if (described.$ref === undefined) return described;
  const [, , kind = '', name = ''] = described.$ref.split('/');
  const found = description.components[kind]?.[name];
  if (found === undefined) throw new Error(`nothing at ${described.$ref}`);
  return found;
}

/** R-42 for every answer there is, and the description for every path that exists. */
export function checkAnswer(method: string, path: string, answer: Answer): void {
  const { status, headers, json, text } = answer;
  expect(headers['content-type']).toBe(status < 400 ? 'application/json' : 'application/problem+json');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(headers.server).toBeUndefined();
  expect(headers['x-powered-by']).toBeUndefined();
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  if (method === 'HEAD') return;

  if (status >= 400) expect(json).toMatchObject({ status });
  const operations = description.paths[path.replace(/^\/v1\/requests\/[\w-]{22}$/, '/v1/requests/{id}')];
  const described = Object.values(operations ?? {}).filter((each) => 'responses' in each);
  // Another method than those of the path is answered for all of them.
  const own = operations?.[method.toLowerCase()];
  const meant = own === undefined ? described : [own];
  for (const { operationId } of meant) answersSeen.add(`${operationId} ${status}`);
  const [operation] = meant;
  if (operation === undefined) {
    expect(status).toBeGreaterThanOrEqual(400);
    expectValid(schema('Problem'), json, text);
    return;
  }
  const answered = operation.responses[String(status)];
  if (answered === undefined)
    throw new Error(`${method} ${path} answers ${status}, which is not described: ${text}`);
  const response = resolved(answered);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    const { required, schema: wanted } = resolved(header) as typeof header;
    const value = headers[name.toLowerCase()];
    if (required === true) expect(value, name).toBeDefined();
    if (value !== undefined && wanted !== undefined) expectValid(ajv.compile(wanted), value, name);
  }
  const body = response.content?.[headers['content-type'] ?? '']?.schema as Described | undefined;
  if (body?.$ref === undefined) throw new Error('every answer has a described body');
  expectValid(pointer(body.$ref), json, text);
}

function expectValid(validate: ValidateFunction, value: unknown, text: string): void {
  if (!validate(value)) throw new Error(`${text}: ${ajv.errorsText(validate.errors)}`);
}

export function codeOf(answer: Answer): string | undefined {
  const json = answer.json as { code?: string } | undefined;
  return json?.code;
}

/** Waits for the question and answers it as the window would, once it may be. */
export async function decide(
  { approvals }: Setup,
  decision: ApprovalDecision['decision'],
  more: Partial<ApprovalDecision> = {},
): Promise<void> {
  await eventually(() => {
    expect(approvals.current()).not.toBeNull();
  });
  const current = approvals.current();
  if (current === null) throw new Error('no question');
  approvals.shown(current.id);
  if (decision === 'allow') await new Promise((resolve) => setTimeout(resolve, 950));
  const { id, contentHash } = current;
  approvals.decide({ id, contentHash, decision, grant: 'once', ...more });
}

export async function eventually(check: () => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      check();
      return;
    } catch (error) {
      if (attempt >= 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
