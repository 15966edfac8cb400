import { homedir } from 'node:os';
import type { InPlaceView } from '../../shared/model/in-place.ts';
import type { SelfTestResult } from '../../shared/model/self-test.ts';
import {
  type AgentSocket,
  type ClientKeys,
  createEnvironmentFile,
  createServicePath,
  type HttpEndpoint,
  runSelfTest,
} from '../agent/index.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import { sessionVariable } from './session-variable.ts';
import type { SettingsService } from './settings.ts';

export interface InPlaceDeps {
  readonly settings: SettingsService;
  readonly socket: AgentSocket;
  readonly socketPath: string;
  readonly endpoint: HttpEndpoint;
  readonly keys: Pick<ClientKeys, 'answerChallenge'>;
  readonly appVersion: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The app in place of oidc-agent: where programs look for it, and whether they would find it. */
export interface InPlace {
  view(): InPlaceView;
  onChange(listener: () => void): () => void;
  writeEnvironment(): Promise<void>;
  removeEnvironment(): Promise<void>;
  selfTest(): Promise<readonly SelfTestResult[]>;
  stop(): Promise<void>;
}

/** Follows setting and socket from the start: nobody is led to a socket that nobody answers at. */
export function createInPlace(deps: InPlaceDeps): InPlace {
  const { settings, socket, socketPath, endpoint, keys, clock, log } = deps;
  const { platform, env: environment } = process;
  const changed = new Emitter<undefined>();
  const servicePath = createServicePath({
    ...{ platform, environment, socketPath, clock, log },
    userId: process.getuid?.() ?? 0,
    processId: process.pid,
  });
  const environmentFile = createEnvironmentFile({
    ...{ platform, environment, socketPath, log },
    homeDirectory: homedir(),
  });
  const view = (): InPlaceView => ({ places: servicePath.view(), environment: environmentFile.view() });
  const follow = (): void => {
    const wanted = settings.get().inPlace.enabled && socket.state().state === 'listening';
    void servicePath.apply(wanted);
  };
  const forget = [
    socket.onState(follow),
    settings.onChange((now, before) => {
      if (now.inPlace !== before.inPlace) follow();
    }),
    servicePath.onChange(() => changed.emit(undefined)),
  ];

  return {
    view,
    onChange: (listener) => changed.on(listener),
    async writeEnvironment() {
      await environmentFile.write();
      changed.emit(undefined);
    },
    async removeEnvironment() {
      await environmentFile.remove();
      changed.emit(undefined);
    },
    selfTest: () =>
      runSelfTest({
        socket: () => socket.state(),
        endpoint: () => endpoint.state(),
        inPlace: view,
        answerChallenge: (keyHint, message) => keys.answerChallenge(keyHint, message),
        appVersion: deps.appVersion,
        sessionVariable: () => sessionVariable(platform, environment),
      }),
    async stop() {
      for (const each of forget) each();
      await servicePath.stop();
    },
  };
}
