import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import type { Clock, Logger } from '../ports/index.ts';
import {
  type ApprovalWindow,
  createApprovalWindow,
  createMainWindow,
  type MainWindow,
  type MainWindowDeps,
  onWindowClose,
} from '../windows/index.ts';
import { denyCurrent } from './approval-desk.ts';
import type { Core } from './core.ts';
import type { Language } from './language.ts';
import { once } from './once.ts';
import { type DrawingModule, createQuestionDrawer } from './question-drawer.ts';
import { windowFrame } from './window-frames.ts';

export interface AppWindowsDeps {
  readonly core: Pick<Core, 'agent' | 'endpoint'>;
  readonly language: Language;
  readonly platform: () => PlatformView;
  readonly places: MainWindowDeps['places'];
  readonly trayShown: () => boolean;
  readonly onVisible: (visible: boolean) => void;
  /** Called before the main window is shown, each time. */
  readonly prepare: () => void;
  readonly appRoot: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The main window, the window for questions, and when which of them may be seen or closed. */
export interface AppWindows {
  readonly main: MainWindow;
  readonly approval: ApprovalWindow;
  show(target?: NavigationTarget): void;
  /** To be called whenever a door for programs opened or closed. */
  doorMoved(): void;
  /** Or the main window would refuse to close, and with it the app to quit. */
  quitting(): void;
  destroy(): void;
}

/** From the first open door to the rehearsal of a question: whoever has just started something gets the machine first. */
const rehearseAfterMs = 1_500;

export function createAppWindows(deps: AppWindowsDeps): AppWindows {
  const { core, language, platform, appRoot, clock, log } = deps;
  const { approvals } = core.agent;
  let quitting = false;

  const drawingUrl = pathToFileURL(join(appRoot, 'out', 'main', 'approval-drawing.js'));
  const drawer = createQuestionDrawer({
    load: async () => (await import(drawingUrl.href)) as DrawingModule,
    question: () => ({ approval: approvals.current(), platform: platform() }),
    log,
  });
  const frame = windowFrame('approval', appRoot, log, () => drawer.draw());
  const approval = createApprovalWindow({
    ...frame,
    title: () => language.t()('approval.window'),
    clock,
    platform,
    onShown: (approvalId) => approvals.shown(approvalId),
    onClosed: () => denyCurrent(approvals),
  });
  /** Programs can ask for something. */
  const anyDoorOpen = (): boolean =>
    [core.endpoint.state(), core.endpoint.state().socket, core.agent.socket.state()].some(
      ({ state }) => state === 'listening',
    );
  const rehearseSoon = once(() => {
    clock.after(rehearseAfterMs, () => {
      if (quitting) return;
      approval.rehearse();
      drawer
        .rehearse()
        .then(frame.rehearse)
        .catch((error: unknown) => {
          log.warn('approval.not-rehearsed', { error: error instanceof Error ? error.message : 'unknown' });
        });
    });
  });
  const main = createMainWindow({
    ...windowFrame('main', appRoot, log),
    title: () => language.t()('app.name'),
    places: deps.places,
    clock,
    mayClose() {
      const decision = onWindowClose({
        quitting,
        trayShown: deps.trayShown(),
        endpointListening: anyDoorOpen(),
      });
      if (decision === 'minimise') main.native()?.minimize();
      else if (decision === 'quit') app.quit();
      return decision !== 'minimise';
    },
    onVisible: deps.onVisible,
  });

  return {
    main,
    approval,
    show(target) {
      deps.prepare();
      main.show(target);
    },
    doorMoved() {
      if (anyDoorOpen()) rehearseSoon();
    },
    quitting() {
      quitting = true;
    },
    destroy() {
      quitting = true;
      approval.destroy();
      main.destroy();
    },
  };
}
