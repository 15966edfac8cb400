import { beforeEach, describe, expect, it } from 'vitest';
import { runApprovalDesk } from '../../../electron/app/approval-desk.ts';
import { watchGrantUse } from '../../../electron/app/grant-digest.ts';
import { createNotifications } from '../../../electron/notifications/notifications.ts';
import { Emitter } from '../../../electron/ports/index.ts';
import { withDot } from '../../../electron/tray/attention-dot.ts';
import { createTranslate } from '../../../shared/i18n/catalogue.ts';
import type { ActivityRecord } from '../../../shared/model/activity.ts';
import type { ApprovalView } from '../../../shared/model/approval.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function view(change: Partial<ApprovalView> = {}): ApprovalView {
  return {
    ...{ id: 'a', contentHash: 'a', deadlineAtMs: 0, unlockFirst: null, waiting: 0, asked: 1 },
    ...{ others: [], grantable: false, offerBlock: false },
    content: { kind: 'access-token', scope: ['secret-scope'], audience: [] },
    account: {
      ...{ id: 'x', displayName: 'Alpha', shortname: 'alpha' },
      ...{ instanceUrl: 'https://mt', oidcIssuer: 'https://op' },
    },
    caller: {
      ...{ door: 'agent-socket', verified: true, pid: 1, uid: 1, program: 'job', executable: null },
      ...{ commandLine: [], workingDirectory: null, chain: [], via: null, confinement: null },
      ...{ claims: { application: null }, identity: null },
    },
    ...change,
  };
}

function platform() {
  const shown: { title: string; body: string; click: () => void }[] = [];
  const notifications = createNotifications({
    port: {
      show(notification) {
        shown.push(notification);
        return () => void shown.splice(shown.indexOf(notification), 1);
      },
    },
    t: () => createTranslate('en'),
    settings: () => defaultSettings.notifications,
    navigate: () => undefined,
  });
  return { shown, notifications };
}

describe('questions and attention', () => {
  let clock: FakeClock;
  let current: ApprovalView | null;
  let badges: number[];
  let focused: number;
  const changed = new Emitter<undefined>();

  beforeEach(() => {
    clock = new FakeClock();
    current = null;
    badges = [];
    focused = 0;
  });
  const start = () => {
    const { shown, notifications } = platform();
    const stop = runApprovalDesk({
      approvals: {
        current: () => current,
        count: () => (current === null ? 0 : 1 + current.waiting),
        onChange: (listener) => changed.on(listener),
      },
      window: { update: () => undefined, focus: () => (focused += 1) },
      notifications,
      clock,
      badge: (count) => badges.push(count),
      changed: () => undefined,
    });
    const set = (next: ApprovalView | null): void => {
      current = next;
      changed.emit(undefined);
    };
    return { shown, set, stop };
  };

  it('R-63 one notification for a burst, and it goes with the last question', () => {
    const { shown, set, stop } = start();
    for (let asked = 1; asked <= 50; asked += 1) set(view({ asked }));
    clock.advance(1_000);
    expect(shown.map(({ title }) => title)).toEqual(['50 requests from job']);
    set(view({ asked: 50, waiting: 3 }));
    set(view({ id: 'b', waiting: 2 }));
    clock.advance(60_000);
    expect(shown).toHaveLength(1);
    shown[0]?.click();
    expect(focused).toBe(1);
    set(null);
    expect(shown).toHaveLength(0);
    expect(badges.at(-1)).toBe(0);
    expect(badges).toContain(4);
    set(view());
    clock.advance(1_000);
    expect(shown.map(({ title }) => title)).toEqual(['job asks for Alpha']);
    expect(shown[0]?.body).not.toContain('secret-scope');
    stop();
  });

  it('what was answered before anybody was told is not told any more', () => {
    const { shown, set, stop } = start();
    set(view());
    set(null);
    clock.advance(1_000);
    expect(shown).toEqual([]);
    stop();
  });

  it('several programs are counted, an unknown one has no name', () => {
    const { shown, set, stop } = start();
    set(view({ waiting: 2 }));
    clock.advance(1_000);
    set(null);
    const { program: _program, ...caller } = view().caller;
    set(view({ caller: { ...caller, program: '' } }));
    clock.advance(1_000);
    expect(shown.map(({ title }) => title)).toEqual(['An unknown program asks for Alpha']);
    stop();
  });
});

describe('use of remembered answers', () => {
  it('is told at once, then at most once a minute for each program', () => {
    const clock = new FakeClock();
    const changed = new Emitter<undefined>();
    let records: readonly ActivityRecord[] = [];
    const told: string[] = [];
    const stop = watchGrantUse({
      activity: { list: () => records, onChange: (listener) => changed.on(listener) },
      clock,
      used: ({ program, accountName, count }) => told.push(`${program} ${accountName} ${count}`),
    });
    const add = (program: string, by: ActivityRecord['by'] = 'grant'): void => {
      const record: ActivityRecord = {
        ...{ id: `${records.length}`, atMs: 0, durationMs: 0, program, verified: true, accountName: 'Alpha' },
        ...{ kind: 'access-token', summary: '', outcome: 'allowed', by },
      };
      records = [record, ...records];
      changed.emit(undefined);
    };
    add('job');
    add('job');
    changed.emit(undefined); // something else about the list
    add('job', 'policy');
    add('other');
    add('job');
    expect(told.splice(0)).toEqual(['job Alpha 1', 'other Alpha 1']);
    clock.advance(60_000);
    expect(told.splice(0)).toEqual(['job Alpha 2']);
    clock.advance(60_000);
    add('job');
    expect(told.splice(0)).toEqual(['job Alpha 1']);
    stop();
    add('job');
    clock.advance(120_000);
    expect(told).toEqual([]);
  });
});

it('the dot of the tray icon is in its corner, with a gap around it', () => {
  const plain = { width: 22, height: 22, data: new Uint8Array(22 * 22 * 4).fill(255) };
  const { data } = withDot(plain, [1, 2, 3, 255]);
  const at = (x: number, y: number): number[] => [...data.slice((y * 22 + x) * 4, (y * 22 + x) * 4 + 4)];
  expect(at(0, 0)).toEqual([255, 255, 255, 255]);
  expect(at(17, 17)).toEqual([1, 2, 3, 255]);
  expect(at(11, 17)).toEqual([0, 0, 0, 0]);
  expect(plain.data.every((byte) => byte === 255)).toBe(true);
});
