import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../../../electron/accounts/index.ts';
import { answerJson } from '../../../../electron/agent/socket/answers.ts';
import { createAppLock } from '../../../../electron/lock/index.ts';
import { wishOfProfile } from '../../../../electron/agent/socket/profile-wish.ts';
import { readRequest } from '../../../../electron/agent/socket/requests.ts';
import { createDesk } from '../../../../electron/agent/desk/index.ts';
import { createSocketService } from '../../../../electron/agent/socket/service.ts';
import { refusals } from '../../../../electron/approvals/index.ts';
import { Secret } from '../../../../electron/ports/index.ts';
import { DomainError } from '../../../../shared/errors.ts';
import type { AccountPolicy, ApprovalContent } from '../../../../shared/model/approval.ts';
import type { SubMytokenWish } from '../../../../shared/model/sub-mytoken.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { memoryActivity } from '../../../support/memory-activity.ts';
import { RecordingLog } from '../../../support/recording-log.ts';
import { account, FakeAccounts } from '../fakes.ts';

const wish: SubMytokenWish = {
  ...{
    name: 'job',
    capabilities: ['AT'],
    restrictions: [{ exp: '+1d' }],
    rotation: null,
    responseType: 'token',
  },
};

function bench() {
  const clock = new FakeClock();
  const accounts = new FakeAccounts(
    [
      account('kit', {
        defaultScopes: [],
        oidcIssuer: 'https://op.example.org',
        capabilities: ['AT', 'create_mytoken'],
      }),
      account('egi', {
        oidcIssuer: 'https://egi.example.org/',
        defaultScopes: ['openid'],
        defaultAudience: ['y'],
        restrictions: [{ scope: 'openid profile' }],
      }),
    ],
    'kit',
  );
  const asked: { account: string; content: ApprovalContent; policy: string; hint: string | null }[] = [];
  const tokens: Record<string, unknown>[] = [];
  const minted: SubMytokenWish[] = [];
  const imported: Record<string, unknown>[] = [];
  const policies: Record<string, AccountPolicy> = {};
  const lock = createAppLock({
    shut: () => undefined,
    open: () => Promise.resolve(),
    clock,
    log: new RecordingLog(),
  });
  const revoked: string[] = [];
  const gone = new AbortController();
  const state = {
    deny: false,
    narrowed: null as SubMytokenWish | null,
    unusable: null as DomainError | null,
    whileAsked: (): Promise<unknown> => Promise.resolve(),
    whileMinting: (): void => undefined,
  };
  const policyOf = (accountId: string): AccountPolicy => policies[accountId] ?? 'ask-once';
  const activity = memoryActivity(clock);
  const desk = createDesk({
    accounts,
    openAddAccount: () => undefined,
    imports: {
      fromText: (text, options) => {
        imported.push({ text, ...options });
        return Promise.resolve({ ...account('new'), warnings: [] });
      },
    },
    activity,
    clock,
    broker: {
      accessToken: (asking) => {
        tokens.push({ ...asking });
        return Promise.resolve({
          ...{ accountId: asking.accountId, accessToken: new Secret('AT'), tokenType: 'Bearer', scope: [] },
          ...{ audience: [], issuer: 'https://op.example.org', fromCache: false, expiresAtMs: 5_000_999 },
        });
      },
    },
    minter: {
      revoke: ({ value }) => {
        revoked.push(value.reveal());
        return Promise.resolve();
      },
      mint: (_accountId, asking) => {
        minted.push(asking);
        state.whileMinting();
        return Promise.resolve({
          ...{ kind: asking.responseType, value: new Secret('MT'), instanceUrl: 'https://mt', momId: 'm' },
          ...{ name: asking.name, expiresAtMs: 9_000, capabilities: asking.capabilities, restrictions: [] },
          ...{ rotation: null, differences: [] },
        });
      },
    },
    approvals: {
      standing: () => null,
      ask: async (question) => {
        asked.push({
          account: question.account?.shortname ?? '',
          content: question.content,
          policy: question.policy,
          hint: question.caller.claims.application,
        });
        await state.whileAsked();
        if (state.deny) throw new DomainError('agent/denied', 'The user did not allow this.');
        const { account, content } = question;
        const narrowed = content.kind === 'mytoken' && state.narrowed !== null;
        return { account, content: narrowed ? { ...content, wish: state.narrowed ?? wish } : content };
      },
    },
    policyOf,
    refuseUnusable: () => (state.unusable === null ? Promise.resolve() : Promise.reject(state.unusable)),
    refuseClosed: () => {
      if (lock.isLocked()) throw refusals.locked();
    },
    wishFor: () => Promise.resolve(wish),
  });
  const service = createSocketService({
    desk,
    accounts,
    lock,
    policyOf,
    pause: (ids) => {
      for (const accountId of ids) policies[accountId] = 'deny';
    },
    appVersion: '1.0',
  });
  const ask = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const read = readRequest(JSON.stringify(request));
    if (!read.ok) return { error: read.error };
    const caller = { program: 'job', claims: { application: null }, identity: null } as never;
    const answer = await service.handle(read.request, { caller, signal: gone.signal });
    return JSON.parse(answerJson(answer)) as Record<string, unknown>;
  };
  return { ask, asked, tokens, minted, imported, revoked, gone, policies, lock, state, clock, accounts };
}

