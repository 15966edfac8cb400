import { contextBridge, ipcRenderer } from 'electron';
import { approvalChannels } from '../../shared/ipc/channels.ts';

/** The bridge of the approval window: it can read the one request and decide on it, and nothing else. */
const bridge: Record<string, unknown> = {};

for (const channel of approvalChannels) {
  bridge[channel] = (args: unknown): Promise<unknown> => ipcRenderer.invoke(channel, args);
}

// Asked for while the page's own scripts still load, so that its first frame waits for nothing more.
const first: Promise<unknown> = ipcRenderer.invoke('approval:get', null);
bridge['approval:get'] = (): Promise<unknown> => first;

// A frame that came drawn with the page is reported from here: the page's own scripts are still on their way, and its window is not on the
// screen before this. Two frames, as the first callback comes before the drawing.
document.addEventListener('readystatechange', () => {
  const id =
    document.readyState === 'interactive' ? document.getElementById('root')?.dataset['drawn'] : undefined;
  if (id === undefined) return;
  requestAnimationFrame(() => {
    requestAnimationFrame(() => void ipcRenderer.invoke('approval:painted', { id }));
  });
});

type Listener = (event: string, payload: unknown) => void;
let listener: Listener | null = null;
/** The newest of each kind that came before the page listened. */
const early = new Map<string, unknown>();
for (const event of ['approval:changed', 'approval:shown', 'approval:over']) {
  ipcRenderer.on(event, (_event, payload: unknown) => {
    if (listener === null) early.set(event, payload);
    else listener(event, payload);
  });
}
bridge['subscribe'] = (wanted: Listener): void => {
  listener = wanted;
  for (const [event, payload] of early) wanted(event, payload);
  early.clear();
};

contextBridge.exposeInMainWorld('mytokenBridge', Object.freeze(bridge));
