import { beforeEach, describe, expect, it } from 'vitest';
import { createNotices, type Notices } from '../../../electron/manage/index.ts';
import type { Calendar, MailNotification, MytokenClient } from '../../../electron/mytoken/index.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { failure } from '../mytoken/fake-server.ts';

const code = 'c0de'.repeat(16);
const key = 'k3y'.repeat(10);
const feed = `https://mytoken.example.org/calendars/${key}`;

const notification = (id: number, momIds: readonly string[] = ['own']): MailNotification => ({
  id,
  managementCode: new Secret(code),
  userWide: false,
  classes: ['expiration'],
  momIds,
  tags: [],
});
const calendar: Calendar = {
  key: new Secret(key),
  title: 'work',
  feed: new Secret(feed),
  momIds: [],
  tags: [],
  editable: true,
};

let calls: unknown[][];
let failing: string | null;
let notices: Notices;

/** Writes down what it is asked for; `failing` fails at one method. */
function recording<T>(name: string, value: T): (...args: unknown[]) => Promise<T> {
  return (...args) => {
    calls.push([name, ...args.slice(1)]);
    return failing === name
      ? Promise.reject(new DomainError('mytoken/not-supported', 'no'))
      : Promise.resolve(value);
  };
}

beforeEach(() => {
  calls = [];
  failing = null;
  const answer = <T>(value: T) => ({ value, update: null });
  const client = {
    notifications: {
      list: recording('list', answer([notification(1)])),
      own: recording('own', answer({ notifications: [], calendars: [calendar] })),
      create: recording('create', answer(new Secret(code))),
      read: recording('read', notification(2, ['own', 'b'])),
      setClasses: recording('setClasses', null),
      addToken: recording('addToken', null),
      removeToken: recording('removeToken', null),
      remove: recording('remove', null),
      invite: recording('invite', answer(null)),
    },
    calendars: {
      list: recording('calendars', answer([calendar])),
      byId: () => Promise.resolve(false),
      create: recording('createCalendar', answer(calendar)),
    },
    userSettings: {
      email: recording('email', answer({ address: 'a@b', verified: true, prefersHtml: false })),
    },
  } as unknown as MytokenClient;
  const account = { id: 'a', instanceUrl: 'https://mytoken.example.org', momId: 'own', capabilities: [] };
  notices = createNotices({
    accounts: { require: () => account as never },
    broker: { withMytoken: async (_id, task) => (await task({} as never)).value },
    client,
    requireOperation: (_accountId, operation) => void calls.push(['needs', operation]),
    log: silentLogger,
  });
});

describe('what windows get', () => {
  it('holds neither management codes nor feed links nor the keys of calendars', async () => {
    const view = JSON.stringify(await notices.list('a', 'all'));
    for (const secret of [code, key, feed]) expect(view).not.toContain(secret);
    const [made] = (await notices.list('a', 'all')).calendars ?? [];
    expect(notices.feedLink('a', made?.calendarId ?? '').reveal()).toBe(feed);
  });

  it('is without the address when the mytoken may not see it', async () => {
    expect((await notices.list('a', 'own')).mail).toBeNull();
    expect(calls.map(([name]) => name)).not.toContain('email');
  });

  it('has what the server has: mails, calendars, or neither', async () => {
    failing = 'calendars';
    expect(await notices.list('a', 'all')).toMatchObject({ calendars: null, notifications: [{}] });
    failing = 'list';
    expect(await notices.list('a', 'all')).toMatchObject({ notifications: null, calendars: [{}] });
  });
});

describe('ids', () => {
  it('are known from the last list of the same account only, and not after the store was locked', async () => {
    expect((await failure(notices.remove('a', 1))).code).toBe('mytoken/not-found');
    await notices.list('a', 'all');
    expect((await failure(notices.remove('b', 1))).code).toBe('mytoken/not-found');
    notices.forgetAll();
    expect((await failure(notices.remove('a', 1))).code).toBe('mytoken/not-found');
    expect(calls.map(([name]) => name)).not.toContain('remove');
  });
});

describe('several mytokens', () => {
  it('are named one at the creation, the others afterwards', async () => {
    const target = { kind: 'some', momIds: ['b', 'own'], includeChildren: true } as const;
    expect((await notices.create('a', target, ['expiration'])).problem).toBeNull();
    expect(calls).toMatchObject([
      ['needs', 'notify-others'],
      ['create', { target: { kind: 'one', momId: 'own', includeChildren: true } }],
      ['addToken', {}, { momId: 'b', includeChildren: true }],
      ['read', {}],
    ]);
  });

  it('the own one alone takes no right over others', async () => {
    const target = { kind: 'some', momIds: ['own'], includeChildren: false } as const;
    await notices.create('a', target, ['expiration']);
    expect(calls.slice(0, 2)).toMatchObject([
      ['needs', 'notify'],
      ['create', { target: { kind: 'own' } }],
    ]);
  });

  it('what was made stays known when another cannot be added', async () => {
    failing = 'addToken';
    const target = { kind: 'some', momIds: ['own', 'b'], includeChildren: false } as const;
    const made = await notices.create('a', target, ['expiration']);
    expect(made).toMatchObject({
      notification: { notificationId: 2 },
      problem: { code: 'mytoken/not-supported' },
    });
    await notices.remove('a', 2);
    expect(calls.at(-1)?.[0]).toBe('remove');
  });
});

it('a change asks only for what differs', async () => {
  await notices.list('a', 'all');
  calls = [];
  await notices.change('a', 1, { classes: ['expiration'], add: ['b'], remove: [], includeChildren: false });
  expect(calls.map(([name]) => name)).toEqual(['addToken', 'read']);
});

it('the mytoken itself needs no capability, its children one, others another', async () => {
  for (const [momId, derived] of [
    ['own', true],
    ['child', true],
    ['other', false],
  ] as const) {
    await notices.invite('a', { momId, derived }, '');
  }
  expect(calls.filter(([name]) => name === 'needs')).toEqual([
    ['needs', 'notify'],
    ['needs', 'notify-others'],
  ]);
});

it('a second calendar of the same name is refused before a server by name is asked', async () => {
  await notices.list('a', 'all');
  calls = [];
  expect((await failure(notices.createCalendar('a', 'work'))).code).toBe('mytoken/already-there');
  expect(calls).toEqual([['needs', 'notify-others']]);
});
