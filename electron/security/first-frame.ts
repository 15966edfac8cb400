import type { DrawnPage } from '../../shared/ipc/drawn-page.ts';

const emptyRoot = '<div id="root"></div>';

/**
 * The page with its first frame in it. What comes before that is sent at once: the window's process has enough to do with it while the
 * rest is being drawn. The styles lie inside of what the page replaces, as they must go with it.
 */
export function withFirstFrame(
  page: string,
  nonce: string,
  draw: () => Promise<DrawnPage | null>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const at = page.indexOf(emptyRoot);
  return new ReadableStream({
    async start(stream) {
      stream.enqueue(encoder.encode(page.slice(0, at)));
      const drawn = await draw();
      const root =
        drawn === null
          ? emptyRoot
          : `<div id="root" data-drawn="${drawn.id}"><style nonce="${nonce}">${drawn.css}</style>${drawn.html}</div>`;
      stream.enqueue(encoder.encode(root + page.slice(at + emptyRoot.length)));
      stream.close();
    },
  });
}
