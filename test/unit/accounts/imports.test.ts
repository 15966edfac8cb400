import { describe, expect, it } from 'vitest';
import {
  createImports,
  type Imports,
  type ProcessEnvironments,
  type RunningProcess,
  type TokenFile,
} from '../../../electron/accounts/index.ts';
import type { IssuedMytoken, MytokenClaims } from '../../../electron/mytoken/index.ts';
import { momIdOf } from '../../../electron/mytoken/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import type { DomainError } from '../../../shared/errors.ts';
import { claimsOf, issuedOf, jwtOf, server } from '../../support/made-mytokens.ts';
import { instance, problem } from './login-bench.ts';
import { bench, type Bench, failure, newAccount } from './support.ts';

interface ImportBench extends Bench {
  readonly imports: Imports;
  /** Calls of the client in order. */
  readonly calls: string[];
  verification: DomainError | null;
  liveness: DomainError | null;
  introspected: MytokenClaims | null;
  redeemed: IssuedMytoken | null;
  file: TokenFile;
  /** What lies where, for the search; null: nothing. */
  filesBy: Readonly<Record<string, TokenFile>> | null;
  environment: Record<string, string>;
  programs: RunningProcess[];
}

function importBench(): ImportBench {
  const made = bench();
  const processes: ProcessEnvironments = {
    async *list() {
      await Promise.resolve();
      yield* whole.programs;
    },
  };
  const whole: ImportBench = {
    ...made,
    calls: [],
    verification: null,
    liveness: null,
    introspected: null,
    redeemed: null,
    file: { text: '', readableByOthers: false, ownerId: 1000 },
    filesBy: null,
    environment: {},
    programs: [],
    imports: createImports({
      accounts: made.accounts,
      clock: made.clock,
      log: made.log,
      readFile: (path) => {
        if (whole.filesBy === null) return Promise.resolve(whole.file);
        const file = whole.filesBy[path];
        return file === undefined ? Promise.reject(problem('import/file-unreadable')) : Promise.resolve(file);
      },
      userId: 1000,
      environment: () => whole.environment,
      processes,
      client: {
        discover: () => Promise.resolve(instance()),
        verify: (jwt) => {
          whole.calls.push('verify');
          if (whole.verification) return Promise.reject(whole.verification);
          const payload = Buffer.from(jwt.reveal().split('.')[1] ?? '', 'base64url').toString();
          return Promise.resolve(JSON.parse(payload) as MytokenClaims);
        },
        introspect: (token) => {
          whole.calls.push(`introspect at ${token.instanceUrl}`);
          if (whole.liveness) return Promise.reject(whole.liveness);
          const claims = whole.introspected ?? claimsOf();
          return Promise.resolve({ kind: 'short', momId: momIdOf(claims.jti), claims });
        },
        redeemTransferCode: () => {
          whole.calls.push('redeem');
          if (!whole.redeemed) return Promise.reject(problem('mytoken/token-unusable'));
          const token = whole.redeemed;
          whole.redeemed = null;
          return Promise.resolve(token);
        },
      },
    }),
  };
  return whole;
}

const short = 'KqRtWbNxhQmZtKcR'.repeat(4);
const rotation = { on_AT: true, auto_revoke: true };

