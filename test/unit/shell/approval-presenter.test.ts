import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApprovalPresenter,
  createApprovalPresenter,
  keepWarmMs,
  silentAfterMs,
  staleAfterMs,
} from '../../../electron/windows/approval-presenter.ts';
import type { ApprovalView } from '../../../shared/model/approval.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';

function view(id: string, change: Partial<ApprovalView> = {}): ApprovalView {
  return {
    ...{ id, contentHash: id, account: null, deadlineAtMs: 0, unlockFirst: null, waiting: 0, asked: 1 },
    ...{
      others: [],
      grantable: false,
      offerBlock: false,
      content: { kind: 'add-account', oidcIssuer: 'https://op' },
    },
    caller: {
      ...{
        door: 'http',
        verified: false,
        pid: null,
        uid: null,
        program: '',
        executable: null,
        commandLine: [],
      },
      ...{ workingDirectory: null, chain: [], via: null, confinement: null, claims: { application: null } },
      identity: null,
    },
    ...change,
  };
}

describe('the approval window', () => {
  let clock: FakeClock;
  let log: RecordingLog;
  let presenter: ApprovalPresenter;
  let said: string[];
  let opened: number;
  let hasFocus: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    log = new RecordingLog();
    said = [];
    opened = 0;
    hasFocus = false;
    presenter = createApprovalPresenter({
      clock,
      log,
      onShown: (id) => said.push(`shown ${id}`),
      open() {
        opened += 1;
        const page = opened;
        said.push(`open ${page}`);
        return {
          present: (approval) => said.push(`present ${approval?.id ?? 'nothing'}`),
          visible: (id) => said.push(`visible ${id}`),
          over: (id) => said.push(`over ${id}`),
          hasFocus: () => hasFocus,
          show: (focused) => said.push(focused ? 'show focused' : 'show'),
          hide: () => said.push('hide'),
          focus: () => said.push('focus'),
          destroy: () => said.push(`destroy ${page}`),
        };
      },
    });
  });
  const told = (): string[] => said.splice(0);

  it('R-64 is shown only after the page has drawn the question that is asked', () => {
    presenter.update(view('a'));
    expect(told()).toEqual(['open 1']);
    presenter.painted('b');
    expect(told()).toEqual([]);
    clock.advance(120);
    presenter.painted('a');
    expect(told()).toEqual(['show', 'visible a', 'shown a']);
    expect(log.lines.at(-1)).toBe('info approval.shown {"afterMs":120,"warm":false}');
  });

  it('stays loaded and hidden for the next question, and says how soon that was there', () => {
    presenter.update(view('a'));
    presenter.painted('a');
    presenter.update(null);
    told();
    presenter.update(view('b'));
    expect(told()).toEqual(['present b']);
    presenter.painted('a'); // late news of a question that is over
    expect(told()).toEqual([]);
    clock.advance(30);
    presenter.painted('b');
    expect(told()).toEqual(['show', 'visible b', 'shown b']);
    expect(log.lines.at(-1)).toBe('info approval.shown {"afterMs":30,"warm":true}');
  });

  it('is let go when nothing was asked for a while, and not while something is', () => {
    presenter.update(view('a'));
    presenter.painted('a');
    clock.advance(keepWarmMs);
    presenter.update(null);
    told();
    clock.advance(keepWarmMs - 1);
    expect(told()).toEqual([]);
    clock.advance(1);
    expect(told()).toEqual(['destroy 1']);
    presenter.update(view('b'));
    expect(told()).toEqual(['open 2']);
  });

  it('is warmed without being seen', () => {
    presenter.warm();
    presenter.warm();
    presenter.focus();
    expect(told()).toEqual(['open 1']);
    clock.advance(keepWarmMs - 1);
    presenter.warm(); // still in use
    clock.advance(keepWarmMs - 1);
    expect(told()).toEqual([]);
    clock.advance(1);
    expect(told()).toEqual(['destroy 1']);
  });

  it('the next question takes the place of the one on the screen; a page that is slow to do so is hidden (R-64)', () => {
    presenter.update(view('a'));
    presenter.painted('a');
    told();
    presenter.update(view('b'));
    presenter.painted('b');
    expect(told()).toEqual(['present b', 'visible b', 'shown b']);
    presenter.update(view('c'));
    clock.advance(staleAfterMs);
    expect(told()).toEqual(['present c', 'hide']);
    presenter.painted('c');
    expect(told()).toEqual(['show', 'visible c', 'shown c']);
  });

  it('news about the question on the screen go to the page and count as shown', () => {
    presenter.update(view('a', { unlockFirst: 'store' }));
    presenter.painted('a');
    told();
    presenter.update(view('a'));
    expect(told()).toEqual(['present a', 'shown a']);
  });

  it('a loaded page that draws nothing is made anew; a new one is shown as it is', () => {
    presenter.warm();
    presenter.update(view('a'));
    told();
    clock.advance(silentAfterMs);
    expect(told()).toEqual(['destroy 1', 'open 2']);
    clock.advance(silentAfterMs);
    expect(told()).toEqual(['show']);
    clock.advance(60_000);
    expect(told()).toEqual([]);
    presenter.painted('a');
    expect(told()).toEqual(['visible a', 'shown a']);
  });

  it('R-61 takes the focus only when somebody asked for the window', () => {
    presenter.update(view('a'));
    presenter.focus();
    presenter.painted('a');
    expect(told()).toEqual(['open 1', 'show focused', 'visible a', 'shown a']);
    presenter.focus();
    expect(told()).toEqual(['focus']);
    presenter.update(null);
    presenter.focus();
    presenter.update(view('b'));
    presenter.painted('b');
    expect(told()).toEqual(['hide', 'present nothing', 'present b', 'show', 'visible b', 'shown b']);
  });

  describe('nobody answered in time', () => {
    const deadlineAtMs = (): number => clock.nowMs() + 60_000;
    const ask = (): void => {
      presenter.update(view('a', { deadlineAtMs: deadlineAtMs() }));
      presenter.painted('a');
      told();
    };

    it('whoever is at it is told, and the window stays until it is closed or something else is asked', () => {
      ask();
      hasFocus = true;
      clock.advance(60_000);
      presenter.update(null);
      presenter.update(null); // something else has changed
      expect(told()).toEqual(['over a']);
      presenter.update(view('b', { deadlineAtMs: deadlineAtMs() }));
      presenter.painted('b');
      expect(told()).toEqual(['present b', 'visible b', 'shown b']);
    });

    it('it does not stay for ever', () => {
      ask();
      hasFocus = true;
      clock.advance(60_000);
      presenter.update(null);
      clock.advance(keepWarmMs);
      expect(told()).toEqual(['over a', 'destroy 1']);
    });

    it('where nobody is at it, it goes', () => {
      ask();
      clock.advance(60_000);
      presenter.update(null);
      expect(told()).toEqual(['hide', 'present nothing']);
    });

    it('an answer, or a program that goes, takes it away at once', () => {
      ask();
      hasFocus = true;
      clock.advance(30_000);
      presenter.update(null);
      expect(told()).toEqual(['hide', 'present nothing']);
    });
  });

  it('a window that was lost is made anew for the next question', () => {
    presenter.update(view('a'));
    presenter.painted('a');
    presenter.lost();
    presenter.update(null);
    presenter.update(view('b'));
    expect(told().at(-1)).toBe('open 2');
  });
});
