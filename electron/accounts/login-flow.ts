import { DomainError, type ErrorCode } from '../../shared/errors.ts';
import type { MytokenWish } from '../../shared/model/mytoken.ts';
import type { LoginView } from '../../shared/model/state.ts';
import type {
  HeldMytoken,
  InstanceInfo,
  IssuedMytoken,
  LoginStarted,
  MytokenClaims,
  MytokenClient,
} from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { discardMytoken } from './discard-mytoken.ts';
import { InterruptibleWait } from './interruptible-wait.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import { pollUntilEnd } from './login-polling.ts';
import type { AccountRecord, Accounts, OpenInBrowser } from './types.ts';
import { differencesFrom } from '../../shared/model/wish-differences.ts';

export interface LoginFlowDeps {
  readonly client: Pick<
    MytokenClient,
    'discover' | 'startLogin' | 'poll' | 'abandonLogin' | 'introspect' | 'revoke'
  >;
  readonly accounts: Pick<Accounts, 'add' | 'replaceMytoken' | 'mytoken'>;
  readonly openInBrowser: OpenInBrowser;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

export interface FlowRequest {
  readonly flowId: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  readonly wish: MytokenWish;
  readonly shortname: string | undefined;
  readonly displayName: string | undefined;
  readonly defaultScopes: readonly string[] | undefined;
  readonly renewsAccountId: string | null;
}

type Names = Pick<FlowRequest, 'shortname' | 'displayName'>;

const storeRetryMs = [1_000, 5_000, 30_000] as const;

/** Storing can never succeed: what came back is of no use to this login. Anything else may pass (a locked vault). */
const cannotBeStored: ReadonlySet<string> = new Set<ErrorCode>([
  'login/different-user',
  'accounts/not-found',
  'accounts/already-there',
  'mytoken/token-unusable',
  'mytoken/expired',
  'mytoken/not-yet-valid',
  'mytoken/insufficient-capabilities',
  'mytoken/not-supported',
  'mytoken/issuer-mismatch',
]);

/** One login from the first question to its end. Its view changes only through {@link LoginFlow.view}'s listener. */
export class LoginFlow {
  readonly #deps: LoginFlowDeps;
  readonly #request: FlowRequest;
  readonly #onView: (view: LoginView) => void;
  readonly #pause: InterruptibleWait;
  readonly #discardPause: InterruptibleWait;
  #view: LoginView;
  #link: Secret | null = null;
  #cancelled = false;
  #storing = false;
  #stopping = false;

  constructor(deps: LoginFlowDeps, request: FlowRequest, onView: (view: LoginView) => void) {
    this.#deps = deps;
    this.#request = request;
    this.#onView = onView;
    this.#pause = new InterruptibleWait(deps.clock);
    this.#discardPause = new InterruptibleWait(deps.clock);
    this.#view = {
      flowId: request.flowId,
      state: 'starting',
      instanceUrl: request.instanceUrl,
      oidcIssuer: request.oidcIssuer,
      expiresAtMs: null,
      accountId: null,
      problem: null,
      renewsAccountId: request.renewsAccountId,
      offline: false,
    };
  }

  get view(): LoginView {
    return this.#view;
  }

  /** The link as long as somebody may still follow it. */
  get link(): Secret | null {
    return this.#link;
  }

  get hasEnded(): boolean {
    return this.#view.state === 'done' || this.#view.state === 'failed';
  }

