import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig, type InlineConfig } from 'vite';

const ROOT = join(import.meta.dirname, 'renderer');

/**
 * One window. Each has an HTML entry and a build of its own, so that a small window loads nothing that only a large one needs; all
 * paths are relative, because they are served by the app's own scheme, and nothing is inlined, because the Content Security Policy
 * allows files only.
 */
export function rendererConfig(window: string, emptyOutDir: boolean): InlineConfig {
  return {
    root: ROOT,
    base: './',
    publicDir: false,
    plugins: [react()],
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