describe('access tokens over the agent’s protocol', () => {
  it('by name, by issuer with or without a slash, or of the default account', async () => {
    const { ask, asked } = bench();
    await ask({ request: 'access_token', account: 'egi', application_hint: 'job 7' });
    await ask({ request: 'access_token', issuer: 'https://egi.example.org' });
    await ask({ request: 'access_token', account: 'https://op.example.org/' });
    await ask({ request: 'access_token' });
    expect(asked.map((one) => one.account)).toEqual(['egi', 'egi', 'kit', 'kit']);
    expect(asked[0]).toMatchObject({ hint: 'job 7', policy: 'ask-once' });
  });

  it('asks for exactly what is then fetched', async () => {
    const { ask, asked, tokens } = bench();
    const request = {
      request: 'access_token',
      account: 'kit',
      scope: 'a b',
      audience: 'x',
      min_valid_period: 120,
    };
    expect(await ask(request)).toEqual({
      ...{ status: 'success', access_token: 'AT', issuer: 'https://op.example.org', expires_at: 5_000 },
    });
    // A mytoken without restrictions: nothing that is asked for narrows what its server gives.
    expect(asked[0]?.content).toEqual({
      kind: 'access-token',
      scope: ['a', 'b'],
      audience: ['x'],
      unlimited: true,
    });
    expect(tokens[0]).toMatchObject({
      scope: ['a', 'b'],
      audience: ['x'],
      minValidMs: 120_000,
      fresh: false,
    });
    await ask({ ...request, min_valid_period: -1 });
    expect(tokens[1]).toMatchObject({ fresh: true });
  });

  it('R-67 shows, fetches and remembers the account’s defaults by name, not as “whatever they are”', async () => {
    const { ask, asked, tokens } = bench();
    await ask({ request: 'access_token', account: 'egi' });
    expect(asked[0]?.content).toEqual({ kind: 'access-token', scope: ['openid'], audience: ['y'] });
    expect(tokens[0]).toMatchObject({ scope: ['openid'], audience: ['y'] });
  });

  it('R-64 and fetches what was shown, also when the account’s defaults change while its user reads', async () => {
    const { ask, asked, tokens, accounts, state } = bench();
    state.whileAsked = () => {
      accounts.records = accounts.records.map((record) => ({
        ...record,
        ...{ defaultScopes: ['openid', 'admin'], defaultAudience: ['everywhere'] },
      }));
      return Promise.resolve();
    };
    await ask({ request: 'access_token', account: 'egi' });
    expect(asked[0]?.content).toEqual({ kind: 'access-token', scope: ['openid'], audience: ['y'] });
    expect(tokens).toMatchObject([{ scope: ['openid'], audience: ['y'] }]);
  });

  it('asks nobody in vain: an account that cannot be used is refused first', async () => {
    const { ask, asked, state } = bench();
    state.unusable = new DomainError('vault/locked', 'The store is locked.', { retryable: true });
    await expect(ask({ request: 'access_token', account: 'kit' })).rejects.toMatchObject({
      code: 'vault/locked',
    });
    await expect(ask({ request: 'mytoken', account: 'kit' })).rejects.toMatchObject({ code: 'vault/locked' });
    expect(asked).toEqual([]);
  });

  it('a lock that comes while the user is asked holds', async () => {
    const { ask, lock, state, tokens, minted } = bench();
    state.whileAsked = () => {
      lock.lock('screen');
      return Promise.resolve();
    };
    expect(await ask({ request: 'access_token', account: 'kit' })).toMatchObject({ error: 'Agent locked' });
    expect(await ask({ request: 'mytoken', account: 'kit' })).toMatchObject({ error: 'Agent locked' });
    expect([tokens, minted]).toEqual([[], []]);
  });

  it('uses the words that clients know', async () => {
    const { ask, state, tokens } = bench();
    expect(await ask({ request: 'access_token', account: 'nobody' })).toMatchObject({
      error: 'No account configured with that short name',
    });
    state.deny = true;
    expect(await ask({ request: 'access_token', issuer: 'https://other' })).toMatchObject({
      error: 'No account configured for this issuer',
    });
    expect(await ask({ request: 'access_token', account: 'kit' })).toMatchObject({
      error: 'operation forbidden',
    });
    expect(tokens).toEqual([]);
  });
});

