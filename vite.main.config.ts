import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/** The main process: one ES module, heavy parts (dynamic imports) as chunks that load when they are needed. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  resolve: { conditions: ['node', 'import', 'module', 'default'] },
  ssr: { noExternal: true, external: ['electron', '@napi-rs/keyring'], target: 'node' },
  build: {
    ssr: 'electron/main.ts',
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node20.18',
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      external: [
        'electron',
        /^electron\/.+/,
        '@napi-rs/keyring',
        ...builtinModules.flatMap((name) => [name, `node:${name}`]),
      ],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
