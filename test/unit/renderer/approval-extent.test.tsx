import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { AccessTokenWanted } from '../../../renderer/approval/AccessTokenWanted.tsx';
import { Comparison } from '../../../renderer/approval/Comparison.tsx';
import { PlainAppProvider } from '../../../renderer/hooks/app-context.tsx';
import type { AccessTokenContent } from '../../../shared/model/approval.ts';
import type { ClauseRequest } from '../../../shared/model/mytoken.ts';
import type { PlatformView } from '../../../shared/model/state.ts';
import { compareWish } from '../../../shared/model/wish-comparison.ts';

const platform: PlatformView = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};
const nowMs = Date.UTC(2026, 0, 1);

function show(children: ReactNode): string {
  render(
    <PlainAppProvider platform={platform} call={() => Promise.reject(new Error('nothing is called'))}>
      {children}
    </PlainAppProvider>,
  );
  return document.body.textContent;
}

const mytoken = (capabilities: readonly string[], restrictions: readonly ClauseRequest[]): string =>
  show(
    <Comparison
      title="What it would get"
      against="account"
      comparison={compareWish(
        { capabilities, restrictions, rotation: null },
        { capabilities: ['AT', 'tokeninfo'], restrictions: [] },
        nowMs / 1000,
      )}
      nowMs={nowMs}
    />,
  );

const accessToken = (asked: AccessTokenContent): string =>
  show(<AccessTokenWanted asked={asked} given={asked} onChange={() => undefined} />);

it('says of a mytoken whose scopes and services are not limited that it gets any of them', () => {
  const text = mytoken(['AT'], [{ exp: '+7d' }]);
  expect(text).toContain('Any scope the account has.');
  expect(text).toContain('For any service.');
});

it('says so of the one that is not limited', () => {
  const text = mytoken(['AT'], [{ scope: 'openid' }]);
  expect(text).not.toContain('Any scope');
  expect(text).toContain('For any service.');
});

it('says nothing of scopes and services where there is no access token to get', () => {
  expect(mytoken(['tokeninfo'], [{ exp: '+7d' }])).not.toMatch(/Any scope|any service/);
});

it('offers nothing to untick where the account has no limits, and says what is given instead', () => {
  const text = accessToken({
    ...{ kind: 'access-token', scope: ['openid', 'email'], audience: [], unlimited: true },
  });
  expect(screen.queryAllByRole('checkbox')).toEqual([]);
  expect(text).toContain('Any scope the account has.');
  expect(text).toMatch(/The program asked for .*email.*; that makes no difference\./);
});

it('offers each scope that can be left out where the account has limits', () => {
  const text = accessToken({ kind: 'access-token', scope: ['openid', 'email'], audience: [] });
  expect(screen.getAllByRole('checkbox')).toHaveLength(2);
  expect(text).not.toContain('Any scope');
});