describe('importing text', () => {
  it('verifies a JWT, asks its server whether it lives, and stores it', async () => {
    const made = importBench();
    const claims = claimsOf();
    const account = await made.imports.fromText(`MYTOKEN="${jwtOf(claims)}"`, { shortname: 'mine' });
    expect(made.calls).toEqual(['verify', `introspect at ${server}`]);
    expect(account).toMatchObject({
      shortname: 'mine',
      tokenKind: 'jwt',
      momId: momIdOf(claims.jti),
      providerName: 'Example',
      wish: null,
      warnings: [],
    });
    expect(made.accounts.require(account.id)).not.toHaveProperty('warnings');
    expect(made.vault.records.get(account.id)).toBe(jwtOf(claims));
  });

  it.each<[string, Partial<Pick<ImportBench, 'verification' | 'liveness'>>, string]>([
    ['a bad signature', { verification: problem('mytoken/bad-signature') }, 'mytoken/bad-signature'],
    ['another kind of JWT', { verification: problem('import/not-a-mytoken') }, 'import/not-a-mytoken'],
    ['no network', { verification: problem('mytoken/unreachable') }, 'mytoken/unreachable'],
    ['a network that ends half-way', { liveness: problem('mytoken/unreachable') }, 'mytoken/unreachable'],
    ['a revoked mytoken', { liveness: problem('mytoken/token-unusable') }, 'mytoken/token-unusable'],
    ['a mytoken of the future', { liveness: problem('mytoken/not-yet-valid') }, 'mytoken/not-yet-valid'],
    ['a busy server', { liveness: problem('mytoken/rate-limited') }, 'mytoken/rate-limited'],
  ])('stores nothing with %s', async (_, over, code) => {
    const made = Object.assign(importBench(), over);
    // The bench's own object is what the fake client looks at.
    const error = await failure(made.imports.fromText(jwtOf(claimsOf()), {}));
    expect(error.code).toBe(code);
    expect(made.accounts.all()).toEqual([]);
    expect(made.vault.calls).toEqual([]);
  });

  it('takes a missing capability for a proof of life', async () => {
    const made = importBench();
    made.liveness = problem('mytoken/insufficient-capabilities');
    expect((await made.imports.fromText(jwtOf(claimsOf()), {})).warnings).toEqual([]);
  });

  it('says when the server offers no way to find out', async () => {
    const made = importBench();
    made.liveness = problem('mytoken/not-supported');
    expect((await made.imports.fromText(jwtOf(claimsOf()), {})).warnings).toEqual(['not-checked']);
  });

  it('does not bother a server about an expired mytoken', async () => {
    const made = importBench();
    const exp = made.clock.nowMs() / 1000;
    expect((await failure(made.imports.fromText(jwtOf(claimsOf({ exp })), {}))).code).toBe('mytoken/expired');
    expect(made.calls).toEqual(['verify']);
  });

  it('warns of a rotating mytoken: somebody else holds the same string', async () => {
    const made = importBench();
    const account = await made.imports.fromText(jwtOf(claimsOf({ rotation })), {});
    expect(account.warnings).toEqual(['rotating-shared']);
  });

  it('never shows a server an outdated string of a mytoken we hold: it might revoke ours', async () => {
    const made = importBench();
    const claims = claimsOf({ rotation, seq_no: 5 });
    const ours = await made.accounts.add(newAccount(claims));
    const error = await failure(made.imports.fromText(jwtOf({ ...claims, seq_no: 2 }), {}));
    expect(error.code).toBe('accounts/already-there');
    expect(error.details).toEqual({ accountId: ours.id, shortname: ours.shortname });
    expect(made.calls).toEqual(['verify']);
  });

  it('puts an account right whose own string was outdated', async () => {
    const made = importBench();
    const claims = claimsOf({ rotation });
    const ours = await made.accounts.add(newAccount(claims));
    made.accounts.markStatus(ours.id, 'login-needed', { code: 'mytoken/token-unusable', atMs: 1 });
    const newer = { ...claims, seq_no: 7 };
    const account = await made.imports.fromText(jwtOf(newer), {});
    expect(account).toMatchObject({ id: ours.id, status: 'ok', warnings: ['rotating-shared'] });
    expect(made.vault.records.get(ours.id)).toBe(jwtOf(newer));
  });

  it('needs a server for a short token, and learns the rest there', async () => {
    const made = importBench();
    expect((await failure(made.imports.fromText(short, {}))).code).toBe('import/server-needed');
    made.introspected = claimsOf({ capabilities: ['AT'] });
    const account = await made.imports.fromText(short, { instanceUrl: `${server}/` });
    expect(account).toMatchObject({ tokenKind: 'short', instanceUrl: server, capabilities: ['AT'] });
    expect(made.vault.records.get(account.id)).toBe(short);
  });

  it('cannot take a short token that may not be looked at', async () => {
    const made = importBench();
    made.liveness = problem('mytoken/insufficient-capabilities');
    const error = await failure(made.imports.fromText(short, { instanceUrl: server }));
    expect(error.code).toBe('mytoken/insufficient-capabilities');
  });

  it('tells texts without a mytoken apart', async () => {
    const { imports } = importBench();
    expect((await failure(imports.fromText('hello', {}))).code).toBe('import/no-mytoken-found');
    const code = await failure(imports.fromText('{"transfer_code":"hQmZtKcR"}', {}));
    expect(code.code).toBe('import/not-a-mytoken');
    expect(code.details['reason']).toBe('transfer-code');
  });
});

