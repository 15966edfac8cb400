/** Shared by the sandbox's integration tests: a sandbox per file and plain calls without any client library. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/index.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  body: Json;
  text: string;
  headers: Headers;
}

export interface Running {
  readonly sandbox: Sandbox;
  /** POST of JSON to a path below /api/v0. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A finished login; the answer of the polling code. */
  login(request?: Json, user?: string): Promise<Json>;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, text, body: parse(text), headers: response.headers };
}

/** Starts before the tests of the file and stops after them; faults, OP behaviour and quirks are reset in between. */
export function useSandbox(options: SandboxOptions = {}): Running {
  let running: Sandbox | undefined;
  beforeAll(async () => {
    running = await startSandbox(options);
  });
  afterEach(() => {
    running?.control.clearFaults();
    running?.control.setOp({ error: null, narrowScopes: null, omitRefreshToken: false, offline: false });
    running?.control.setOp({ authorizationError: null, latencyMs: 0 });
  });
  afterAll(async () => {
    await running?.stop();
  });
  const sandbox = (): Sandbox => {
    if (!running) throw new Error('the sandbox is not running');
    return running;
  };
  const send: Running['send'] = (method, path, body, headers = {}) =>
    call(`${sandbox().mytokenUrl}/api/v0${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const post: Running['post'] = (path, body, headers) => send('POST', path, body, headers);
  return {
    get sandbox() {
      return sandbox();
    },
    send,
    post,
    get: (path, headers = {}) => call(`${sandbox().mytokenUrl}${path}`, { headers }),
    login: async (request = {}, user = 'alice') => {
      const start = await post('/token/my', {
        grant_type: 'oidc_flow',
        oidc_issuer: sandbox().providers[0]?.issuer,
        ...request,
      });
      expect(start.status, start.text).toBe(200);
      await sandbox().control.completeLogin(String(start.body['consent_uri']), { user });
      const end = await post('/token/my', {
        grant_type: 'polling_code',
        polling_code: start.body['polling_code'],
      });
      expect(end.status, end.text).toBe(200);
      return end.body;
    },
  };
}

export function jwtPart(token: unknown, part: 0 | 1 = 1): Json {
  return JSON.parse(Buffer.from(String(token).split('.')[part] ?? '', 'base64url').toString()) as Json;
}

export function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
