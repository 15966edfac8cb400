import { createLogins, type Logins } from '../../../electron/accounts/index.ts';
import type {
  InstanceInfo,
  IssuedMytoken,
  MytokenClient,
  PollAnswer,
} from '../../../electron/mytoken/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { DomainError, type ErrorCode, type ErrorDetails } from '../../../shared/errors.ts';
import type { LoginView } from '../../../shared/model/state.ts';
import { issuer, server } from '../../support/made-mytokens.ts';
import { bench, type Bench, settle } from './support.ts';

export const consentUri = `${server}/c/canaryConsent`;
export const pollingCode = 'canaryPolling';

export function instance(): InstanceInfo {
  return {
    issuer: server,
    version: '0.10.2',
    providers: [{ issuer, name: 'Example', scopes: ['openid', 'email'], federated: false }],
    endpoints: {
      mytoken: `${server}/my`,
      accessToken: `${server}/at`,
      jwks: `${server}/jwks`,
      tokeninfo: null,
      revocation: null,
      transfer: null,
      profiles: null,
      usersettings: null,
      notifications: null,
    },
    restrictionKeys: null,
    responseTypes: [],
    grantTypes: [],
    signingAlg: 'ES512',
    documentation: null,
    clockSkewMs: null,
  };
}

export const problem = (code: ErrorCode, details: ErrorDetails = {}): DomainError =>
  new DomainError(code, code, { details, retryable: true });

/** A mytoken server whose answers a test writes beforehand; what is not written is "pending". */
export class ScriptedServer {
  readonly polls: (PollAnswer | DomainError | Promise<PollAnswer>)[] = [];
  /** Every call in order, with what it was about. */
  readonly calls: string[] = [];
  startFailure: DomainError | null = null;
  /** Awaited inside `startLogin`. */
  duringStart: Promise<void> | null = null;
  revokeFailures: DomainError[] = [];
  introspection: IssuedMytoken['claims'] | DomainError = null;
  wishes: unknown[] = [];
  expiresInMs = 300_000;
  intervalMs = 5_000;
  readonly #made: Bench;

  constructor(made: Bench) {
    this.#made = made;
  }

  get pollCount(): number {
    return this.calls.filter((call) => call === 'poll').length;
  }

  client(): Pick<
    MytokenClient,
    'discover' | 'startLogin' | 'poll' | 'abandonLogin' | 'introspect' | 'revoke'
  > {
    return {
      discover: () => Promise.resolve(instance()),
      startLogin: async (_, request) => {
        this.wishes.push(request);
        await this.duringStart;
        if (this.startFailure) throw this.startFailure;
        return {
          consentUri: new Secret(consentUri),
          pollingCode: new Secret(pollingCode),
          expiresAtMs: this.#made.clock.nowMs() + this.expiresInMs,
          intervalMs: this.intervalMs,
        };
      },
      poll: async (_, code) => {
        if (code.reveal() !== pollingCode) throw new Error('wrong polling code');
        this.calls.push('poll');
        const answer = await (this.polls.shift() ?? { kind: 'pending' as const });
        if (answer instanceof DomainError) throw answer;
        return answer;
      },
      abandonLogin: () => {
        this.calls.push('abandon');
        return Promise.resolve();
      },
      introspect: () => {
        this.calls.push('introspect');
        if (this.introspection instanceof DomainError) return Promise.reject(this.introspection);
        if (this.introspection === null) throw new Error('not scripted');
        return Promise.resolve({ kind: 'short', momId: null, claims: this.introspection });
      },
      revoke: (token, { recursive }) => {
        this.calls.push(`revoke ${token.value.reveal()} ${String(recursive)}`);
        const failure = this.revokeFailures.shift();
        return failure ? Promise.reject(failure) : Promise.resolve({ value: null, update: null });
      },
    };
  }
}

export interface LoginBench extends Bench {
  readonly server: ScriptedServer;
  readonly logins: Logins;
  readonly views: (LoginView | null)[];
  /** Links the browser was asked to open. */
  readonly opened: string[];
  browserFails: boolean;
  view(): LoginView;
  /** Lets time pass in steps small enough for every timer and promise to have its turn. */
  pass(ms: number): Promise<void>;
}

export function loginBench(made = bench()): LoginBench {
  const scripted = new ScriptedServer(made);
  const whole: LoginBench = {
    ...made,
    server: scripted,
    views: [],
    opened: [],
    browserFails: false,
    logins: createLogins({
      client: scripted.client(),
      accounts: made.accounts,
      clock: made.clock,
      log: made.log,
      hostName: 'host',
      random: () => 0.5,
      openInBrowser: (url) => {
        whole.opened.push(url);
        return whole.browserFails ? Promise.reject(new Error('no browser')) : Promise.resolve();
      },
    }),
    view() {
      const view = whole.logins.view();
      if (!view) throw new Error('There is no login.');
      return view;
    },
    async pass(ms) {
      await settle();
      for (let left = ms; left > 0; left -= 500) {
        made.clock.advance(Math.min(500, left));
        await settle();
      }
    },
  };
  whole.logins.onChange((view) => whole.views.push(view));
  return whole;
}

export const request = {
  instanceUrl: server,
  oidcIssuer: issuer,
  wish: { tokenName: 'x', capabilities: ['AT'], restrictions: [], rotation: null },
};
