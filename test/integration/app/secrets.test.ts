import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activityCsv, activityJson } from '../../../electron/activity/index.ts';
import type { Core } from '../../../electron/app/core.ts';
import type { JsonStore } from '../../../electron/app/json-store.ts';
import { openLogFile } from '../../../electron/app/log-file.ts';
import type { SettingsService } from '../../../electron/app/settings.ts';
import { type Logger, Secret, systemClock } from '../../../electron/ports/index.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import type { ApprovalContent } from '../../../shared/model/approval.ts';
import { askEncrypted, sendPlain } from '../../support/agent-client.ts';
import { answerQuestion } from '../../support/answer-question.ts';
import { makeCore } from '../../support/app-core.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { type Answer, type CallOptions, request } from '../agent/support.ts';

let sandbox: Sandbox;
let profile: string;
let log: RecordingLog;
let core: Core;
let settings: SettingsService;
let secrets: Map<string, string>;

beforeEach(async () => {
  sandbox = await startSandbox();
  profile = temporaryDirectory('secrets-');
  log = new RecordingLog();
  secrets = new Map();
  const clock = systemClock();
  // What the app logs, word for word: the file's own scrubbing is another line of defence.
  const file = openLogFile({ directory: join(profile, 'logs'), clock, scrub: (line) => line, echo: null });
  const both: Logger = {
    debug(event, fields) {
      log.debug(event, fields);
      file.info(event, fields);
    },
    info(event, fields) {
      log.info(event, fields);
      file.info(event, fields);
    },
    warn(event, fields) {
      log.warn(event, fields);
      file.warn(event, fields);
    },
    error(event, fields) {
      log.error(event, fields);
      file.error(event, fields);
    },
  };
  const backends = [new FakeKeyBackend('safe-storage:fake')];
  ({ core, settings } = makeCore({
    directory: profile,
    documents: { store: fileStore },
    backends,
    log: both,
  }));
  settings.update({
    socket: { enabled: true },
    endpoint: { enabled: true, port: 0, allowLocalhostName: false },
    httpSocket: { enabled: true, keyless: false },
  });
  await core.start();
  await until(
    (listener) => core.vault.onState(listener),
    () => (core.vault.state().kind === 'ok' ? true : null),
  );
});

afterEach(async () => {
  await core.stop();
  await sandbox.stop();
});

/** What the app puts on the disk, without the library that needs Electron. */
function fileStore(name: string): JsonStore {
  const path = join(profile, `${name}.json`);
  return {
    load: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined),
    save: (document) => writeFileSync(path, JSON.stringify(document)),
    setAside: () => null,
  };
}

/** Marks what must be found nowhere. */
function secret(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.length < 8) throw new Error(`There is no ${name}.`);
  secrets.set(name, value);
  return value;
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Also as bytes that were encoded on the way, and a part that a hint or a shortened text would show. */
function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const tail = value.length > 32 ? [value.slice(-24)] : [];
  return [value, ...tail, bytes.toString('base64').slice(0, -4), bytes.toString('hex')];
}

function expectNowhere(places: ReadonlyMap<string, string>): void {
  const found: string[] = [];
  for (const [name, value] of secrets) {
    for (const [place, text] of places) {
      if (spellings(value).some((spelling) => text.includes(spelling))) found.push(`${name} in ${place}`);
    }
  }
  expect(found).toEqual([]);
}

