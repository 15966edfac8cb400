/** Profiles and templates over HTTP. */
import { describe, expect, it } from 'vitest';
import { nowS, useSandbox } from './support.ts';

const run = useSandbox();

function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

interface Entry {
  id: string;
  name: string;
  payload: unknown;
}

async function entries(path: string): Promise<Entry[] | null> {
  return (await run.get(`/api/v0/pt${path}`)).body as unknown as Entry[] | null;
}

describe('templates', () => {
  it('the standard set, expanded with absolute times', async () => {
    const groups = await run.get('/api/v0/pt');
    expect(groups.body).toEqual(['_', 'beamline']);
    const restrictions = await entries('/restrictions');
    expect(restrictions?.map((entry) => entry.name).sort()).toEqual(
      ['12h', '1d', '1m', '1w', '1y', 'ip-this', 'web-default'].sort(),
    );
    const web = restrictions?.find((entry) => entry.name === 'web-default')?.payload as Record<
      string,
      unknown
    >;
    expect(web).toMatchObject({ hosts: ['this'], usages_AT: 15 });
    expect(Math.abs(Number(web['exp']) - nowS() - 43_200)).toBeLessThan(5);
    const capabilities = await entries('/_/capabilities');
    expect(capabilities?.find((entry) => entry.name === 'default+MT')?.payload).toEqual([
      'AT',
      'tokeninfo',
      'create_mytoken',
    ]);
    expect((await run.get('/api/v0/pt/beamline/rotation')).text).toBe('null');
  });

  it('are written with the group’s password and answered in text', async () => {
    const body = { name: 'shift', payload: { restrictions: [{ exp: '+8h' }], name: 'shift token' } };
    const path = '/pt/beamline/profiles';
    const anonymous = await run.post(path, body);
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('content-type')).toMatch(/^text\/plain/);
    expect((await run.post(path, body, basic('_', 'sandbox'))).status).toBe(403);
    const headers = basic('beamline', 'beamline-secret');
    const made = await run.post(path, body, headers);
    expect([made.status, made.text]).toEqual([201, 'Created']);
    expect(made.headers.get('content-type')).toMatch(/^text\/plain/);
    const [entry] = (await entries('/beamline/profiles')) ?? [];
    expect(entry?.payload).toMatchObject({ name: 'shift token' });

    const token = await run.sandbox.control.issueMytoken({ capabilities: ['AT', 'create_mytoken'] });
    const child = await run.post('/token/my', {
      grant_type: 'mytoken',
      mytoken: token.value,
      include: 'beamline/shift',
    });
    expect(Math.abs(Number(child.body['expires_in']) - 8 * 3600)).toBeLessThan(5);

    const id = entry?.id ?? '';
    const changed = await run.send('PUT', `${path}/${id}`, { name: 'shift2', payload: {} }, headers);
    expect([changed.status, changed.text]).toEqual([200, 'OK']);
    expect((await entries('/beamline/profiles'))?.[0]).toEqual({ id, name: 'shift2', payload: {} });
    expect((await run.send('DELETE', `${path}/${id}`, {}, headers)).status).toBe(204);
    expect(await run.get('/api/v0/pt/beamline/profiles').then((answer) => answer.text)).toBe('null');
  });
});
