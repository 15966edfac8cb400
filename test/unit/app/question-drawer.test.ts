import { beforeEach, describe, expect, it } from 'vitest';
import { createQuestionDrawer, type DrawingModule } from '../../../electron/app/question-drawer.ts';
import type { CallResult } from '../../../shared/ipc/contract.ts';
import { RecordingLog } from '../../support/recording-log.ts';

type Question = CallResult<'approval:get'>;
const asked = (id: string): Question => ({ approval: { id }, platform: { locale: 'de' } }) as Question;
const nobodyAsks = { ...asked(''), approval: null };

describe('drawing a question', () => {
  let log: RecordingLog;
  let question: Question;
  let loads: number;
  let rehearsed: unknown[];
  let module: DrawingModule;
  let whileLoading: () => void;

  beforeEach(() => {
    log = new RecordingLog();
    question = asked('first');
    loads = 0;
    rehearsed = [];
    whileLoading = () => undefined;
    module = {
      drawQuestion: ({ approval }) =>
        approval === null ? null : { id: approval.id, html: approval.id, css: '' },
      rehearse: (platform) => rehearsed.push(platform.locale),
    };
  });

  const drawer = () =>
    createQuestionDrawer({
      load: () => {
        loads += 1;
        whileLoading();
        return Promise.resolve(module);
      },
      question: () => question,
      log,
    });

  it('draws the one that is asked when drawing begins, not the one before', async () => {
    whileLoading = () => (question = asked('second'));
    expect((await drawer().draw())?.id).toBe('second');
  });

  it('draws nothing when the question was withdrawn meanwhile', async () => {
    whileLoading = () => (question = nobodyAsks);
    expect(await drawer().draw()).toBeNull();
  });

  it('loads nothing while nobody asks', async () => {
    question = nobodyAsks;
    expect(await drawer().draw()).toBeNull();
    expect(loads).toBe(0);
  });

  it('leaves it to the page when it fails', async () => {
    module = {
      drawQuestion: () => {
        throw new Error('no');
      },
      rehearse: () => {
        throw new Error('no rehearsal');
      },
    };
    expect(await drawer().draw()).toBeNull();
    await drawer().rehearse();
    expect(log.lines).toEqual([
      'warn approval.not-drawn {"error":"no"}',
      'warn approval.not-drawn {"error":"no rehearsal"}',
    ]);
  });

  it('rehearses in the language of its user', async () => {
    question = nobodyAsks;
    await drawer().rehearse();
    expect(rehearsed).toEqual(['de']);
  });
});