describe('mytokens over the agent’s protocol', () => {
  it('what was approved is what is made', async () => {
    const { ask, asked, minted, state } = bench();
    state.narrowed = { ...wish, capabilities: ['AT'], restrictions: [{ exp: '+1h' }] };
    expect(await ask({ request: 'mytoken', account: 'kit' })).toMatchObject({
      ...{
        status: 'success',
        mytoken: 'MT',
        token_type: 'token',
        expires_at: 9,
        mytoken_issuer: 'https://mt',
      },
    });
    expect(asked[0]?.content).toMatchObject({ kind: 'mytoken', wish });
    expect(minted).toEqual([state.narrowed]);
  });

  it('R-64 one that nobody is there to take is revoked', async () => {
    const { ask, gone, state, revoked } = bench();
    state.whileMinting = () => gone.abort();
    await expect(ask({ request: 'mytoken', account: 'kit' })).rejects.toMatchObject({
      code: 'agent/withdrawn',
    });
    expect(revoked).toEqual(['MT']);
  });

  it('none without approval', async () => {
    const { ask, minted, state } = bench();
    state.deny = true;
    expect(await ask({ request: 'mytoken', account: 'kit' })).toMatchObject({ error: 'operation forbidden' });
    expect(minted).toEqual([]);
  });
});

