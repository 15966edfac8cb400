import { beforeEach, describe, expect, it } from 'vitest';
import { createStateHub, type StateHub, type StateSources } from '../../../electron/app/state-hub.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import type { AppState, StatePatch } from '../../../shared/model/state.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function view(id: string, over: Partial<AccountView> = {}): AccountView {
  return {
    id,
    shortname: id,
    displayName: id,
    instanceUrl: 'https://mt.example.org',
    oidcIssuer: 'https://op.example.org',
    providerName: null,
    tokenName: 'x',
    momId: 'm',
    capabilities: [],
    restrictions: [],
    rotation: null,
    defaultScopes: [],
    defaultAudience: [],
    providerScopes: [],
    isDefault: false,
    createdAtMs: 0,
    lastUsedAtMs: null,
    expiresAtMs: null,
    status: 'ok',
    problem: null,
    storage: 'vault',
    ...over,
  };
}

let clock: FakeClock;
let accounts: AccountView[];
let asked: string[];
let patches: StatePatch[];
let hub: StateHub;

beforeEach(() => {
  clock = new FakeClock();
  accounts = [view('a'), view('b')];
  asked = [];
  patches = [];
  const sources: StateSources = {
    accounts: () => {
      asked.push('accounts');
      return accounts;
    },
    storage: () => ({ kind: 'ok', protection: 'os-user', backend: 'x', wrappedBy: null, copiedTo: null }),
    endpoint: () => ({
      state: 'off',
      addresses: [],
      discoveryFile: null,
      problem: null,
      socket: { state: 'off', path: null, problem: null },
    }),
    clients: () => [],
    agent: () => ({
      socket: { state: 'off', path: null, problem: null },
      ...{ waiting: 0, grants: [], blocked: [] },
    }),
    activity: () => ({ changes: 0, total: 0, damaged: 0, problem: null }),
    lock: () => ({ locked: null, paused: null }),
    handover: () => ({ bearerFiles: [], mytokenFiles: [], discoveryPath: null }),
    inPlace: () => ({ places: [], environment: null }),
    login: () => null,
    clipboard: () => ({ clearsAtMs: null, accountId: null, tokenExpiresAtMs: null, problem: null }),
    settings: () => defaultSettings,
    platform: () => ({ platform: 'linux' }) as AppState['platform'],
  };
  hub = createStateHub(sources, clock);
  hub.onPatch((patch) => patches.push(patch));
});

describe('createStateHub', () => {
  it('computes nothing while no window looks', () => {
    hub.changed('accounts');
    clock.advance(1_000);
    expect(asked).toEqual([]);
    expect(patches).toEqual([]);
  });

  it('sends only the accounts that differ from what the window has', () => {
    hub.setWatched(true);
    hub.snapshot();
    accounts = [view('a'), view('b', { status: 'expired' })];
    hub.changed('accounts');
    clock.advance(50);
    expect(patches).toHaveLength(1);
    expect(patches[0]?.accounts).toEqual({ upsert: [accounts[1]], removed: [], order: null });
  });

  it('reports additions, removals and a new order', () => {
    hub.setWatched(true);
    hub.snapshot();
    accounts = [view('c'), view('a')];
    hub.changed('accounts');
    clock.advance(50);
    expect(patches[0]?.accounts).toEqual({ upsert: [accounts[0]], removed: ['b'], order: ['c', 'a'] });
  });

  it('gathers a burst into one patch and counts versions without a gap', () => {
    hub.setWatched(true);
    const { version } = hub.snapshot();
    for (let index = 0; index < 20; index += 1) {
      hub.changed('endpoint');
      hub.changed('login');
    }
    clock.advance(50);
    hub.changed('clients');
    clock.advance(50);
    expect(patches.map((patch) => patch.version)).toEqual([version + 1, version + 2]);
    expect(Object.keys(patches[0] ?? {}).sort()).toEqual(['endpoint', 'login', 'version']);
  });

  it('sends nothing when nothing changed', () => {
    hub.setWatched(true);
    hub.snapshot();
    hub.changed('accounts');
    clock.advance(50);
    expect(patches).toEqual([]);
  });

  it('looks again once a minute, since accounts expire by themselves, and stops when the window goes', () => {
    hub.setWatched(true);
    hub.snapshot();
    accounts = [view('a', { status: 'expiring' }), view('b')];
    clock.advance(61_000);
    expect(patches).toHaveLength(1);
    hub.setWatched(false);
    expect(clock.pending).toBe(0);
  });

  it('leaves out of the next patch what a snapshot already told', () => {
    hub.setWatched(true);
    hub.snapshot();
    accounts = [view('a')];
    hub.changed('accounts');
    hub.snapshot();
    clock.advance(50);
    expect(patches).toEqual([]);
  });
});
