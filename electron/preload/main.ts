import { contextBridge, ipcRenderer } from 'electron';
import { events, mainChannels } from '../../shared/ipc/channels.ts';

/**
 * The bridge of the main window: one named function for each call of the contract and one way to listen. Arguments and answers are
 * plain data; nothing of Electron crosses.
 */
const bridge: Record<string, unknown> = {};

for (const channel of mainChannels) {
  bridge[channel] = (args: unknown): Promise<unknown> => ipcRenderer.invoke(channel, args);
}

bridge['subscribe'] = (listener: (event: string, payload: unknown) => void): void => {
  for (const event of events) {
    ipcRenderer.on(event, (_event, payload: unknown) => listener(event, payload));
  }
};

contextBridge.exposeInMainWorld('mytokenBridge', Object.freeze(bridge));
