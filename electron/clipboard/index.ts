export { type Clipboard, type CopyFacts, createClipboard } from './clipboard.ts';
export { type ClipboardPort, electronClipboard } from './port.ts';
