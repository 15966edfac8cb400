import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../electron/agent/http/limits.ts';
import { TokenAnswers, type TokenAnswersDeps } from '../../../electron/agent/http/token-answers.ts';
import { TokenRequests } from '../../../electron/agent/http/token-requests.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const nothing = (): void => undefined;
const client = { id: 'c', name: 'program', accountIds: null };
const asking = {
  ...{ id: 'key c', client, door: 'http', recognisable: true },
  peer: { describe: () => Promise.resolve({ door: 'http', program: 'program', claims: {} }) },
};

/** Two connections wait for the result of one request. */
async function twoWaitFor(takeBack: () => Promise<void>) {
  const clock = new FakeClock();
  const wish = { name: 'n', capabilities: [], restrictions: [], rotation: null, responseType: 'token' };
  const minted = {
    ...{ value: new Secret('mytoken'), kind: 'token', capabilities: [], restrictions: [], rotation: null },
    ...{ expiresAtMs: null, instanceUrl: 'https://mt', momId: 'm', name: 'n', differences: [] },
  };
  const account = { id: 'a', shortname: 'kit', oidcIssuer: 'https://op', capabilities: [], restrictions: [] };
  let finish: () => void = nothing;
  const made = new Promise<void>((resolve) => (finish = resolve));
  const desk = {
    mytoken: () =>
      made.then(() => ({ account, minted, asked: wish, given: wish, narrowed: false, takeBack })),
  };
  const shared = { desk, asksKeyHolders: () => false, clock, log: silentLogger, limits: defaultLimits };
  const tokens = new TokenRequests(shared as never);
  const answers = new TokenAnswers({
    ...{ ...shared, tokens, keys: { get: () => client }, closed: () => null, admit: () => true },
    ...{ refund: nothing, wait: nothing, fail: nothing, failed: nothing, release: nothing },
  } as unknown as TokenAnswersDeps);
  const send = () => {
    const body = '{"account":"kit"}';
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'key-0001' };
    const response = Object.assign(new EventEmitter(), {
      ...{ asking, job: null, answered: false, writableFinished: false },
      writeHead: vi.fn(),
      end: vi.fn(),
    });
    const request = Object.assign(Readable.from([Buffer.from(body)]), { method: 'POST', headers });
    answers.handle('mytoken', asking as never, request as never, response as never);
    return response;
  };
  const responses = [send(), send()] as const;
  await vi.waitFor(() => expect(tokens.ledger.size).toBe(1));
  finish();
  for (const { end } of responses) await vi.waitFor(() => expect(end).toHaveBeenCalled());
  return { clock, responses };
}

it.each([
  ['one of two', [false, true], 0],
  ['both', [false, false], 1],
])('R-64 a mytoken whose answer broke off on %s of its connections', async (_, arrived, revoked) => {
  const takeBack = vi.fn(() => Promise.resolve());
  const { clock, responses } = await twoWaitFor(takeBack);
  for (const index of [1, 0] as const) {
    responses[index].writableFinished = arrived[index] === true;
    responses[index].emit('close');
  }
  clock.advance(defaultLimits.resultLifeMs + 1);
  expect(takeBack).toHaveBeenCalledTimes(revoked);
});
