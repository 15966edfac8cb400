import { openBridge } from '../api/window.ts';
import { afterFrame } from '../hooks/after-frame.ts';

const root = document.getElementById('root');
if (root) {
  const bridge = openBridge();
  const start = (): void => void import('./start.tsx').then((page) => page.start(bridge, root));
  // Loading the rest keeps this thread busy: what is drawn already is to be seen before. The preload script reports it.
  if (root.dataset['drawn'] === undefined) start();
  else afterFrame(start);
}
