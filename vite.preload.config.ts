import { defineConfig, type InlineConfig } from 'vite';

/** One bridge per window: a single CommonJS file each, as a sandboxed preload can load nothing but `electron`. */
export function preloadConfig(window: string): InlineConfig {
  return {
    root: import.meta.dirname,
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ssr: `electron/preload/${window}.ts`,
      outDir: 'out/preload',
      emptyOutDir: false,
      target: 'node20.18',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: `${window}.cjs`, codeSplitting: false },
      },
    },
  };
}

export default defineConfig(preloadConfig('main'));
