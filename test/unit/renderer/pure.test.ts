import { describe, expect, it } from 'vitest';
import { applyPatch } from '../../../renderer/api/state.ts';
import { duration, minutesAndSeconds, relativeTime } from '../../../renderer/hooks/time-texts.ts';
import { clauseWords, rotationWords } from '../../../renderer/hooks/words.ts';
import {
  loginRequest,
  newDraft,
  startOfCustom,
  wishOf,
} from '../../../renderer/main/add-account/request-draft.ts';
import { createTranslate } from '../../../shared/i18n/catalogue.ts';
import type { AppState } from '../../../shared/model/state.ts';

const t = createTranslate('en');
const account = (id: string, displayName = id) => ({ id, displayName }) as AppState['accounts'][number];
const state = { version: 7, accounts: [account('a'), account('b')], login: null } as unknown as AppState;

describe('applyPatch', () => {
  it('asks for everything anew after a gap, and ignores what is old', () => {
    expect(applyPatch(state, { version: 9 })).toBeNull();
    expect(applyPatch(state, { version: 7, login: null })).toBe(state);
  });

  it('never loses an account that an order forgets to name', () => {
    const next = applyPatch(state, { version: 8, accounts: { upsert: [], removed: [], order: ['b'] } });
    expect(next?.accounts.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('changes, adds, removes and orders accounts', () => {
    const next = applyPatch(state, {
      version: 8,
      accounts: { upsert: [account('b', 'new'), account('c')], removed: ['a'], order: ['c', 'b'] },
    });
    expect(next?.accounts).toEqual([account('c'), account('b', 'new')]);
    expect(next?.version).toBe(8);
  });
});

describe('times in words', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  it.each([
    [30_000, 'en', 'in 30 seconds'],
    [12 * 60_000, 'en', 'in 12 minutes'],
    [-3 * 86_400_000, 'en', '3 days ago'],
    [36 * 3_600_000, 'de', 'in 36 Stunden'],
    [90 * 86_400_000, 'de', 'in 3 Monaten'],
  ])('%s ms in %s', (deltaMs, locale, text) => {
    expect(relativeTime(nowMs + deltaMs, nowMs, locale)).toBe(text);
  });

  it('counts down without going below zero', () => {
    expect(minutesAndSeconds(247_000)).toBe('4:07');
    expect(minutesAndSeconds(-5)).toBe('0:00');
    expect(duration(2_592_000_000, 'de')).toBe('30 Tage');
  });
});

describe('restrictions and rotation in words', () => {
  it('has a sentence for each key', () => {
    const words = clauseWords(
      t,
      {
        nbf: 1,
        exp: '+30d',
        scope: 'openid',
        audience: ['api'],
        hosts: ['192.0.2.0/24'],
        geoip_allow: ['DE'],
        geoip_disallow: ['FR'],
        usages_AT: 1,
        usages_other: 0,
      },
      'en',
    );
    expect(words).toHaveLength(9);
    expect(words).toContain('For 30 days.');
    expect(words).toContain('Only from Germany.');
    expect(words).toContain('1 access token.');
  });

  it('takes zero for no time at all', () => {
    expect(clauseWords(t, { exp: 0, nbf: 0 }, 'en')).toEqual([]);
  });

  it('does not call an unlimited count a limit', () => {
    expect(clauseWords(t, { usages_AT: 2_147_483_647 }, 'en')).toEqual([]);
  });

  it('tells the kinds of rotation apart', () => {
    expect(rotationWords(t, null, 'en')).toBe('The mytoken stays the same when it is used.');
    expect(rotationWords(t, { on_AT: true, auto_revoke: true }, 'en')).toContain('every access token');
    expect(rotationWords(t, { on_AT: true, on_other: true, lifetime: 86_400 }, 'en')).toContain('1 day');
    expect(rotationWords(createTranslate('de'), { lifetime: 604_800 }, 'de')).toBe(
      'Es endet, wenn es 7 Tage lang ungenutzt bleibt.',
    );
  });
});

describe('what is asked for at login', () => {
  it('is everything by default, as oidc-agent asks for', () => {
    const wish = wishOf(newDraft('Provider'), startOfCustom);
    expect(wish).toMatchObject({ restrictions: [], rotation: null });
    expect(wish.capabilities).toContain('create_mytoken');
  });

  it('is exactly what was chosen by hand', () => {
    const custom = {
      ...startOfCustom,
      capabilities: ['AT'],
      restrictions: [{ exp: '+7d', scope: 'openid' }],
      rotation: { on_AT: true },
    };
    expect(wishOf({ ...newDraft('P'), profile: 'custom' }, custom)).toEqual({
      tokenName: 'Mytoken Desktop',
      capabilities: ['AT'],
      restrictions: [{ exp: '+7d', scope: 'openid' }],
      rotation: { on_AT: true },
    });
  });

  it('names a profile of the server and leaves the rest to it', () => {
    const draft = { ...newDraft('P'), profile: 'server:beamline/night' as const };
    expect(wishOf(draft, startOfCustom)).toMatchObject({
      include: ['beamline/night'],
      capabilities: [],
      restrictions: [],
    });
  });

  it('leaves out a short name that was not given', () => {
    expect(loginRequest(newDraft('P'), startOfCustom, 'https://mt', 'https://op')).not.toHaveProperty(
      'shortname',
    );
  });
});
