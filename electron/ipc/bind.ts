import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { channels } from '../../shared/ipc/channels.ts';
import type { WindowRole } from '../../shared/ipc/contract.ts';
import type { Caller, Dispatcher } from './dispatch.ts';

/** Connects the dispatcher to Electron. Must be called before the first window is made. */
export function bindIpc(
  ipcMain: IpcMain,
  dispatcher: Dispatcher,
  roleOf: (contents: WebContents) => WindowRole | null,
): () => void {
  const callerOf = (event: IpcMainInvokeEvent): Caller => {
    const frame = event.senderFrame; // null once the frame has navigated or gone
    return {
      frame: frame === null ? null : { isTop: frame.parent === null, origin: frame.origin },
      role: roleOf(event.sender),
    };
  };
  for (const channel of channels) {
    ipcMain.handle(channel, (event, args: unknown) => dispatcher.dispatch(channel, args, callerOf(event)));
  }
  return () => {
    for (const channel of channels) ipcMain.removeHandler(channel);
  };
}
