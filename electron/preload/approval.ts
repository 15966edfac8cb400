import { contextBridge, ipcRenderer } from 'electron';
import { approvalChannels } from '../../shared/ipc/channels.ts';

/** The bridge of the approval window: it can read the one request and decide on it, and nothing else. */
const bridge: Record<string, unknown> = {};

for (const channel of approvalChannels) {
  bridge[channel] = (args: unknown): Promise<unknown> => ipcRenderer.invoke(channel, args);
}

bridge['subscribe'] = (listener: (event: string, payload: unknown) => void): void => {
  ipcRenderer.on('approval:changed', (_event, payload: unknown) => listener('approval:changed', payload));
};

contextBridge.exposeInMainWorld('mytokenBridge', Object.freeze(bridge));