  /**
   * Asks the server and opens the browser. Resolves to the rest of the flow, which never rejects. Throws what the server
   * said, or `login/cancelled`.
   */
  async begin(): Promise<{ readonly rest: Promise<void> }> {
    const { client, clock } = this.#deps;
    const { instanceUrl, oidcIssuer, wish } = this.#request;
    const info = await client.discover(instanceUrl);
    this.#throwIfCancelled();
    const atMs = clock.nowMs();
    const started = await client.startLogin(instanceUrl, { ...wish, oidcIssuer });
    if (this.#cancelled) await client.abandonLogin(instanceUrl, started.pollingCode);
    this.#throwIfCancelled();
    this.#link = started.consentUri;
    this.#set({ state: 'waiting', expiresAtMs: started.expiresAtMs });
    const rest = this.#run(info, started, atMs);
    await this.openBrowser().catch(() => undefined);
    return { rest };
  }

  /** Throws `login/browser-failed`, and says so in the view: the link can still be copied. */
  async openBrowser(): Promise<void> {
    const link = this.#link;
    if (link === null) return;
    try {
      await this.#deps.openInBrowser(link.reveal());
      this.#setIfWaiting(null);
    } catch (cause) {
      this.#deps.log.warn('login.browser-failed', { flowId: this.#request.flowId });
      this.#setIfWaiting('login/browser-failed');
      throw new DomainError('login/browser-failed', 'No browser could be opened.', { cause });
    }
  }

  /** Ends the flow. While the mytoken is just being stored it may still end well: that cannot be taken back. */
  cancel(): void {
    if (this.hasEnded || this.#cancelled) return;
    this.#cancelled = true;
    if (!this.#storing) this.#fail('login/cancelled');
    this.#pause.wake();
  }

  /** Polls, or tries to store, at once. */
  hurry(): void {
    if (!this.hasEnded) this.#pause.wake();
  }

  /** Cancels; nothing waits any longer from here on. */
  stop(): void {
    this.#stopping = true;
    this.cancel();
    this.#pause.close();
    this.#discardPause.close();
  }

  async #run(info: InstanceInfo, started: LoginStarted, atMs: number): Promise<void> {
    const { client, log } = this.#deps;
    const { flowId, instanceUrl } = this.#request;
    try {
      const end = await pollUntilEnd(instanceUrl, started, {
        ...this.#deps,
        pause: this.#pause,
        isCancelled: () => this.#cancelled,
        onOffline: (offline) => this.#setOffline(offline),
      });
      this.#link = null;
      if (end.kind === 'token') {
        await this.#keep(end.token, info, atMs);
        return;
      }
      if (end.kind === 'failed') {
        log.info('login.failed', { flowId, code: end.code });
        this.#fail(end.code);
      }
      // A login finished in the last moment left a mytoken behind which nobody holds: it goes along with its code.
      if (end.kind === 'cancelled' || end.code === 'login/expired') {
        await client.abandonLogin(instanceUrl, started.pollingCode);
      }
    } catch (error) {
      log.error('login.broken', { flowId, code: codeOf(error) });
      this.#fail('app/internal');
    }
  }

  /** The code is used up: from here on this is the only copy of the mytoken, until it is stored or revoked. */
  async #keep(token: IssuedMytoken, info: InstanceInfo, atMs: number): Promise<void> {
    const held: HeldMytoken = { instanceUrl: info.issuer, value: token.value };
    if (!this.#cancelled) this.#set({ state: 'finishing', offline: false, problem: null });
    let names: Names = this.#request;
    // Somebody who quits the app has not declined the login: what can be stored is stored.
    for (let attempt = 0; !this.#cancelled || this.#stopping;) {
      this.#storing = true;
      try {
        const claims = token.claims ?? (await this.#deps.client.introspect(held)).claims;
        const { account, former } = await this.#store(token, claims, info, names);
        this.#finish(account, claims, atMs);
        if (former !== null) await this.#discard({ instanceUrl: account.instanceUrl, value: former });
        return;
      } catch (error) {
        const code = codeOf(error);
        if (isAboutName(code) && names.shortname !== undefined) {
          // Taken since the login began; a made-up name can be changed later, a lost mytoken cannot be had back.
          names = { ...names, shortname: undefined };
          continue;
        }
        this.#deps.log.warn('login.not-stored', { flowId: this.#request.flowId, code });
        if (cannotBeStored.has(code)) {
          this.#fail(code);
          break;
        }
        if (!this.#cancelled) this.#set({ problem: code });
      } finally {
        this.#storing = false;
      }
      if (this.#stopping) break;
      if (!this.#cancelled) await this.#pause.wait(storeRetryMs[attempt] ?? 30_000);
      attempt += 1;
    }
    this.#fail('login/cancelled');
    await this.#discard(held);
  }

  async #store(
    token: IssuedMytoken,
    claims: MytokenClaims,
    info: InstanceInfo,
    names: Names,
  ): Promise<{ readonly account: AccountRecord; readonly former: Secret | null }> {
    const { accounts } = this.#deps;
    const { renewsAccountId, wish, oidcIssuer, defaultScopes } = this.#request;
    if (renewsAccountId !== null) {
      // Read before it is overwritten. One that cannot be read cannot be revoked either, and is gone in any case.
      const former = await accounts.mytoken(renewsAccountId).catch(() => null);
      const account = await accounts.replaceMytoken(renewsAccountId, token, claims, { wish });
      return { account, former: former?.reveal() === token.value.reveal() ? null : former };
    }
    const provider = info.providers.find(({ issuer }) => sameIssuer(issuer, claims.oidc_iss));
    const account = await accounts.add({
      shortname: names.shortname,
      displayName: names.displayName,
      instanceUrl: info.issuer,
      token,
      claims,
      wish,
      providerName: provider?.name ?? null,
      providerScopes: provider?.scopes ?? [],
      // Those were chosen among what the provider asked for offers.
      defaultScopes: sameIssuer(oidcIssuer, claims.oidc_iss) ? defaultScopes : undefined,
    });
    return { account, former: null };
  }

  async #discard(held: HeldMytoken): Promise<void> {
    await discardMytoken(held, { ...this.#deps, pause: this.#discardPause });
  }

  #finish(account: AccountRecord, claims: MytokenClaims, atMs: number): void {
    const { flowId, wish, oidcIssuer } = this.#request;
    this.#deps.log.info('login.done', { flowId, accountId: account.id });
    const differences = differencesFrom({ wish, oidcIssuer, atMs }, claims);
    this.#set({ state: 'done', accountId: account.id, problem: null, offline: false, differences });
  }

  #fail(code: ErrorCode): void {
    if (this.hasEnded) return;
    this.#link = null;
    this.#set({ state: 'failed', problem: code, offline: false });
  }

  #setOffline(offline: boolean): void {
    if (this.#view.state === 'waiting' && this.#view.offline !== offline) this.#set({ offline });
  }

  #setIfWaiting(problem: ErrorCode | null): void {
    if (this.#view.state === 'waiting' && this.#view.problem !== problem) this.#set({ problem });
  }

  #set(change: Partial<LoginView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }

  #throwIfCancelled(): void {
    if (this.#cancelled) throw new DomainError('login/cancelled', 'This login was cancelled.');
  }
}

function isAboutName(code: ErrorCode): boolean {
  return code === 'accounts/shortname-taken' || code === 'accounts/shortname-invalid';
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof DomainError ? error.code : 'app/internal';
}
