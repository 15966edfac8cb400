import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig, type InlineConfig, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, 'renderer');

/** A page's few styles come with it, under the nonce of its load: its first frame waits for no other file. */
function stylesInPage(): Plugin {
  return {
    name: 'styles-in-page',
    transformIndexHtml: {
      order: 'post',
      handler(page, { bundle = {} }) {
        return page.replace(
          /<link rel="stylesheet"[^>]* href="(?:\.\.\/)*([^"]+)">/g,
          (link, file: string) => {
            const sheet = bundle[file];
            if (sheet?.type !== 'asset') throw new Error(`The build has no ${file} for ${link}`);
            Reflect.deleteProperty(bundle, file);
            return `<style nonce="__CSP_NONCE__">${sheet.source.toString().trim()}</style>`;
          },
        );
      },
    },
  };
}

/**
 * One window. Each has an HTML entry and a build of its own, so that a small window loads nothing that only a large one needs; all
 * paths are relative, because they are served by the app's own scheme, and no script is inlined, because the Content Security Policy
 * allows files only.
 */
export function rendererConfig(window: string, emptyOutDir: boolean): InlineConfig {
  return {
    root: ROOT,
    base: './',
    publicDir: false,
    plugins: [react(), stylesInPage()],
    build: {
      outDir: join(import.meta.dirname, 'out', 'renderer'),
      emptyOutDir,
      target: 'chrome130',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      sourcemap: 'hidden',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        input: { [window]: join(ROOT, window, 'index.html') },
      },
    },
  };
}

export default defineConfig(rendererConfig('main', true));
