/** Web flows, previews, and what an operator can configure. */
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/index.ts';
import { call, useSandbox, type Answer } from './support.ts';

const run = useSandbox({
  trustedRedirects: ['^https://trusted\\.example/'],
  providerSettings: [{}, { enforcedRestrictions: [{ usages_AT: 5 }] }],
  defaultAudience: 'account',
});

function begin(request: object, provider = 0): Promise<Answer> {
  const oidc_issuer = run.sandbox.providers[provider]?.issuer;
  return run.post('/token/my', { grant_type: 'oidc_flow', oidc_issuer, ...request });
}

describe('web flow', () => {
  it('skips consent for trusted redirect URIs: 278', async () => {
    const answer = await begin({ client_type: 'web', redirect_uri: 'https://trusted.example/cb' });
    expect(answer.status).toBe(278);
    expect(Object.keys(answer.body)).toEqual(['authorization_uri']);
    const other = await begin({ client_type: 'web', redirect_uri: 'https://other.example/cb' });
    expect(other.status).toBe(200);
    expect(Object.keys(other.body)).toEqual(['consent_uri']);
  });

  it('any client type but web is native', async () => {
    expect((await begin({ client_type: 'desktop' })).body).toHaveProperty('polling_code');
  });

  it('a decline goes to the start page', async () => {
    const start = await begin({ client_type: 'web', redirect_uri: '/home' });
    const answer = await call(String(start.body['consent_uri']), { method: 'POST' });
    expect(answer.status).toBe(278);
    expect(answer.body).toEqual({ url: '/' });
  });
});

describe('errors of the provider during a login', () => {
  it('at the authorization endpoint: 555 and the code is forgotten', async () => {
    run.sandbox.control.setOp({
      authorizationError: { error: 'login_required', error_description: 'no session' },
    });
    const start = await begin({});
    const page = await run.sandbox.control.completeLogin(String(start.body['consent_uri']), {
      user: 'alice',
    });
    expect(page.status).toBe(555);
    expect(page.text).toContain('login_required: no session');
    const poll = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: start.body['polling_code'],
    });
    expect(poll.body['error']).toBe('invalid_token');
  });

  it('at the token endpoint: the page has the provider’s status and the code stays pending', async () => {
    run.sandbox.control.setOp({ error: { error: 'temporarily_unavailable', status: 503 } });
    const start = await begin({});
    const page = await run.sandbox.control.completeLogin(String(start.body['consent_uri']), {
      user: 'alice',
    });
    expect(page.status).toBe(503);
    const poll = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: start.body['polling_code'],
    });
    expect(poll.status).toBe(428);
  });

  it('an unknown state is 400', async () => {
    const answer = await run.get('/redirect?state=nobody&code=x');
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('State mismatched');
  });
});

describe('what comes back differs from what was asked', () => {
  it('enforced restrictions tighten the request', async () => {
    const start = await begin({ restrictions: [{ usages_AT: 9 }] }, 1);
    await run.sandbox.control.completeLogin(String(start.body['consent_uri']), { user: 'alice' });
    const token = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: start.body['polling_code'],
    });
    expect(token.body['restrictions']).toEqual([{ usages_AT: 5 }]);
  });

  it('a provider whose tokens say aud "account" grants the audience that was asked for', async () => {
    const bound = await run.login({ restrictions: [{ audience: ['https://a.example'], usages_AT: 3 }] });
    expect(bound['restrictions']).toEqual([{ audience: ['https://a.example'], usages_AT: 3 }]);
    const answer = await run.post('/token/access', { grant_type: 'mytoken', mytoken: bound['mytoken'] });
    expect(answer.body['audience']).toEqual(['account']);
  });
});

describe('preview of a sub-token', () => {
  it('shows what would be made and stores nothing', async () => {
    const token = await run.sandbox.control.issueMytoken({ capabilities: ['AT', 'create_mytoken'] });
    const before = run.sandbox.control.tokens().length;
    const answer = await call(`${run.sandbox.mytokenUrl}/c`, {
      method: 'POST',
      body: JSON.stringify({ mytoken: token.value, name: '<b>kid', capabilities: ['AT', 'settings'] }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.text).toContain('&lt;b&gt;kid');
    expect(answer.text).not.toContain('id="approve"');
    expect(run.sandbox.control.tokens()).toHaveLength(before);
  });
});

describe('quirks', () => {
  it('token_update only in the cookie', async () => {
    const sandbox = await startSandbox({ providerCount: 1, quirks: { tokenUpdateCookieOnly: true } });
    try {
      const token = await sandbox.control.issueMytoken({ rotation: { on_AT: true } });
      const answer = await call(`${sandbox.mytokenUrl}/api/v0/token/access`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'mytoken', mytoken: token.value }),
      });
      expect(answer.body).not.toHaveProperty('token_update');
      expect(answer.headers.getSetCookie()).toHaveLength(1);
      expect(answer.headers.getSetCookie()[0]).toMatch(/^mytoken=eyJ/);
    } finally {
      await sandbox.stop();
    }
  });

  it('statuses and texts of a well-behaved server', async () => {
    run.sandbox.control.setQuirks({ oddStatuses: false, nullArrays: false, textBodies: false });
    const start = await begin({});
    const poll = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: start.body['polling_code'],
    });
    expect([poll.status, poll.body['error']]).toEqual([400, 'authorization_pending']);
    expect((await run.get('/api/v0/pt/beamline/rotation')).text).toBe('[]');
    run.sandbox.control.setQuirks({ oddStatuses: true, nullArrays: true, textBodies: true });
  });
});
