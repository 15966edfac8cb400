import type { Clipboard as ElectronClipboard } from 'electron';

/** The system clipboard, as far as we use it. Never the primary selection. */
export interface ClipboardPort {
  /** Writes text together with the marks that ask clipboard managers to keep it out of their histories. */
  writeSecret(text: string): Promise<void>;
  writeText(text: string): Promise<void>;
  readText(): Promise<string>;
  clear(): Promise<void>;
}

/** Since Electron 44 the clipboard is asynchronous and takes several formats at once. */
interface AsyncClipboard {
  write(items: readonly unknown[]): Promise<void>;
  readText(): Promise<string>;
  clear(): Promise<void> | void;
}

/** Marks by platform, as raw formats. Values: KDE's hint is the word `secret`; the others count by presence or as DWORD 0. */
export function secrecyMarks(platform: NodeJS.Platform): Readonly<Record<string, Uint8Array>> {
  if (platform === 'darwin') {
    return {
      'org.nspasteboard.ConcealedType': new Uint8Array(),
      'org.nspasteboard.TransientType': new Uint8Array(),
    };
  }
  if (platform === 'win32') {
    const zero = new Uint8Array(4);
    return {
      ExcludeClipboardContentFromMonitorProcessing: zero,
      CanIncludeInClipboardHistory: zero,
      CanUploadToCloudClipboard: zero,
    };
  }
  return { 'x-kde-passwordManagerHint': new TextEncoder().encode('secret') };
}

/**
 * Electron's clipboard behind {@link ClipboardPort}. Before Electron 44 a text and a raw format cannot be combined in one write, so
 * the text goes without marks there; from 44 on all formats are written at once.
 */
export function electronClipboard(clipboard: ElectronClipboard, platform: NodeJS.Platform): ClipboardPort {
  const isAsync = 'ClipboardItem' in globalThis && clipboard.writeText.length === 0;
  const modern = clipboard as unknown as AsyncClipboard;
  const item = (globalThis as { ClipboardItem?: new (formats: Record<string, unknown>) => unknown })
    .ClipboardItem;

  return {
    async writeSecret(text) {
      if (isAsync && item) {
        const marks: Record<string, unknown> = {};
        for (const [format, value] of Object.entries(secrecyMarks(platform))) {
          marks[`osclipboard ${format}`] = value;
        }
        await modern.write([new item({ 'text/plain': text, ...marks })]);
      } else await Promise.resolve(clipboard.writeText(text));
    },
    writeText: async (text) => Promise.resolve(clipboard.writeText(text)),
    readText: async () => Promise.resolve(clipboard.readText()),
    clear: async () => {
      await modern.clear();
    },
  };
}
