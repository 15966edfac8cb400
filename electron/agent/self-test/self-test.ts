import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { z } from '../../../shared/zod.ts';
import type { InPlaceView, ServicePlaceView } from '../../../shared/model/in-place.ts';
import type { SelfTestCheck, SelfTestProblem, SelfTestResult } from '../../../shared/model/self-test.ts';
import type { EndpointView, SocketView } from '../../../shared/model/state.ts';
import { socketHost } from '../http/door.ts';
import { keyHintOf, newClientKey } from '../http/key-format.ts';
import { challengeMessage } from '../http/payloads.ts';
import type { ClientKeys } from '../http/types.ts';
import { askChallenge } from './ask-http.ts';
import { askSocket } from './ask-socket.ts';

export interface SelfTestDeps {
  readonly socket: () => SocketView;
  readonly endpoint: () => EndpointView;
  readonly inPlace: () => InPlaceView;
  /** Says what only this process can say about an address. */
  readonly answerChallenge: ClientKeys['answerChallenge'];
  readonly appVersion: string;
  /** `OIDC_SOCK` as programs started now find it; null when it is not set. */
  readonly sessionVariable: () => Promise<string | null>;
  readonly patienceMs?: number;
}

const usualPatienceMs = 5_000;

const socketAnswer = z.object({
  status: z.string(),
  error: z.string().optional(),
  info: z.object({ version: z.string() }).optional(),
});
const challengeAnswer = z.object({ hmac: z.string() });
const announcement = z.object({ addresses: z.array(z.string()), pid: z.number() });

/**
 * “Ask myself”: knocks at each door that is open as a program would, over a connection of its own. Asks for the state only, which needs
 * nobody's leave, and checks that it is this app that answers. Never throws for what it finds.
 */
export async function runSelfTest(deps: SelfTestDeps): Promise<readonly SelfTestResult[]> {
  const patienceMs = deps.patienceMs ?? usualPatienceMs;
  const socket = deps.socket();
  const endpoint = deps.endpoint();
  const { places, environment } = deps.inPlace();
  const results: SelfTestResult[] = [];
  const tell = (check: SelfTestCheck, problem: SelfTestProblem | null, subject: string | null): void => {
    results.push({ check, problem, subject });
  };

  const overSocket = async (
    path: string,
    encrypted: boolean,
    request: 'check' | 'status_json',
  ): Promise<SelfTestProblem | null> => {
    try {
      const answer = socketAnswer.parse(
        await askSocket({ path, request: { request }, encrypted, patienceMs }),
      );
      // A client's lock answers everything but `check`, and is ours.
      if (answer.error === 'Agent locked') return null;
      if (answer.error !== undefined || answer.status !== 'success') return 'bad-answer';
      const isOurs = request === 'check' || answer.info?.version === `Mytoken Desktop ${deps.appVersion}`;
      return isOurs ? null : 'not-us';
    } catch (error) {
      return problemOf(error);
    }
  };

  const overHttp = async (address: string, socketPath: string | null): Promise<SelfTestProblem | null> => {
    // A hint that no key has: what is answered to it depends on a secret of this very process.
    const hint = keyHintOf(newClientKey());
    const nonce = randomBytes(24).toString('base64url');
    try {
      const body = { nonce, key_hint: hint };
      const { hmac } = challengeAnswer.parse(await askChallenge(address, socketPath, body, patienceMs));
      const expected = deps.answerChallenge(hint, challengeMessage(new URL(address).host, nonce));
      return hmac === expected ? null : 'not-us';
    } catch (error) {
      return problemOf(error);
    }
  };

  const announced = (): SelfTestProblem | null => {
    try {
      const content = readFileSync(endpoint.discoveryFile ?? '', 'utf8');
      const { addresses, pid } = announcement.parse(JSON.parse(content));
      const isComplete = endpoint.addresses.every((address) => addresses.includes(address));
      return isComplete && pid === process.pid ? null : 'not-announced';
    } catch {
      return 'not-announced';
    }
  };

  const atPlace = async (place: ServicePlaceView): Promise<SelfTestProblem | null> => {
    if (place.state !== 'ready') return place.state;
    return leadsTo(place.path, socket.path) ? overSocket(place.path, true, 'status_json') : 'not-us';
  };

  const variable = async (): Promise<[SelfTestProblem | null, string | null]> => {
    const value = await deps.sessionVariable();
    if (value !== null && leadsTo(value, socket.path)) return [null, value];
    if (environment?.state === 'written') return ['next-login', environment.path];
    return value === null ? ['off', null] : ['elsewhere', value];
  };

  if (socket.state === 'listening' && socket.path !== null) {
    tell('socket-plain', await overSocket(socket.path, false, 'check'), socket.path);
    tell('socket-encrypted', await overSocket(socket.path, true, 'status_json'), socket.path);
  } else {
    tell('socket-plain', socket.state === 'error' ? 'no-answer' : 'off', socket.path);
  }
  if (endpoint.state === 'listening') {
    tell('http-file', announced(), endpoint.discoveryFile);
    for (const address of endpoint.addresses) tell('http-challenge', await overHttp(address, null), address);
  } else {
    tell('http-challenge', endpoint.state === 'off' ? 'off' : 'no-answer', null);
  }
  const { state, path } = endpoint.socket;
  if (state === 'listening' && path !== null) {
    tell('http-socket', await overHttp(`http://${socketHost}`, path), path);
  } else tell('http-socket', state === 'error' ? 'no-answer' : 'off', path);
  for (const place of places) {
    tell(place.generation === '5' ? 'service-5' : 'service-4', await atPlace(place), place.path);
  }
  const [problem, subject] = await variable();
  tell('environment', problem, subject);
  return results;
}

/** Whether both are the same socket in the end. */
function leadsTo(path: string, socketPath: string | null): boolean {
  try {
    return socketPath !== null && realpathSync(path) === realpathSync(socketPath);
  } catch {
    return false;
  }
}

function problemOf(error: unknown): SelfTestProblem {
  const isAnswer = error instanceof z.ZodError || (error as { code?: unknown }).code === 'EBADMSG';
  return isAnswer ? 'bad-answer' : 'no-answer';
}
