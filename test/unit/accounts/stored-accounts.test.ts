import { describe, expect, it } from 'vitest';
import { accountsDocument, parseStoredAccounts } from '../../../electron/accounts/index.ts';
import { accountRecord } from '../../support/fake-account-book.ts';

const record = accountRecord({
  restrictions: [{ exp: 5, hosts: ['a'], usages_AT: 3 }],
  wish: {
    tokenName: 'x',
    capabilities: ['AT'],
    restrictions: [{ exp: '+7d', include: 'short' }],
    rotation: { on_AT: true },
    include: ['web'],
  },
});
const parse = (...entries: unknown[]) =>
  parseStoredAccounts({ accounts: entries, defaultAccountId: 'a1' }, 7);

describe('stored accounts', () => {
  it('come back as they were written', () => {
    const document = JSON.parse(
      JSON.stringify(accountsDocument({ accounts: [record], defaultAccountId: 'a1' }, [])),
    ) as unknown;
    expect(parseStoredAccounts(document)).toEqual({
      accounts: [record],
      defaultAccountId: 'a1',
      damaged: [],
      newlyDamaged: 0,
    });
  });

  it('are none when there is no file yet', () => {
    expect(parseStoredAccounts(undefined).accounts).toEqual([]);
    expect(parseStoredAccounts(null).newlyDamaged).toBe(0);
  });

  it.each([
    ['no object', 'text', 'entry'],
    ['an address that is none', { ...record, instanceUrl: 'javascript:alert(1)' }, 'instanceUrl'],
    ['an impossible short name', { ...record, shortname: '../../x' }, 'shortname'],
    ['a missing field', { ...record, momId: undefined }, 'momId'],
    ['an unknown status', { ...record, status: 'great' }, 'status'],
    ['an endless time', { ...record, expiresAtMs: 1e300 }, 'expiresAtMs'],
    ['an id that is a path', { ...record, id: '../x' }, 'id'],
    ['a restriction of the wrong kind', { ...record, restrictions: [{ exp: 'soon' }] }, 'restrictions.0.exp'],
  ])('R-29: put aside an entry with %s, and keep the others', (_, entry, reason) => {
    const good = { ...record, id: 'good', shortname: 'good' };
    const parsed = parse(entry, good);
    expect(parsed.accounts.map(({ id }) => id)).toEqual(['good']);
    expect(parsed.damaged).toEqual([{ foundAtMs: 7, reason, entry }]);
    expect(parsed.newlyDamaged).toBe(1);
    expect(parsed.defaultAccountId).toBeNull();
  });

  it('carry what was put aside along, through any number of saves', () => {
    let document: unknown = { accounts: [record, { broken: 1 }], defaultAccountId: 'a1' };
    for (let round = 0; round < 3; round += 1) {
      const parsed = parseStoredAccounts(document, round);
      expect(parsed.newlyDamaged).toBe(round === 0 ? 1 : 0);
      expect(parsed.damaged).toMatchObject([{ foundAtMs: 0, entry: { broken: 1 } }]);
      document = accountsDocument(parsed, parsed.damaged);
    }
  });

  it.each([[[]], ['text'], [5], [{ accounts: {} }], [{}]])('put the whole aside when it is %j', (raw) => {
    expect(parseStoredAccounts(raw)).toMatchObject({
      accounts: [],
      damaged: [{ reason: 'document', entry: raw }],
    });
  });

  it('put aside what was put aside in a way nobody understands', () => {
    const parsed = parseStoredAccounts({ accounts: [], damaged: [{ strange: true }] });
    expect(parsed.damaged).toMatchObject([{ reason: 'damaged', entry: { strange: true } }]);
  });

  it('put aside a second entry of one id, and rename a second one of one short name', () => {
    const parsed = parse(
      record,
      { ...record, shortname: 'other' },
      { ...record, id: 'a2', shortname: 'DEMO' },
    );
    expect(parsed.accounts.map(({ id, shortname }) => [id, shortname])).toEqual([
      ['a1', 'demo'],
      ['a2', 'DEMO-2'],
    ]);
    expect(parsed.damaged).toMatchObject([{ reason: 'id-taken' }]);
  });

  it('forget that a server was unreachable, and whatever a file claims about the session', () => {
    const [account] = parse({ ...record, status: 'unreachable', sessionOnly: true, extra: 1 }).accounts;
    expect(account?.status).toBe('ok');
    expect(account).not.toHaveProperty('sessionOnly');
  });
});