describe('the rest of the protocol', () => {
  it('lists, pauses and never deletes', async () => {
    const { ask, policies, accounts } = bench();
    expect(await ask({ request: 'loaded_accounts' })).toMatchObject({ info: ['kit', 'egi'] });
    expect(await ask({ request: 'remove', account: 'egi' })).toEqual({ status: 'success' });
    expect(await ask({ request: 'remove', account: 'nobody' })).toMatchObject({
      error: 'account not loaded',
    });
    expect(await ask({ request: 'loaded_accounts' })).toMatchObject({ info: ['kit'] });
    expect(await ask({ request: 'account_info' })).toMatchObject({
      info: { 'https://egi.example.org/': { accounts: { egi: false } } },
    });
    expect(Object.values(policies)).toEqual(['deny']);
    expect(accounts.all()).toHaveLength(2);
    expect((await ask({ request: 'status' }))['info']).not.toContain('%');
  });

  it('locks with a password, answers nothing but check and unlock then, and makes guessing slow', async () => {
    const { ask, clock, lock } = bench();
    expect(await ask({ request: 'unlock', password: 'x' })).toMatchObject({ error: 'Agent not locked' });
    expect(await ask({ request: 'lock', password: 'right' })).toMatchObject({ info: 'Agent locked' });
    for (const request of ['lock', 'access_token', 'loaded_accounts', 'remove_all', 'status']) {
      expect(await ask({ request, account: 'kit', password: 'x' })).toMatchObject({ error: 'Agent locked' });
    }
    expect(await ask({ request: 'check' })).toEqual({ status: 'success' });
    for (const pauseMs of [100, 400]) {
      let answered = false;
      const guess = ask({ request: 'unlock', password: 'wrong' }).then((answer) => {
        answered = true;
        return answer;
      });
      await expect.poll(() => clock.pending).toBe(1);
      clock.advance(pauseMs - 1);
      await Promise.resolve();
      expect(answered).toBe(false);
      clock.advance(1);
      expect(await guess).toMatchObject({ error: 'wrong password' });
    }
    expect(await ask({ request: 'unlock', password: 'right' })).toMatchObject({ info: 'Agent unlocked' });
    expect(lock.isLocked()).toBe(false);
  });

  it('a lock of its user’s own: what can wait for him is heard, a client cannot take it off', async () => {
    const { ask, lock, asked } = bench();
    lock.lock('user');
    expect(await ask({ request: 'unlock', password: 'x' })).toMatchObject({
      error: 'Mytoken Desktop was not locked with a password',
      info: expect.stringContaining('window') as unknown,
    });
    for (const request of ['lock', 'loaded_accounts', 'remove_all', 'status', 'account_info', 'file_read']) {
      expect(await ask({ request, password: 'x' })).toMatchObject({ error: 'Agent locked' });
    }
    expect(lock.isLocked()).toBe(true);
    await ask({ request: 'access_token', account: 'kit' });
    await ask({ request: 'mytoken', account: 'kit' });
    expect(asked).toHaveLength(2);
  });

  const config = {
    ...{ name: 'kit', mytoken_url: 'https://mt.example', issuer_url: 'https://op.example' },
    ...{ refresh_token: 'canary-short-mytoken', client_secret: 'canary-secret' },
  };

  it('add: an account of oidc-add’s comes in once its user agreed, under a free name', async () => {
    const { ask, asked, imported } = bench();
    const pw_entry = { account: 'kit', type: 'memory', password: 'canary-password' };
    expect(await ask({ request: 'add', config, pw_entry, confirm: 0 })).toEqual({ status: 'success' });
    expect(asked).toMatchObject([
      {
        policy: 'ask-always',
        content: {
          ...{ kind: 'import-account', name: 'kit', instanceUrl: 'https://mt.example' },
          ...{ oidcIssuer: 'https://op.example', capabilities: null },
        },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('canary');
    expect(imported).toEqual([
      {
        ...{ text: 'canary-short-mytoken', instanceUrl: 'https://mt.example' },
        ...{ shortname: 'kit-2', displayName: 'kit' },
      },
    ]);
  });

  it('add: what is shown of a JWT is what it says of itself, not what the program says of it', async () => {
    const { ask, asked } = bench();
    const claims = {
      ...{ token_type: 'mytoken', iss: 'https://real.example', jti: 'j', seq_no: 1, iat: 1 },
      ...{ oidc_iss: 'https://real-op.example', oidc_sub: 's', capabilities: ['AT', 'settings'] },
    };
    const jwt = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
    await ask({ request: 'add', config: { ...config, refresh_token: jwt } });
    expect(asked[0]?.content).toMatchObject({
      ...{ instanceUrl: 'https://real.example', oidcIssuer: 'https://real-op.example' },
      capabilities: ['AT', 'settings'],
    });
  });

  it('add: not without approval, and no refresh token of a provider', async () => {
    const { ask, imported, state, asked } = bench();
    expect(await ask({ request: 'add', config: { ...config, mytoken_url: '' } })).toMatchObject({
      error: 'Mytoken Desktop keeps mytokens, no refresh tokens of providers',
      info: expect.stringContaining('window') as unknown,
    });
    expect(asked).toEqual([]);
    state.deny = true;
    expect(await ask({ request: 'add', config })).toMatchObject({ error: 'operation forbidden' });
    expect(imported).toEqual([]);
  });

  it.each([
    ['no configuration', undefined],
    ['a name that hides something', { ...config, name: 'kit\u202E' }],
    ['a server that hides something', { ...config, mytoken_url: 'https://a\u202Egro' }],
    ['no mytoken', { ...config, refresh_token: '' }],
  ])('R-65 add: %s is refused before anybody is asked', async (_what, broken) => {
    const { ask, asked } = bench();
    expect(String((await ask({ request: 'add', config: broken }))['error'])).toMatch(/^Bad Request/);
    expect(asked).toEqual([]);
  });

  it.each(['id_token', 'gen', 'scopes'])('%s is refused with a way out', async (request) => {
    expect(await bench().ask({ request })).toMatchObject({
      error: 'Not supported by Mytoken Desktop',
      info: expect.stringContaining('window') as unknown,
    });
  });
});

describe('what a profile comes to', () => {
  const parent: Pick<AccountRecord, 'capabilities' | 'restrictions'> = {
    capabilities: ['AT', 'create_mytoken'],
    restrictions: [{ exp: 1_000, usages_AT: 10 }],
  };
  const lookup = (kind: string, _group: string, name: string): unknown =>
    kind === 'profiles' && name === 'web-default'
      ? { capabilities: ['AT', 'tokeninfo'], restrictions: [{ exp: 5_000 }] }
      : undefined;

  it('fits into the account’s mytoken, so that nothing is dropped or widened silently', () => {
    expect(wishOfProfile(parent, null, 'job', lookup, 100)).toEqual({
      name: 'mytoken requested by job',
      capabilities: ['AT'],
      restrictions: [{ exp: 1_000, usages_AT: 10 }],
      rotation: null,
      responseType: 'token',
    });
    expect(
      wishOfProfile(
        parent,
        { name: 'n', restrictions: [{ exp: 500, usages_AT: 2 }], response_type: 'short_token' },
        'job',
        lookup,
        100,
      ),
    ).toMatchObject({ name: 'n', restrictions: [{ exp: 500, usages_AT: 2 }], responseType: 'short_token' });
  });

  it('R-65 words that hide something, mistakes and floods of clauses are refused before anybody is asked', () => {
    for (const restrictions of [
      [{ audience: ['https://a\u202Egro.live'] }],
      [{ hosts: ['not a host'] }],
      [{ exp: 50 }],
      Array.from({ length: 21 }, () => ({ exp: 500 })),
    ]) {
      expect(() => wishOfProfile(parent, { restrictions }, 'job', lookup, 100)).toThrow('mistake');
    }
  });

  it('an empty list of capabilities is not everything, and what cannot be given is refused before anybody is asked', () => {
    const rich = { capabilities: ['AT', 'create_mytoken', 'settings'], restrictions: [] };
    expect(wishOfProfile(rich, { capabilities: [] }, 'job', lookup, 100).capabilities).toEqual(['AT']);
    for (const capabilities of [['AT'], ['create_mytoken', 'settings']]) {
      expect(() =>
        wishOfProfile({ ...rich, capabilities }, { capabilities: ['AT', 'tokeninfo'] }, 'job', lookup, 100),
      ).toThrow('cannot give');
    }
  });

  it('a profile nobody knows is an error that names it', () => {
    expect(() => wishOfProfile(parent, 'nowhere', 'job', lookup, 100)).toThrow('nowhere');
  });
});