describe('importing a file', () => {
  it('takes the first line, and warns when others can read it', async () => {
    const made = importBench();
    const claims = claimsOf();
    made.file = { text: `\n${jwtOf(claims)}\n${jwtOf(claimsOf())}`, readableByOthers: true, ownerId: 1000 };
    const account = await made.imports.fromFile('/x', {});
    expect(account.warnings).toEqual(['file-readable-by-others']);
    expect(made.vault.records.get(account.id)).toBe(jwtOf(claims));
  });

  it('takes a saved answer of a server', async () => {
    const made = importBench();
    const claims = claimsOf();
    made.file = {
      text: JSON.stringify({ mytoken: jwtOf(claims) }, null, 2),
      readableByOthers: false,
      ownerId: 1000,
    };
    expect((await made.imports.fromFile('/x', {})).momId).toBe(momIdOf(claims.jti));
  });

  it('does not search beyond the first line', async () => {
    const made = importBench();
    made.file = { text: `notes\n${jwtOf(claimsOf())}`, readableByOthers: false, ownerId: 1000 };
    expect((await failure(made.imports.fromFile('/x', {}))).code).toBe('import/no-mytoken-found');
  });
});

describe('importing by transfer code', () => {
  const code = new Secret(' hQmZtKcR ');

  it('stores what the code stands for', async () => {
    const made = importBench();
    made.redeemed = issuedOf(claimsOf({ rotation }));
    const account = await made.imports.fromTransferCode(code, server, {});
    expect(account.warnings).toEqual(['rotating-shared']);
    expect(made.calls).toEqual(['redeem']);
    expect(made.clock.pending).toBe(0);
  });

  it('does not lose the mytoken when storing fails after the code was used up', async () => {
    const made = importBench();
    const claims = claimsOf();
    made.redeemed = issuedOf(claims);
    made.vault.become('locked');
    expect((await failure(made.imports.fromTransferCode(code, server, {}))).code).toBe('vault/locked');
    made.vault.become('ok');
    await made.accounts.add(newAccount(claimsOf(), { shortname: 'taken' }));
    const again = made.imports.fromTransferCode(code, server, { shortname: 'taken' });
    expect((await failure(again)).code).toBe('accounts/shortname-taken');
    const account = await made.imports.fromTransferCode(code, server, { shortname: 'free' });
    expect(made.vault.records.get(account.id)).toBe(jwtOf(claims));
    expect(made.calls).toEqual(['redeem']);
    expect((await failure(made.imports.fromTransferCode(code, server, {}))).code).toBe(
      'mytoken/token-unusable',
    );
  });

  it('forgets it after half an hour, and when the app quits', async () => {
    const made = importBench();
    for (const end of [() => made.clock.advance(30 * 60_000), () => made.imports.stop()]) {
      made.redeemed = issuedOf(claimsOf());
      made.vault.become('locked');
      await failure(made.imports.fromTransferCode(code, server, {}));
      end();
      made.vault.become('ok');
      expect((await failure(made.imports.fromTransferCode(code, server, {}))).code).toBe(
        'mytoken/token-unusable',
      );
      expect(made.clock.pending).toBe(0);
    }
    expect(made.log.text()).toContain('import.never-stored');
  });
});

