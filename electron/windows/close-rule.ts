export type CloseDecision = 'hide' | 'minimise' | 'quit';

/**
 * What closing the window means. With a tray the app stays there. Without one nobody would find it again, unless it still serves local
 * programs: then it stays in the taskbar, minimised, and starting the app again brings it back.
 */
export function onWindowClose(facts: {
  readonly quitting: boolean;
  readonly trayShown: boolean;
  readonly endpointListening: boolean;
}): CloseDecision {
  if (facts.quitting) return 'quit';
  if (facts.trayShown) return 'hide';
  return facts.endpointListening ? 'minimise' : 'quit';
}
