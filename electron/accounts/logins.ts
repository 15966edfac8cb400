import { randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import { shortnamePattern } from '../../shared/model/account.ts';
import type { MytokenWish } from '../../shared/model/mytoken.ts';
import type { LoginView } from '../../shared/model/state.ts';
import { Emitter, type Secret } from '../ports/index.ts';
import { formerWish } from './former-wish.ts';
import { type FlowRequest, LoginFlow, type LoginFlowDeps } from './login-flow.ts';
import type { AccountRecord, Accounts, Logins, LoginStart } from './types.ts';

export interface LoginsDeps extends Omit<LoginFlowDeps, 'random' | 'accounts'> {
  readonly accounts: Pick<Accounts, 'add' | 'replaceMytoken' | 'mytoken' | 'require' | 'all'>;
  /** Part of a mytoken's name where nobody gave one. */
  readonly hostName: string;
  /** 0 up to 1, for jitter only. */
  readonly random?: () => number;
}

/** How long quitting waits for the server to forget what was begun. */
const stopGraceMs = 5_000;

/** See {@link Logins} for what it promises. */
export function createLogins(deps: LoginsDeps): Logins {
  return new OneLoginAtATime(deps);
}

class OneLoginAtATime implements Logins {
  readonly #deps: LoginsDeps;
  readonly #changed = new Emitter<LoginView | null>();
  /** Flows that still have something to do, shown or not. */
  readonly #running = new Map<LoginFlow, Promise<void>>();
  #shown: LoginFlow | null = null;
  #stopped = false;

  constructor(deps: LoginsDeps) {
    this.#deps = deps;
  }

  view(): LoginView | null {
    return this.#shown?.view ?? null;
  }

  onChange(listener: (view: LoginView | null) => void): () => void {
    return this.#changed.on(listener);
  }

  async start(request: LoginStart): Promise<{ readonly flowId: string }> {
    if (this.#stopped) throw new DomainError('app/shutting-down', 'Mytoken Desktop is quitting.');
    const flowRequest = this.#resolve(request);
    this.#shown?.cancel();
    const flow: LoginFlow = new LoginFlow(
      { ...this.#deps, random: this.#deps.random ?? Math.random },
      flowRequest,
      (view) => {
        if (this.#shown === flow) this.#changed.emit(view);
      },
    );
    this.#show(flow);
    const begun = flow.begin();
    // Until it has ended, quitting must know of it.
    const whole = begun.then(({ rest }) => rest).catch(() => undefined);
    this.#running.set(flow, whole);
    void whole.then(() => this.#running.delete(flow));
    try {
      await begun;
    } catch (error) {
      // The form which asked for this login shows the error; there is no login to show.
      if (this.#shown === flow && !flow.hasEnded) this.#show(null);
      throw error;
    }
    return { flowId: flowRequest.flowId };
  }

  cancel(flowId: string): Promise<void> {
    this.#flow(flowId).cancel();
    // What is left to tell the server is told behind the scenes: it may not be reachable at all.
    return Promise.resolve();
  }

  async openAgain(flowId: string): Promise<void> {
    const flow = this.#flow(flowId);
    if (flow.link === null) throw unknownFlow();
    await flow.openBrowser();
  }

  link(flowId: string): Secret {
    const { link } = this.#flow(flowId);
    if (link === null) throw unknownFlow();
    return link;
  }

  dismiss(flowId: string): void {
    const flow = this.#flow(flowId);
    if (flow.hasEnded) this.#show(null);
  }

  resumed(): void {
    for (const flow of this.#running.keys()) flow.hurry();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const flow of this.#running.keys()) flow.stop();
    let cancelTimer = (): void => undefined;
    const grace = new Promise<void>((resolve) => {
      cancelTimer = this.#deps.clock.after(stopGraceMs, resolve);
    });
    await Promise.race([Promise.all(this.#running.values()), grace]);
    cancelTimer();
  }

  #show(flow: LoginFlow | null): void {
    this.#shown = flow;
    this.#changed.emit(flow?.view ?? null);
  }

  #flow(flowId: string): LoginFlow {
    if (this.#shown?.view.flowId === flowId) return this.#shown;
    throw unknownFlow();
  }

  /** Everything that can be refused before anybody is sent to the browser. */
  #resolve(request: LoginStart): FlowRequest {
    const { accounts, hostName, clock } = this.#deps;
    const { renewsAccountId, shortname } = request;
    const renewed = renewsAccountId === undefined ? null : accounts.require(renewsAccountId);
    if (renewed === null && shortname !== undefined) refuseShortname(shortname, accounts.all());
    const wish = request.wish ?? (renewed === null ? null : formerWish(renewed, clock.nowMs()));
    if (wish === null) throw new DomainError('ipc/invalid-argument', 'A new login needs a wish.');
    return {
      flowId: randomUUID(),
      instanceUrl: renewed?.instanceUrl ?? request.instanceUrl,
      oidcIssuer: renewed?.oidcIssuer ?? request.oidcIssuer,
      wish: named(wish, hostName),
      shortname,
      displayName: request.displayName,
      defaultScopes: request.defaultScopes,
      renewsAccountId: renewed?.id ?? null,
    };
  }
}

function named(wish: MytokenWish, hostName: string): MytokenWish {
  return wish.tokenName.trim() === '' ? { ...wish, tokenName: `mytoken-desktop on ${hostName}` } : wish;
}

function refuseShortname(shortname: string, accounts: readonly AccountRecord[]): void {
  if (!shortnamePattern.test(shortname)) {
    throw new DomainError('accounts/shortname-invalid', 'This short name has characters it must not have.');
  }
  const key = shortname.toLowerCase();
  const holder = accounts.find((account) => account.shortname.toLowerCase() === key);
  if (holder === undefined) return;
  throw new DomainError('accounts/shortname-taken', 'Another account has this short name.', {
    details: { accountId: holder.id, shortname: holder.shortname },
  });
}

function unknownFlow(): DomainError {
  return new DomainError('login/unknown-flow', 'There is no such login, or it has ended.');
}
