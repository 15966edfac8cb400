import { describe, expect, it } from 'vitest';
import { z } from '../../../shared/zod.ts';
import { createDispatcher, type Handlers } from '../../../electron/ipc/index.ts';
import { silentLogger } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { channels } from '../../../shared/ipc/channels.ts';
import { contract } from '../../../shared/ipc/contract.ts';

const top = { frame: { isTop: true, origin: 'app://main' }, role: 'main' as const };

function dispatcher(over: Record<string, (args: unknown) => Promise<unknown>> = {}) {
  const all = Object.fromEntries(channels.map((channel) => [channel, () => Promise.resolve(null)]));
  return createDispatcher({ ...all, ...over } as unknown as Handlers, () => 'app://main', silentLogger);
}

describe('createDispatcher', () => {
  it('does not start with half a contract', () => {
    const all = Object.fromEntries(channels.map((channel) => [channel, () => Promise.resolve(null)]));
    const { 'state:get': _gone, ...missing } = all;
    const make = (handlers: object) => () =>
      createDispatcher(handlers as Handlers, () => 'app://main', silentLogger);
    expect(make(missing)).toThrow('state:get');
    expect(make({ ...all, 'alien:call': () => null })).toThrow('alien:call');
  });

  it.each([
    ['a frame that has gone', { ...top, frame: null }],
    ['a sub-frame', { ...top, frame: { isTop: false, origin: 'app://main' } }],
    ['a foreign origin', { ...top, frame: { isTop: true, origin: 'https://evil.example' } }],
    ['a window we did not make', { ...top, role: null }],
  ])('refuses %s (R-13)', async (_who, caller) => {
    let called = false;
    const reply = await dispatcher({
      'clipboard:clear': () => {
        called = true;
        return Promise.resolve(null);
      },
    }).dispatch('clipboard:clear', null, caller);
    expect(reply).toMatchObject({ ok: false, error: { code: 'ipc/not-allowed' } });
    expect(called).toBe(false);
  });

  it('R-68 the main window decides nothing, and the approval window can do nothing else', async () => {
    const decision = { id: 'a', contentHash: 'b', decision: 'allow', grant: 'once' };
    const approval = { frame: { isTop: true, origin: 'app://approval' }, role: 'approval' as const };
    for (const [channel, args, from] of [
      ['approval:decide', decision, top],
      ['state:get', null, approval],
      ['tokens:reveal', { accountId: 'a' }, approval],
      ['compose:issue', {}, approval],
    ] as const) {
      expect(await dispatcher().dispatch(channel, args, from), channel).toMatchObject({
        ok: false,
        error: { code: 'ipc/not-allowed' },
      });
    }
  });

  it('while the app is locked, windows can look, unlock and refuse, and nothing else', async () => {
    const all = Object.fromEntries(channels.map((channel) => [channel, () => Promise.resolve(null)]));
    const open = createDispatcher(
      all as unknown as Handlers,
      (role) => `app://${role}`,
      silentLogger,
      () => true,
    );
    const works: string[] = [];
    for (const channel of channels) {
      const role = (contract[channel].roles as readonly ('main' | 'approval')[])[0] ?? 'main';
      const from = { frame: { isTop: true, origin: `app://${role}` }, role };
      const reply = await open.dispatch(channel, null, from);
      if (reply.ok || reply.error.code !== 'app/locked') works.push(channel);
    }
    expect(works.sort()).toEqual(
      [
        ...['state:get', 'window:ready', 'clipboard:clear', 'help:open', 'approval:show'],
        ...['lock:lock', 'lock:unlock', 'lock:pause', 'lock:resume'],
        ...['approval:get', 'approval:painted', 'approval:decide', 'approval:unlock'],
      ].sort(),
    );
  });

  it('refuses unknown channels, also names from Object.prototype', async () => {
    for (const name of ['nope', 'constructor', '__proto__']) {
      expect(await dispatcher().dispatch(name, null, top)).toMatchObject({
        ok: false,
        error: { code: 'ipc/not-allowed' },
      });
    }
  });

  it('names the faulty field and never its value', async () => {
    const reply = await dispatcher().dispatch(
      'accounts:set-default',
      { accountId: 42, secret: 'canary' },
      top,
    );
    expect(reply).toMatchObject({ ok: false, error: { code: 'ipc/invalid-argument' } });
    expect(JSON.stringify(reply)).not.toContain('canary');
  });

  it('lets domain errors through and hides all others (R-16)', async () => {
    const domain = dispatcher({
      'clipboard:clear': () => Promise.reject(new DomainError('vault/locked', 'locked', { retryable: true })),
    });
    expect(await domain.dispatch('clipboard:clear', null, top)).toMatchObject({
      ok: false,
      error: { code: 'vault/locked', retryable: true },
    });
    const other = dispatcher({ 'clipboard:clear': () => Promise.reject(new Error('canary')) });
    const reply = await other.dispatch('clipboard:clear', null, top);
    expect(reply).toMatchObject({ ok: false, error: { code: 'app/internal' } });
    expect(JSON.stringify(reply)).not.toContain('canary');
  });

  it('keeps back a result that does not fit the contract', async () => {
    const wrong = dispatcher({ 'tokens:copy': () => Promise.resolve({ accessToken: 'canary' }) });
    const reply = await wrong.dispatch('tokens:copy', { accountId: 'a' }, top);
    expect(reply).toMatchObject({ ok: false, error: { code: 'app/internal' } });
    expect(JSON.stringify(reply)).not.toContain('canary');
  });

  it('strips what the contract does not name', async () => {
    const generous = dispatcher({
      'tokens:copy': () => Promise.resolve({ tokenExpiresAtMs: 1, clearsAtMs: 2, accessToken: 'canary' }),
    });
    expect(await generous.dispatch('tokens:copy', { accountId: 'a' }, top)).toEqual({
      ok: true,
      result: { tokenExpiresAtMs: 1, clearsAtMs: 2 },
    });
  });
});

describe('the contract', () => {
  it('knows exactly the channels the preload script offers', () => {
    expect(Object.keys(contract).sort()).toEqual([...channels].sort());
  });

  it('hands a secret over only where that is the purpose', () => {
    const secretNames = /accessToken|^key$|mytoken$|consentUri|pollingCode|^code$|refreshToken|^sshAccess/i;
    for (const channel of channels) {
      const spec = contract[channel];
      if (channel === 'state:get') continue; // its types are tested with a canary in the app's state
      const fields = fieldNames(spec.result);
      const secret = fields.filter((name) => secretNames.test(name));
      expect(secret.length > 0, `${channel}: ${secret.join()}`).toBe('secretResult' in spec);
    }
  });
});

function fieldNames(schema: z.ZodType): string[] {
  const json = JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' }));
  const names: string[] = [];
  JSON.parse(json, (key: string, value: unknown) => {
    if (key === 'properties') names.push(...Object.keys(value as object));
    return value;
  });
  return names;
}
