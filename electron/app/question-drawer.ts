import type { CallResult } from '../../shared/ipc/contract.ts';
import type { DrawnPage } from '../../shared/ipc/drawn-page.ts';
import type { Logger } from '../ports/index.ts';

type Question = CallResult<'approval:get'>;

/** What the build makes of renderer/approval/drawing.tsx. */
export interface DrawingModule {
  drawQuestion(question: Question): DrawnPage | null;
  rehearse(platform: Question['platform']): void;
}

export interface QuestionDrawer {
  /** The question that is asked now; null when there is none, or when it could not be drawn: then the page does it itself, a little later. */
  draw(): Promise<DrawnPage | null>;
  /** Loads what drawing needs, and draws something once. */
  rehearse(): Promise<void>;
}

/** Draws the first frame of a window while the process of that window still starts. */
export function createQuestionDrawer({
  load,
  question,
  log,
}: {
  readonly load: () => Promise<DrawingModule>;
  readonly question: () => Question;
  readonly log: Logger;
}): QuestionDrawer {
  const notDrawn = (error: unknown): void =>
    log.warn('approval.not-drawn', { error: error instanceof Error ? error.message : 'unknown' });
  return {
    async draw() {
      try {
        if (question().approval === null) return null;
        const drawing = await load();
        return drawing.drawQuestion(question());
      } catch (error) {
        notDrawn(error);
        return null;
      }
    },
    async rehearse() {
      try {
        (await load()).rehearse(question().platform);
      } catch (error) {
        notDrawn(error);
      }
    },
  };
}
