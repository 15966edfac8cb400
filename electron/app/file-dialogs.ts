import { type BrowserWindow, dialog } from 'electron';
import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { HandlerDeps } from './handlers.ts';

/** The system's file dialogs, before the window they belong to if it is open; null when they were closed. */
export function fileDialogs(
  parent: () => BrowserWindow | null,
  t: () => Translate,
): Pick<HandlerDeps, 'pickFile' | 'pickSavePath'> {
  return {
    async pickFile(purpose) {
      const options = { title: t()(`dialog.pick-${purpose}`), properties: ['openFile' as const] };
      const window = parent();
      const picked = window
        ? await dialog.showOpenDialog(window, options)
        : await dialog.showOpenDialog(options);
      return picked.filePaths[0] ?? null;
    },
    async pickSavePath(suggestedName, what = 'mytoken') {
      const options = { title: t()(`dialog.save-${what}`), defaultPath: suggestedName };
      const window = parent();
      const picked = window
        ? await dialog.showSaveDialog(window, options)
        : await dialog.showSaveDialog(options);
      return picked.canceled || picked.filePath === '' ? null : picked.filePath;
    },
  };
}
