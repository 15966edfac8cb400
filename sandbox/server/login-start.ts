/** The beginning of a login in the browser (protocol 8.3). */
import type { Exchange } from '../http/exchange.ts';
import { letters, pollingCode } from '../tokens/codes.ts';
import type { DeliveryWish, SshWish, StoredFlow } from '../tokens/model.ts';
import type { Clause, Rotation } from '../types.ts';
import type { CreationWishes } from './at-creation.ts';
import type { ServerContext } from './context.ts';

export interface ConsentWish {
  issuer: string;
  name: string;
  applicationName: string;
  capabilities: string[];
  restrictions: Clause[];
  rotation: Rotation | undefined;
  wish: DeliveryWish;
  /** Set = a web flow, which nobody polls for. */
  redirectUri: string | undefined;
  wishes?: CreationWishes;
  /** The login is for an ssh key. */
  ssh?: SshWish;
}

export interface ConsentBegun {
  flow: StoredFlow;
  answer: { consent_uri: string; polling_code?: string; expires_in?: number; interval?: number };
}

export function startConsent(context: ServerContext, exchange: Exchange, asked: ConsentWish): ConsentBegun {
  const { settings, store } = context;
  const { rotation, redirectUri, ssh, ...rest } = asked;
  const expires = context.clock.nowS() + settings.codeSeconds;
  const flow: StoredFlow = {
    ...rest,
    consentCode: letters(8),
    expires,
    ...(rotation ? { rotation } : {}),
    ip: exchange.ip,
    userAgent: exchange.userAgent,
    ...(redirectUri === undefined ? { pollingCode: pollingCode() } : { redirectUri }),
  };
  store.state.flows[flow.consentCode] = flow;
  store.touch();
  const consent_uri = `${settings.issuer}/c/${flow.consentCode}`;
  if (flow.pollingCode === undefined) return { flow, answer: { consent_uri } };
  store.state.codes[flow.pollingCode] = {
    kind: 'polling',
    expires,
    state: 'pending',
    wish: asked.wish,
    primary: true,
    ...(ssh ? { ssh } : {}),
  };
  return {
    flow,
    answer: {
      consent_uri,
      polling_code: flow.pollingCode,
      expires_in: settings.codeSeconds,
      interval: settings.pollingIntervalSeconds,
    },
  };
}
