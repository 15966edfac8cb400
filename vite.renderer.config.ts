import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig, type InlineConfig } from 'vite';

const ROOT = join(import.meta.dirname, 'renderer');

/**
 * The windows. Each has an HTML entry of its own; all paths are relative, because they are served by the app's own
 * scheme, and nothing is inlined, because the Content Security Policy allows files only.
 */
export function rendererConfig(windows: readonly string[]): InlineConfig {
  return {
    root: ROOT,
    base: './',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir: join(import.meta.dirname, 'out', 'renderer'),
      emptyOutDir: true,
      target: 'chrome130',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      sourcemap: 'hidden',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        input: Object.fromEntries(windows.map((name) => [name, join(ROOT, name, 'index.html')])),
      },
    },
  };
}

export default defineConfig(rendererConfig(['main']));
