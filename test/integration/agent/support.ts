import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type ClientKeys, createClientKeys, createHttpEndpoint } from '../../../electron/agent/index.ts';
import type { HttpEndpoint, HttpEndpointDeps } from '../../../electron/agent/index.ts';
import { systemClock } from '../../../electron/ports/index.ts';
import { account, CanaryLogger, FakeAccounts, FakeBroker, MemoryClients } from '../../unit/agent/fakes.ts';

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
  readonly port: () => number;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly token: (wish?: unknown, options?: CallOptions) => Promise<Answer>;
}

export interface CallOptions {
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
  const directory = join(mkdtempSync(join(tmpdir(), 'agent-')), 'runtime');
  const endpoint = createHttpEndpoint({
    broker,
    accounts,
    keys,
    clock,
    log,
    runtimeDirectory: directory,
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
        host: options.address ?? '127.0.0.1',
        port,
        method,
        path,
        agent: options.agent ?? false,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        headers: {
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
  readonly content?: { readonly 'application/json': { readonly schema: object } };
}
interface Description {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Described> }>>;
  readonly components: Record<string, Record<string, Described>>;
}

export const description = parse(
  readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8'),
) as Description;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'api', ...description });
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
  expect(headers['content-type']).toBe('application/json');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(headers.server).toBeUndefined();
  expect(headers['x-powered-by']).toBeUndefined();
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  if (method === 'HEAD') return;

  const operations = description.paths[path];
  const operation = operations?.[method.toLowerCase()] ?? Object.values(operations ?? {})[0];
  if (operation === undefined) {
    expect(status).toBeGreaterThanOrEqual(400);
    expectValid(schema('Error'), json, text);
    return;
  }
  const described = operation.responses[String(status)];
  if (described === undefined)
    throw new Error(`${method} ${path} answers ${status}, which is not described: ${text}`);
  const response = resolved(described);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    const { required, schema: wanted } = resolved(header) as typeof header;
    const value = headers[name.toLowerCase()];
    if (required === true) expect(value, name).toBeDefined();
    if (value !== undefined && wanted !== undefined) expectValid(ajv.compile(wanted), value, name);
  }
  const body = response.content?.['application/json'].schema as Described | undefined;
  if (body?.$ref === undefined) throw new Error('every answer has a described body');
  expectValid(pointer(body.$ref), json, text);
}

function expectValid(validate: ValidateFunction, value: unknown, text: string): void {
  if (!validate(value)) throw new Error(`${text}: ${ajv.errorsText(validate.errors)}`);
}

export function codeOf(answer: Answer): string | undefined {
  const json = answer.json as { error?: { code?: string } } | undefined;
  return json?.error?.code;
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