const port = (): number => Number(new URL(core.endpoint.state().addresses[0] ?? '').port);
const http = (method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> =>
  request(port(), method, path, {
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...options,
  });
const agentPath = (): string => core.agent.socket.state().path ?? '';
const agent = (body: Record<string, unknown>): Promise<Record<string, unknown>> =>
  askEncrypted(agentPath(), body);
const member = (answer: Answer, name: string): unknown => (answer.json as Record<string, unknown>)[name];

/** The answer to what the user is asked about, and allows. */
async function allowed<T>(asked: Promise<T>, kind: ApprovalContent['kind']): Promise<T> {
  const unasked = asked.then((answer) => {
    throw new Error(`answered before anybody was asked: ${JSON.stringify(answer)}`);
  });
  await Promise.race([answerQuestion(core.agent.approvals, 'allow', kind), unasked]);
  return asked;
}

async function importAccounts(): Promise<void> {
  const first = await sandbox.control.issueMytoken({ capabilities: ['AT', 'tokeninfo', 'create_mytoken'] });
  const { id } = await core.imports.fromText(secret('mytoken', first.value), { shortname: 'demo' });
  const code = await sandbox.control.issueMytoken({ responseType: 'transfer_code' });
  await core.imports.fromTransferCode(
    new Secret(secret('transfer code that was imported', code.value)),
    sandbox.mytokenUrl,
    { shortname: 'moved' },
  );
  const short = await sandbox.control.issueMytoken({ responseType: 'short_token' });
  await core.imports.fromText(secret('short mytoken', short.value), {
    ...{ shortname: 'short', instanceUrl: sandbox.mytokenUrl },
  });
  settings.update({ policies: { [id]: 'allow' } });
  secret('mytoken as it is held', (await core.accounts.mytoken(id))?.reveal());
}

async function makeKeys(): Promise<readonly string[]> {
  const made = core.keys.create({ name: 'canary', accountIds: null, expiresInDays: null });
  const former = secret('key', made.key.reveal());
  const rotated = secret('rotated key', core.keys.rotate(made.clientId).key.reveal());
  const pairing = await http('POST', '/v1/pair', { label: 'canary' });
  core.endpoint.pairing.accept(String(member(pairing, 'code')), {
    ...{ name: 'paired', accountIds: null, expiresInDays: null },
  });
  secret('code of a pairing', String(member(pairing, 'code')));
  const id = secret('id of a pairing', member(pairing, 'pairing'));
  const paired = secret(
    'paired key',
    member(await http('POST', '/v1/pair/key', { pairing: id }), 'client_key'),
  );
  return [former, rotated, paired];
}

async function askOverHttp(keys: readonly string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const answer = await http('POST', '/v1/access-token', { account: 'demo', fresh: true }, { key });
    secret(`access token ${index}`, member(answer, 'access_token'));
  }
  const [key = ''] = keys;
  const socket = core.endpoint.state().socket.path ?? '';
  const local = await http('POST', '/v1/access-token', { account: 'moved', fresh: true }, { key, socket });
  secret('access token over the socket', member(local, 'access_token'));
  for (const path of ['/v1/status', '/v1/accounts', `/v1/requests/${'A'.repeat(22)}`]) {
    await http('GET', path, undefined, { key });
  }
  await http('POST', '/v1/challenge', { nonce: 'n'.repeat(20), key_hint: key.slice(0, 10) });

  for (const responseType of ['token', 'short_token', 'transfer_code']) {
    const body = {
      account: 'demo',
      capabilities: ['AT'],
      response_type: responseType,
      application: 'canary',
    };
    const asked = http('POST', '/v1/mytoken', body, {
      key,
      headers: { 'Idempotency-Key': `key-${responseType}` },
    });
    const answer = await allowed(asked, 'mytoken');
    const kind = responseType === 'transfer_code' ? 'transfer_code' : 'mytoken';
    secret(`${responseType} that was made`, member(answer, kind));
  }

  // Where none of it belongs.
  const wrong = secret('wrong key', `mtd_${'wrong'.repeat(9)}`);
  const mytoken = secrets.get('mytoken') ?? '';
  await http('GET', '/v1/status', undefined, { key: wrong });
  await http('GET', `/v1/accounts?access_token=${key}`, undefined, { key });
  await http('GET', `/v1/${key}`, undefined, { key });
  await http('POST', '/v1/access-token', { [key]: mytoken }, { key });
  await http('POST', '/v1/access-token', { account: mytoken }, { key });
  await http('POST', '/v1/access-token', `{"account": ${mytoken}`, { key });
  await http('POST', '/v1/access-token', {}, { key, headers: { 'Idempotency-Key': key, Prefer: mytoken } });
  await http('POST', '/v1/pair/key', { pairing: 'A'.repeat(22) }, { key });
  for (const value of [key, mytoken]) {
    await http('POST', '/v1/access-token', { issuer: value }, { key });
    await http('POST', '/v1/access-token', { account: 'demo', application: value.slice(0, 256) }, { key });
    await http('POST', '/v1/pair', { label: value.slice(0, 80) });
  }
}

