import { describe, expect, it } from 'vitest';
import { formerWish } from '../../../electron/accounts/former-wish.ts';
import { differencesFrom } from '../../../shared/model/wish-differences.ts';
import type { MytokenClaims } from '../../../electron/mytoken/index.ts';
import { loginProfileIds, loginProfiles, wishFor } from '../../../shared/model/login-profiles.ts';
import type { MytokenWish } from '../../../shared/model/mytoken.ts';
import { accountRecord } from '../../support/fake-account-book.ts';
import { claimsOf, issuer } from '../../support/made-mytokens.ts';

const atMs = Date.UTC(2026, 0, 15);
const at = atMs / 1000;

function differences(wish: Partial<MytokenWish>, claims: Partial<MytokenClaims>): unknown {
  const whole = { tokenName: 'x', capabilities: ['AT'], restrictions: [], rotation: null, ...wish };
  return differencesFrom(
    { wish: whole, oidcIssuer: issuer, atMs },
    claimsOf({ capabilities: ['AT'], ...claims }),
  );
}

describe('what came back against what was asked for', () => {
  it('finds nothing where all is as wished', () => {
    expect(differences({}, { rotation: {}, oidc_iss: 'https://op.example.org' })).toEqual([]);
    expect(
      differences(
        {
          restrictions: [
            { exp: '+1d12h', hosts: ['this'], scope: 'b a', usages_other: 3 },
            { exp: String(at + 5), audience: ['x', 'y'], geoip_allow: ['de'] },
            {},
          ],
          rotation: { on_AT: true, on_other: false, lifetime: 60 },
        },
        {
          restrictions: [
            { exp: at + 5, audience: ['y', 'x'], geoip_allow: ['DE'] },
            {
              exp: at + 129_603,
              hosts: ['192.0.2.7'],
              scope: 'a b',
              usages_other: 3,
              usages_AT: 2_147_483_647,
            },
          ],
          rotation: { on_AT: true, lifetime: 60 },
        },
      ),
    ).toEqual([]);
  });

  it('knows what a wider capability covers', () => {
    expect(differences({ capabilities: ['tokeninfo:introspect'] }, { capabilities: ['tokeninfo'] })).toEqual([
      { kind: 'capabilities-added', values: ['tokeninfo'] },
    ]);
    expect(
      differences({ capabilities: ['AT', 'settings'] }, { capabilities: ['AT', 'read@settings'] }),
    ).toEqual([{ kind: 'capabilities-lost', values: ['settings'] }]);
  });

  it('names restriction keys that changed', () => {
    expect(
      differences(
        { restrictions: [{ exp: '+7d', scope: 'a b' }] },
        { restrictions: [{ exp: at + 86_400, scope: 'a' }] },
      ),
    ).toEqual([{ kind: 'restrictions-changed', values: ['exp', 'scope'] }]);
  });

  it('tells lost restrictions, which widen, from added ones', () => {
    expect(
      differences({ restrictions: [{ exp: '+7d' }, { hosts: ['a'] }] }, { restrictions: [{ hosts: ['a'] }] }),
    ).toEqual([{ kind: 'restrictions-lost', values: ['exp'] }]);
    expect(differences({ restrictions: [{ audience: ['x'] }] }, {})).toEqual([
      { kind: 'restrictions-lost', values: ['audience'] },
    ]);
    expect(differences({}, { restrictions: [{ exp: at + 99 }] })).toEqual([
      { kind: 'restrictions-added', values: ['exp'] },
    ]);
    expect(differences({ restrictions: [{}] }, { restrictions: [{ exp: at + 99 }] })).toEqual([
      { kind: 'restrictions-added', values: ['exp'] },
    ]);
    expect(differences({ restrictions: [{ hosts: ['this'] }] }, { restrictions: [{ exp: 1 }] })).toEqual([
      { kind: 'restrictions-changed', values: ['exp', 'hosts'] },
    ]);
  });

  it('names rotation keys and another provider', () => {
    expect(
      differences(
        { rotation: { on_AT: true } },
        { rotation: { lifetime: 9 }, oidc_iss: 'https://other.example.org' },
      ),
    ).toEqual([
      { kind: 'issuer-changed', values: ['https://other.example.org'] },
      { kind: 'rotation-changed', values: ['on_AT', 'lifetime'] },
    ]);
  });

  it('says nothing about what the server was to fill in', () => {
    const rich = { capabilities: ['AT', 'settings'], restrictions: [{ exp: 5 }], rotation: { on_AT: true } };
    expect(differences({ capabilities: [], include: ['web'] }, rich)).toEqual([]);
    expect(differences({ restrictions: [{ include: 'short' }] }, { restrictions: [{ exp: 5 }] })).toEqual([]);
    expect(differences({ restrictions: [{ exp: '2026-03-01' }] }, { restrictions: [{ exp: 5 }] })).toEqual(
      [],
    );
  });
});

describe('asking again', () => {
  const wish: MytokenWish = {
    tokenName: 'x',
    capabilities: ['AT'],
    restrictions: [{ exp: '+7d' }],
    rotation: null,
  };

  it('asks for the same as before', () => {
    expect(formerWish(accountRecord({ wish }), atMs)).toBe(wish);
  });

  it('moves the times of an imported mytoken along', () => {
    const record = accountRecord({
      issuedAtMs: atMs - 86_400_000,
      restrictions: [{ exp: at, hosts: ['a'] }, { nbf: at - 100 }],
      rotation: { on_AT: true },
    });
    expect(formerWish(record, atMs)).toEqual({
      tokenName: 'test',
      capabilities: ['AT'],
      restrictions: [{ exp: at + 86_400, hosts: ['a'] }, { nbf: at + 86_300 }],
      rotation: { on_AT: true },
    });
  });
});

describe('login profiles', () => {
  it('have one entry for each id', () => {
    expect(loginProfiles.map(({ id }) => id)).toEqual([...loginProfileIds]);
  });

  it('ask for what they are called', () => {
    expect(wishFor('agent', 'n')).toEqual({
      tokenName: 'n',
      capabilities: ['AT', 'tokeninfo', 'manage_mytokens', 'create_mytoken', 'settings'],
      restrictions: [],
      rotation: null,
    });
    expect(wishFor('tokens-only', 'n').capabilities).toEqual(['AT', 'tokeninfo:introspect']);
    expect(wishFor('careful', 'n')).toMatchObject({
      restrictions: [{ exp: '+30d' }],
      rotation: { on_AT: true, lifetime: 2_592_000, auto_revoke: true },
    });
  });

  it('leave everything to a profile of the server', () => {
    expect(wishFor({ group: '_', name: 'web' }, 'n')).toEqual({
      tokenName: 'n',
      capabilities: [],
      restrictions: [],
      rotation: null,
      include: ['web'],
    });
    expect(wishFor({ group: 'beamline', name: 'p05' }, 'n').include).toEqual(['beamline/p05']);
  });
});
