import { DomainError } from '../../shared/errors.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { CalendarCalls } from './calendar-calls.ts';
import { Discovery } from './discovery.ts';
import type { Http } from './http-types.ts';
import { IssuedTokens } from './issued-tokens.ts';
import { LoginCalls } from './login-calls.ts';
import { NotificationCalls } from './notices-calls.ts';
import { ServerCalls } from './server-calls.ts';
import { SettingsCalls } from './settings-calls.ts';
import { TemplateCalls } from './template-calls.ts';
import { TokenCalls } from './token-calls.ts';
import { decodeMytoken, TokenVerifier } from './token-verifier.ts';
import { TokeninfoCalls } from './tokeninfo-calls.ts';
import type { CallOptions, MytokenClaims } from './types.ts';

export interface CoreDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly log: Logger;
  /** Shown on the consent page. */
  readonly appName: string;
  readonly appVersion: string;
}

/** The parts of the client, wired. Loaded with the first call: reading the schemas takes a while at start-up. */
export class Core {
  readonly discovery: Discovery;
  readonly logins: LoginCalls;
  readonly tokens: TokenCalls;
  readonly tokeninfo: TokeninfoCalls;
  readonly templates: TemplateCalls;
  readonly settings: SettingsCalls;
  readonly notifications: NotificationCalls;
  readonly calendars: CalendarCalls;
  readonly #verifier: TokenVerifier;

  constructor({ http, clock, log, appName, appVersion }: CoreDeps) {
    this.discovery = new Discovery(http, clock);
    this.#verifier = new TokenVerifier(http, clock);
    const issued = new IssuedTokens(this.#verifier, log);
    // RFC 9110, 10.1.5: a product token has no blanks. Servers show it in the history of a mytoken.
    const userAgent = `${appName.replaceAll(/[^\w.-]+/g, '-')}/${appVersion}`;
    const calls = new ServerCalls({ http, clock, discovery: this.discovery, issued, userAgent });
    this.logins = new LoginCalls({ calls, issued, clock, log, applicationName: appName });
    this.tokens = new TokenCalls(calls, issued);
    this.tokeninfo = new TokeninfoCalls(calls);
    this.templates = new TemplateCalls(calls);
    this.settings = new SettingsCalls(calls, clock);
    this.notifications = new NotificationCalls(calls);
    this.calendars = new CalendarCalls(calls, this.discovery);
  }

  decode(jwt: Secret): MytokenClaims | null {
    return decodeMytoken(jwt)?.claims ?? null;
  }

  /** The server that a mytoken names as its issuer is asked for the keys, after the usual checks of its address. */
  async verify(jwt: Secret, options: CallOptions = {}): Promise<MytokenClaims> {
    const decoded = decodeMytoken(jwt);
    if (!decoded) throw new DomainError('import/not-a-mytoken', 'This is not a mytoken.');
    const info = await this.discovery.get(decoded.claims.iss, options);
    return this.#verifier.verify(jwt, decoded, info, options);
  }
}
