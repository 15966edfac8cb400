import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { unknownCaller } from '../../../electron/agent/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { type Answer, codeOf, type Setup, start } from './support.ts';

let setups: Setup[] = [];
const begin = async (...args: Parameters<typeof start>): Promise<Setup> => {
  const setup = await start(...args);
  setups.push(setup);
  return setup;
};
afterEach(async () => {
  await Promise.all(setups.map(({ endpoint }) => endpoint.stop()));
  setups = [];
});

interface Begun {
  readonly pairing: string;
  readonly code: string;
}
const open = (setup: Setup, path: string, body: unknown): Promise<Answer> =>
  setup.call('POST', path, { key: null, body: JSON.stringify(body) });
const pair = async (setup: Setup, label = 'Backup'): Promise<Begun> =>
  (await open(setup, '/v1/pair', { label })).json as Begun;
const terms = { name: 'My backup', accountIds: ['work'], expiresInDays: 7 };
const codeThrown = (task: () => unknown): string => {
  try {
    task();
    return 'nothing';
  } catch (error) {
    return error instanceof DomainError ? error.code : 'other';
  }
};

describe('R-45 pairing', () => {
  it('the code goes from the program to the app, the key once from the app to the program', async () => {
    const setup = await begin();
    const { endpoint } = setup;
    const { pairing, code } = await pair(setup, 'Back\u202eup\n');
    expect((await open(setup, '/v1/pair/key', { pairing })).status).toBe(202);
    expect(endpoint.pairing.lookUp(code.toLowerCase().replace('-', ' '))).toMatchObject({ label: 'Backup' });
    endpoint.pairing.accept(code, terms);
    const before = setup.keys.list().length;
    const fetched = await open(setup, '/v1/pair/key', { pairing });
    expect(fetched.json).toMatchObject({ name: 'My backup' });
    const again = await open(setup, '/v1/pair/key', { pairing });
    expect([again.status, codeOf(again)]).toEqual([404, 'agent/request-gone']);
    expect(setup.keys.list()).toHaveLength(before + 1);
    const key = (fetched.json as { client_key: string }).client_key;
    const accounts = (await setup.call('GET', '/v1/accounts', { key })).json as {
      accounts: { shortname: string }[];
    };
    expect(accounts.accounts.map(({ shortname }) => shortname)).toEqual(['work']);
    expect(setup.log.lines.join()).not.toContain(key.slice(4, 20));
  });

  it('R-65: the name that the program is told is plain', async () => {
    const setup = await begin();
    const { pairing, code } = await pair(setup);
    setup.endpoint.pairing.accept(code, { ...terms, name: 'My\u202e\nbackup' });
    expect((await open(setup, '/v1/pair/key', { pairing })).json).toMatchObject({ name: 'Mybackup' });
  });

  it('asking makes nothing come up, and nothing is known to whoever asks', async () => {
    const setup = await begin();
    const views: unknown[] = [];
    setup.endpoint.onState((view) => views.push(view));
    const answer = await open(setup, '/v1/pair', { label: 'x' });
    expect(answer.text).not.toMatch(/home|work|lab/);
    expect(views).toEqual([]);
    expect(setup.approvals.count()).toBe(0);
    expect(setup.keys.list()).toHaveLength(1);
  });

  it('a flood fills five places and gains nothing; then it is slowed down', async () => {
    const setup = await begin({ limits: { pairBurst: 8 } });
    const answers: Answer[] = [];
    for (let index = 0; index < 10; index += 1) answers.push(await open(setup, '/v1/pair', { label: 'x' }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429, 429, 429, 429, 429]);
    expect(answers.map(codeOf).slice(5)).toEqual([
      ...Array<string>(3).fill('agent/too-many-requests'),
      ...Array<string>(2).fill('agent/rate-limited'),
    ]);
    expect(new Set(answers.slice(0, 5).map(({ json }) => (json as Begun).code)).size).toBe(5);
  });

  it('wrong codes slow down, and a right one is not taken meanwhile', async () => {
    const setup = await begin();
    const { code } = await pair(setup);
    const { pairing } = setup.endpoint;
    const tries = ['AAAA-AAAA', '', code.slice(0, 8), 'x', code];
    const seen = tries.map((typed) => codeThrown(() => pairing.lookUp(typed)));
    expect(seen.slice(0, 3)).toEqual(Array<string>(3).fill('agent/pairing-unknown'));
    expect(seen.slice(3)).toEqual(Array<string>(2).fill('agent/rate-limited'));
  });

  it('refused, accepted already or taken by nobody: the code is worth nothing', async () => {
    const setup = await begin();
    const { pairing } = setup.endpoint;
    const refused = await pair(setup);
    pairing.refuse(refused.code);
    expect((await open(setup, '/v1/pair/key', { pairing: refused.pairing })).status).toBe(404);
    const accepted = await pair(setup);
    pairing.accept(accepted.code, terms);
    expect(codeThrown(() => pairing.accept(accepted.code, { ...terms, accountIds: null }))).toBe(
      'agent/pairing-unknown',
    );
    expect(setup.keys.list()).toHaveLength(1);
  });

  it('a full disk when the key is fetched: the program can fetch it later', async () => {
    const setup = await begin();
    const { pairing, code } = await pair(setup);
    setup.endpoint.pairing.accept(code, terms);
    setup.clients.broken = true;
    expect(codeOf(await open(setup, '/v1/pair/key', { pairing }))).toBe('settings/could-not-save');
    setup.clients.broken = false;
    expect((await open(setup, '/v1/pair/key', { pairing })).status).toBe(200);
  });

  it.each([
    {},
    { label: '' },
    { label: '\u202e' },
    { label: 'x'.repeat(81) },
    { label: 1 },
    { label: 'x', a: 1 },
  ])('guard 10: %j is refused', async (body) => {
    const setup = await begin();
    expect((await open(setup, '/v1/pair', body)).status).toBe(400);
  });

  it('guard 8: no key belongs here, and nothing while the app is locked', async () => {
    const setup = await begin();
    const body = JSON.stringify({ label: 'x' });
    expect((await setup.call('POST', '/v1/pair', { body })).status).toBe(400);
    setup.closed.reason = 'locked';
    expect(codeOf(await open(setup, '/v1/pair', { label: 'x' }))).toBe('app/locked');
  });

  it('R-40: each connection is recognised once, before its first request, and described once', async () => {
    let [recognised, described] = [0, 0];
    const setup = await begin({
      recogniseTcp(ends) {
        recognised += 1;
        expect(ends).toMatchObject({ localAddress: '127.0.0.1', localPort: setup.port() });
        const describe = () => {
          described += 1;
          return Promise.resolve({ ...unknownCaller('http'), program: 'backup' });
        };
        return { describe };
      },
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const body = JSON.stringify({ label: 'x' });
    for (let count = 0; count < 3; count += 1) {
      const { json } = await setup.call('POST', '/v1/pair', { key: null, body, agent });
      expect(setup.endpoint.pairing.lookUp((json as Begun).code).program).toBe('backup');
    }
    expect([recognised, described]).toEqual([1, 1]);
    agent.destroy();
    expect((await setup.call('GET', '/v1/accounts')).status).toBe(200);
    expect([recognised, described]).toEqual([2, 2]); // the user of a key is noted
    expect((await setup.call('GET', '/v1/accounts')).status).toBe(200);
    expect([recognised, described]).toEqual([3, 2]);
  });

  it('R-43: no GET pairs or fetches', async () => {
    const setup = await begin();
    for (const path of ['/v1/pair', '/v1/pair/key', '/v1/mytoken']) {
      expect((await setup.call('GET', path)).status).toBe(405);
    }
  });
});