async function askOverAgentSocket(): Promise<void> {
  const token = await agent({ request: 'access_token', account: 'demo', min_valid_period: -1 });
  secret('access token of the agent', token['access_token']);
  const asked = agent({ request: 'mytoken', account: 'demo', mytoken_profile: { capabilities: ['AT'] } });
  secret('mytoken of the agent', (await allowed(asked, 'mytoken'))['mytoken']);
  for (const kind of ['check', 'loaded_accounts', 'status', 'status_json', 'id_token']) {
    await agent({ request: kind, account: 'demo' });
  }
  for (const value of [secrets.get('key') ?? '', secrets.get('mytoken') ?? '']) {
    await agent({ request: 'access_token', account: value });
    await agent({ request: 'access_token', account: 'demo', application_hint: value });
    await agent({ request: 'access_token', issuer: value });
    await agent({ request: 'mytoken', account: value });
    await agent({ request: 'remove', account: value });
    await agent({ request: value });
  }
  const offered = await sandbox.control.issueMytoken({ capabilities: ['AT', 'tokeninfo'] });
  const config = {
    ...{ name: 'handed', issuer_url: 'https://told.example', mytoken_url: sandbox.mytokenUrl },
    ...{ refresh_token: secret('mytoken that was handed over', offered.value) },
    client_secret: secret('client secret', 'canary-client-secret'),
  };
  const password = secret('password of an account', 'canary-password-of-oidc-add');
  const adding = agent({ request: 'add', config, pw_entry: { type: 'memory', password } });
  expect(await allowed(adding, 'import-account')).toEqual({ status: 'success' });

  await sendPlain(agentPath(), `{"request": ${offered.value}`, true);
  await sendPlain(agentPath(), JSON.stringify({ request: offered.value }), true);

  const lock = secret('password of the lock', 'canary-password-of-lock');
  expect(await agent({ request: 'lock', password: lock })).toMatchObject({ status: 'success' });
  const wrong = secret('wrong password', 'canary-password-that-is-wrong');
  expect(await agent({ request: 'unlock', password: wrong })).toMatchObject({ status: 'failure' });
  expect(await agent({ request: 'unlock', password: lock })).toMatchObject({ status: 'success' });
}

it('no secret of any request is in a file, in the log, in the activity or in what is exported of it', async () => {
  await importAccounts();
  await askOverHttp(await makeKeys());
  await askOverAgentSocket();

  const records = core.activity.list();
  const whileOpen = filesBelow(profile).map((path) => [path, readFileSync(path, 'latin1')] as const);
  await core.stop();
  const afterwards = filesBelow(profile).map(
    (path) => [`${path}, later`, readFileSync(path, 'latin1')] as const,
  );
  const places = new Map<string, string>([
    ...whileOpen,
    ...afterwards,
    ['the log', log.text()],
    ['the activity', JSON.stringify(records)],
    ['the exported table', activityCsv(records)],
    ['the exported JSON', activityJson(records)],
  ]);

  // All of these were written, and what is no secret is in them: the look finds what is there.
  const names = afterwards.map(([path]) => path.slice(profile.length + 1).replace(', later', ''));
  for (const name of ['accounts.json', 'clients.json', 'settings.json', 'activity.jsonl', 'logs/main.log']) {
    expect(names).toContain(name);
  }
  expect(names.filter((name) => name.startsWith('vault/')).length).toBeGreaterThan(1);
  for (const place of ['the exported table', 'the exported JSON', join(profile, 'activity.jsonl, later')]) {
    expect(places.get(place), place).toContain('canary');
  }
  expect(log.text()).toContain('agent.token-served');
  expect([...secrets.keys()].length).toBeGreaterThan(20);
  expectNowhere(places);
});
