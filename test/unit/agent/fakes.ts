import { DomainError } from '../../../shared/errors.ts';
import type { AccountChange, AccountRecord, Accounts } from '../../../electron/accounts/index.ts';
import type { ClientRecord, ClientStorage } from '../../../electron/agent/index.ts';
import { type Clock, Emitter, type LogFields, type Logger, Secret } from '../../../electron/ports/index.ts';
import type { AccessTokenGrant, AccessTokenWish, TokenBroker } from '../../../electron/tokens/index.ts';

/** Time that moves only when told. */
export class FakeClock implements Clock {
  wallMs = 1_700_000_000_000;
  steadyMs = 1_000;
  #timers: { dueMs: number; task: () => void }[] = [];

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.steadyMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.steadyMs + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    this.wallMs += ms;
    this.steadyMs += ms;
    for (let round = 0; round < 1000; round += 1) {
      const due = this.#timers.find(({ dueMs }) => dueMs <= this.steadyMs);
      if (due === undefined) return;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.task();
    }
    throw new Error('timers never end');
  }
}

/** Keeps every line as text, so that a test can look for what must not be there. */
export class CanaryLogger implements Logger {
  readonly lines: string[] = [];

  #add(level: string, event: string, fields?: LogFields): void {
    this.lines.push(`${level} ${event} ${JSON.stringify(fields ?? {})}`);
  }

  debug(event: string, fields?: LogFields): void {
    this.#add('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#add('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#add('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#add('error', event, fields);
  }
}

export class MemoryClients implements ClientStorage {
  saved: readonly ClientRecord[];
  saves = 0;
  broken = false;

  constructor(clients: readonly ClientRecord[] = []) {
    this.saved = clients;
  }

  load(): readonly ClientRecord[] {
    return this.saved;
  }

  save(clients: readonly ClientRecord[]): void {
    if (this.broken) throw new DomainError('settings/could-not-save', 'disk full');
    this.saves += 1;
    this.saved = structuredClone(clients);
  }
}

export function account(id: string, more: Partial<AccountRecord> = {}): AccountRecord {
  return {
    id,
    shortname: id,
    displayName: `Account ${id}`,
    instanceUrl: 'https://mytoken.example.org',
    oidcIssuer: `https://${id}.example.org/`,
    providerName: null,
    providerScopes: [],
    tokenName: 'token',
    tokenKind: 'jwt',
    momId: `mom-${id}`,
    oidcSubject: `subject-${id}`,
    capabilities: ['AT'],
    restrictions: [],
    rotation: null,
    defaultScopes: ['openid'],
    defaultAudience: [],
    wish: null,
    createdAtMs: 0,
    issuedAtMs: 0,
    lastUsedAtMs: null,
    expiresAtMs: null,
    status: 'ok',
    problem: null,
    ...more,
  };
}

export class FakeAccounts implements Pick<
  Accounts,
  'all' | 'find' | 'defaultAccountId' | 'markUsed' | 'onChange'
> {
  readonly used: string[] = [];
  records: AccountRecord[];
  defaultId: string | null;
  readonly #changed = new Emitter<AccountChange>();

  constructor(records: AccountRecord[], defaultId: string | null = records[0]?.id ?? null) {
    this.records = records;
    this.defaultId = defaultId;
  }

  markUsed(accountId: string): void {
    this.used.push(accountId);
  }

  all(): readonly AccountRecord[] {
    return this.records;
  }

  defaultAccountId(): string | null {
    return this.defaultId;
  }

  find(nameOrIssuer: string | null): AccountRecord {
    const found =
      nameOrIssuer === null
        ? this.records.find(({ id }) => id === this.defaultId)
        : this.records.find(
            ({ shortname, oidcIssuer }) =>
              shortname === nameOrIssuer || oidcIssuer.replace(/\/$/, '') === nameOrIssuer.replace(/\/$/, ''),
          );
    if (found !== undefined) return found;
    throw nameOrIssuer === null
      ? new DomainError('accounts/none', 'There is no account yet.')
      : new DomainError('accounts/not-found', `There is no account "${nameOrIssuer}".`);
  }

  onChange(listener: (change: AccountChange) => void): () => void {
    return this.#changed.on(listener);
  }

  remove(id: string): void {
    this.records = this.records.filter((record) => record.id !== id);
    this.#changed.emit({ upsert: [], removed: [id], order: null, defaultAccountId: this.defaultId });
  }
}

/** Answers like the broker; a test may put another answer in. */
export class FakeBroker implements Pick<TokenBroker, 'accessToken'> {
  readonly wishes: AccessTokenWish[] = [];
  token = 'canary-access-token';
  fromCache = true;
  answer: ((wish: AccessTokenWish) => Promise<AccessTokenGrant>) | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  grant(wish: AccessTokenWish): AccessTokenGrant {
    return {
      accountId: wish.accountId,
      accessToken: new Secret(this.token),
      tokenType: 'Bearer',
      expiresAtMs: this.#clock.nowMs() + 3_600_500,
      scope: wish.scope ?? ['openid', 'profile'],
      audience: wish.audience ?? [],
      issuer: `https://${wish.accountId}.example.org/`,
      fromCache: this.fromCache,
    };
  }

  accessToken(wish: AccessTokenWish): Promise<AccessTokenGrant> {
    this.wishes.push(wish);
    return this.answer === null ? Promise.resolve(this.grant(wish)) : this.answer(wish);
  }
}
