import { openBridge } from '../api/window.ts';
import { afterFrame } from '../hooks/after-frame.ts';

const root = document.getElementById('root');
if (root) {
  const bridge = openBridge();
  const start = (): void => void import('./start.tsx').then((page) => page.start(bridge, root));
  const drawn = root.dataset['drawn'];
  if (drawn === undefined) start();
  else {
    // Loading the rest keeps this thread busy: the question is to be seen before.
    afterFrame(() => {
      void bridge['approval:painted']({ id: drawn });
      start();
    });
  }
}
