import { describe, expect, it } from 'vitest';
import {
  createBlocks,
  createGrants,
  parseStoredPermissions,
  type PermissionStorage,
} from '../../../electron/approvals/index.ts';
import { unknownCaller } from '../../../electron/agent/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const caller = { ...unknownCaller('agent-socket'), identity: 'id-job', program: 'job' };
const subject = { caller, accountId: 'a', scope: ['x', 'y'], audience: ['z'] };
const day = 86_400_000;

function bench() {
  const clock = new FakeClock();
  const disk: { text: string | undefined; broken: boolean } = { text: undefined, broken: false };
  const load = (): ReturnType<PermissionStorage['load']> =>
    parseStoredPermissions(disk.text === undefined ? undefined : JSON.parse(disk.text), () => undefined);
  const start = () => {
    const { grants: kept, blocked } = load();
    const write = (part: object): void => {
      if (disk.broken) throw new DomainError('settings/could-not-save', 'disk full');
      disk.text = JSON.stringify({ ...load(), ...part });
    };
    return {
      grants: createGrants(clock, kept, (grants) => write({ grants })),
      blocks: createBlocks(clock, blocked, (list) => write({ blocked: list })),
    };
  };
  return { clock, disk, start, ...start() };
}

describe('answers that last for good', () => {
  it('R-67 come from the settings alone, and outlive time, a lock and the app', () => {
    const { clock, grants, start } = bench();
    const view = grants.add(subject, { scope: ['x'], audience: ['z'] }, '15min');
    grants.keep(view?.id ?? '');
    clock.advance(30 * day);
    grants.clear();
    const again = start().grants;
    for (const each of [grants, again]) {
      expect(each.list()).toMatchObject([
        { duration: 'always', expiresAtMs: null, scope: ['x'], accountId: 'a' },
      ]);
      expect(each.use({ ...subject, scope: ['x'] })).toMatchObject({ scope: ['x'], audience: ['z'] });
      // What was narrowed stays so, for good as well.
      expect(each.use(subject)).toMatchObject({ scope: ['x'], audience: ['z'] });
      expect(each.use({ ...subject, scope: ['y'] })).toBeNull();
      expect(each.use({ ...subject, caller: { ...caller, identity: 'id-other' } })).toBeNull();
    }
    again.revoke(again.list()[0]?.id ?? '');
    expect(start().grants.list()).toEqual([]);
  });

  it('R-67 all others go with the lock, and are never written down', () => {
    const { grants, disk } = bench();
    grants.add(subject, subject, 'until-quit');
    grants.add(subject, subject, '1h');
    expect(grants.list()).toHaveLength(2);
    grants.clear();
    expect([grants.list(), disk.text]).toEqual([[], undefined]);
  });

  it('R-67 go with their account', () => {
    const { grants, start } = bench();
    for (const accountId of ['a', 'b']) {
      grants.keep(grants.add({ ...subject, accountId }, subject, '1h')?.id ?? '');
    }
    grants.forgetAccount('a');
    expect(start().grants.list()).toMatchObject([{ accountId: 'b' }]);
  });

  it('what could not be written down did not happen', () => {
    const { grants, disk, clock } = bench();
    const id = grants.add(subject, subject, '15min')?.id ?? '';
    disk.broken = true;
    expect(() => grants.keep(id)).toThrow('disk full');
    clock.advance(15 * 60_000);
    expect(grants.list()).toEqual([]);
  });

  it('an answer that is gone cannot be made to last', () => {
    const { grants, clock, disk } = bench();
    const id = grants.add(subject, subject, '15min')?.id ?? '';
    clock.advance(15 * 60_000);
    grants.keep(id);
    expect([grants.list(), disk.text]).toEqual([[], undefined]);
  });
});

describe('blocked programs', () => {
  it('stay blocked over a restart, until that is taken back', () => {
    const { blocks, start } = bench();
    blocks.add(caller);
    blocks.add(caller);
    const again = start().blocks;
    expect(again.list()).toMatchObject([{ program: 'job' }]);
    expect([again.has(caller), again.has({ ...caller, identity: 'id-other' })]).toEqual([true, false]);
    again.remove(again.list()[0]?.id ?? '');
    expect([again.has(caller), start().blocks.has(caller)]).toEqual([false, false]);
  });

  it('never one that cannot be recognised: it would be all of them', () => {
    const { blocks } = bench();
    blocks.add({ ...caller, identity: null });
    expect([blocks.list(), blocks.has({ ...caller, identity: null })]).toEqual([[], false]);
  });

  it('a full disk unblocks nobody', () => {
    const { blocks, disk } = bench();
    disk.broken = true;
    expect(() => blocks.add(caller)).toThrow('disk full');
    expect(blocks.has(caller)).toBe(true);
    expect(() => blocks.remove(blocks.list()[0]?.id ?? '')).toThrow('disk full');
    expect(blocks.has(caller)).toBe(true);
  });
});

describe('what is read back', () => {
  it('permits nothing that is not understood, and keeps what is', () => {
    let rejected = 0;
    const good = {
      ...{ id: 'g', program: 'job', identity: 'i', accountId: 'a', createdAtMs: 1 },
      given: { scope: [], audience: [] },
      asked: { scope: [], audience: [] },
    };
    const read = parseStoredPermissions(
      { grants: [good, { ...good, identity: '' }, { ...good, given: undefined }, 7], blocked: 'x' },
      () => (rejected += 1),
    );
    expect([read.grants, read.blocked, rejected]).toEqual([[good], [], 4]);
    expect(parseStoredPermissions(undefined, () => (rejected += 1))).toEqual({ grants: [], blocked: [] });
    expect(rejected).toBe(4);
    parseStoredPermissions('x', () => (rejected += 1));
    expect(rejected).toBe(5);
  });
});