describe('mytokens in environments', () => {
  const variable = (claims: MytokenClaims, name = 'MYTOKEN') => ({
    variable: name,
    value: new Secret(jwtOf(claims)),
  });

  it('are listed once each, in their newest form, without the token', async () => {
    const made = importBench();
    const own = claimsOf({ name: 'own\u202E' });
    const shared = claimsOf({ exp: 4_000_000_000 });
    made.environment = { HOME: '/x', MY: jwtOf(own), OTHER: `${jwtOf(own).slice(0, 40)}.x.y` };
    made.programs = [
      { pid: 5, program: 'bash\u0007', variables: [variable(own), variable(shared)] },
      { pid: 6, program: 'pyth\u202Eon3', variables: [variable({ ...shared, seq_no: 2 }), variable(shared)] },
    ];
    const candidates = await made.imports.candidates();
    expect(candidates).toEqual([
      {
        ref: expect.any(String) as unknown,
        pid: null,
        program: 'mytoken-desktop',
        variable: 'MY',
        file: null,
        instanceUrl: server,
        tokenName: 'own',
        expiresAtMs: null,
      },
      {
        ref: expect.any(String) as unknown,
        pid: 6,
        program: 'python3',
        variable: 'MYTOKEN',
        file: null,
        instanceUrl: server,
        tokenName: 'laptop',
        expiresAtMs: 4_000_000_000_000,
      },
    ]);
    expect(JSON.stringify(candidates)).not.toContain('eyJ');
    expect(made.log.text()).not.toContain('eyJ');
    const account = await made.imports.fromCandidate(candidates[1]?.ref ?? '', {});
    expect(made.vault.records.get(account.id)).toBe(jwtOf({ ...shared, seq_no: 2 }));
  });

  it('are found in the files where tools leave them, if they are the user’s own', async () => {
    const made = importBench();
    const file = (ownerId: number, claims = claimsOf()) => ({
      text: `${jwtOf(claims)}\n`,
      readableByOthers: false,
      ownerId,
    });
    const named = claimsOf({ name: 'named' });
    made.environment = { MYTOKEN_FILE: '/home/u/mt', XDG_RUNTIME_DIR: '/run/user/1000', PIDFILE: '/run/x' };
    made.filesBy = {
      '/home/u/mt': file(1000, named),
      '/run/user/1000/mt_u1000': file(1000, claimsOf({ name: 'usual' })),
      '/run/user/1000/bt_u1000': { text: 'an.access.token', readableByOthers: false, ownerId: 1000 },
      '/tmp/mt_u1000': file(1001, claimsOf({ name: 'planted' })),
      '/run/x': file(1000),
    };
    const candidates = await made.imports.candidates();
    expect(candidates.map(({ file: path, variable, tokenName }) => [path, variable, tokenName])).toEqual([
      ['/home/u/mt', 'MYTOKEN_FILE', 'named'],
      ['/run/user/1000/mt_u1000', '', 'usual'],
    ]);
    const account = await made.imports.fromCandidate(candidates[0]?.ref ?? '', {});
    expect(account.momId).toBe(momIdOf(named.jti));
  });

  it('leave out other JWTs, servers at impossible addresses and mytokens that are accounts already', async () => {
    const made = importBench();
    const known = claimsOf();
    const account = await made.accounts.add(newAccount(known));
    made.programs = [
      {
        pid: 5,
        program: 'x',
        variables: [
          variable({ ...claimsOf(), token_type: 'access' as 'mytoken' }),
          variable(claimsOf({ iss: 'http://mytoken.example.org' })),
          variable(claimsOf({ iss: 'javascript:alert(1)' })),
          variable(known),
        ],
      },
    ];
    expect(await made.imports.candidates()).toEqual([]);
    made.accounts.markStatus(account.id, 'login-needed', null);
    expect(await made.imports.candidates()).toHaveLength(1);
  });

  it('are forgotten after five minutes, by the next search and at the end', async () => {
    const made = importBench();
    made.environment = { MY: jwtOf(claimsOf()) };
    const search = async (): Promise<string> => (await made.imports.candidates())[0]?.ref ?? '';
    const first = await search();
    const second = await search();
    expect((await failure(made.imports.fromCandidate(first, {}))).code).toBe('import/no-mytoken-found');
    made.clock.advance(5 * 60_000);
    expect((await failure(made.imports.fromCandidate(second, {}))).code).toBe('import/no-mytoken-found');
    const third = await search();
    made.imports.stop();
    expect((await failure(made.imports.fromCandidate(third, {}))).code).toBe('import/no-mytoken-found');
    expect(made.clock.pending).toBe(0);
  });
});
