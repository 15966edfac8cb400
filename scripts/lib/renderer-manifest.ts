import { extname } from 'node:path';

export interface ManifestEntry {
  path: string;
  mime: string;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The files that the app's own scheme may serve, and as what. Maps stay out; a file of an unknown kind stops the build
 * until somebody decides what it is.
 */
export function rendererManifest(files: readonly string[]): ManifestEntry[] {
  return files
    .filter((path) => !path.endsWith('.map') && path !== 'manifest.json')
    .sort()
    .map((path) => {
      const mime = MIME_TYPES[extname(path)];
      if (mime === undefined)
        throw new Error(`${path}: add the MIME type of ${extname(path)} to renderer-manifest.ts`);
      return { path, mime };
    });
}
