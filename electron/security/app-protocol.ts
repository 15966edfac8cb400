import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrawnPage } from '../../shared/ipc/drawn-page.ts';
import { type AppFiles, contentSecurityPolicy, fileFor, parseManifest } from './app-files.ts';
import { withFirstFrame } from './first-frame.ts';

const noncePlaceholder = '__CSP_NONCE__';

/** Answers what one window role asks of `app://<host>/`. */
export type AppPages = (request: { readonly method: string; readonly url: string }) => Promise<Response>;

/**
 * The pages of `app://<host>/` out of the renderer's build folder. `draw` makes the first frame of a page, or null where the page does so
 * itself.
 */
export function appPages(
  rendererDirectory: string,
  host: string,
  draw: () => Promise<DrawnPage | null>,
): AppPages {
  let files: Promise<AppFiles> | null = null;
  const listed = (): Promise<AppFiles> => {
    files ??= readFile(join(rendererDirectory, 'manifest.json'), 'utf8').then(parseManifest);
    return files;
  };

  return async ({ method, url }) => {
    const file = method === 'GET' ? fileFor(url, host, await listed()) : null;
    if (file === null)
      return new Response('Not found', { status: 404, headers: { 'Content-Type': 'text/plain' } });
    const content = await readFile(join(rendererDirectory, file.path));
    const nonce = randomBytes(16).toString('base64');
    const isPage = file.mime.startsWith('text/html');
    const body = isPage
      ? withFirstFrame(content.toString('utf8').replaceAll(noncePlaceholder, nonce), nonce, draw)
      : new Uint8Array(content);
    return new Response(body, {
      headers: {
        'Content-Type': file.mime,
        'Content-Security-Policy': contentSecurityPolicy(nonce),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        // No Cross-Origin-Opener-Policy: no page of ours can open or be opened, and with it every window would start two processes.
        'Cross-Origin-Resource-Policy': 'same-origin',
        'Cache-Control': 'no-store',
      },
    });
  };
}
