import { builtinModules } from 'node:module';
import { defineConfig, type Plugin } from 'vite';

/**
 * What electron-store's foundation brings for features that are not used here: JSON schemas (zod checks what comes out of a
 * store) and migrations between versions. Left out, the main process starts with a third less to parse; were one of them used
 * all the same, the call would fail at once and loudly.
 */
const unusedByStore = new Map([
  ['ajv/dist/2020.js', 'export const Ajv2020 = undefined;'],
  ['ajv-formats', 'export default undefined;'],
  ['semver', 'export default undefined;'],
]);

function withoutUnused(): Plugin {
  return {
    name: 'without-unused-parts-of-the-store',
    enforce: 'pre',
    resolveId: (id) => (unusedByStore.has(id) ? `\0unused:${id}` : null),
    load: (id) =>
      id.startsWith('\0unused:') ? (unusedByStore.get(id.slice('\0unused:'.length)) ?? null) : null,
  };
}

/**
 * V8 keeps a script with one character beyond Latin-1 in two bytes for every character. Such characters stand in strings and regular
 * expressions alone, where an escape means the same; `String.raw` would see it.
 */
function inLatin1(): Plugin {
  return {
    name: 'scripts-in-latin-1',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        chunk.code = chunk.code.replace(
          /[^\0-\xff]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
      }
    },
  };
}

/**
 * The main process: one ES module, heavy parts (dynamic imports) as chunks that load when they are needed; and the module of the thread
 * that holds the connections of the agent's socket.
 */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [withoutUnused(), inLatin1()],
  define: { 'process.env.NODE_ENV': '"production"' },
  resolve: { conditions: ['node', 'import', 'module', 'default'] },
  ssr: { noExternal: true, external: ['electron', '@napi-rs/keyring', 'koffi'], target: 'node' },
  build: {
    ssr: true,
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node20.18',
    minify: false,
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        main: 'electron/main.ts',
        'socket-thread': 'electron/agent/socket/thread.ts',
        'approval-drawing': 'renderer/approval/drawing.tsx',
      },
      external: [
        'electron',
        /^electron\/.+/,
        '@napi-rs/keyring',
        'koffi',
        ...builtinModules.flatMap((name) => [name, `node:${name}`]),
      ],
      output: {
        // White space and comments stay in memory with the scripts; names are kept, for what the log says of a fault.
        minify: { compress: false, mangle: false, codegen: true },
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
});
