import { z } from '../../shared/zod.ts';

const manifestSchema = z.array(z.object({ path: z.string().min(1), mime: z.string().min(1) }));

/** The files a window may load, by path relative to the renderer's build folder, with their MIME types. */
export type AppFiles = ReadonlyMap<string, string>;

export function parseManifest(json: string): AppFiles {
  return new Map(manifestSchema.parse(JSON.parse(json)).map(({ path, mime }) => [path, mime]));
}

/**
 * The build file behind a URL of a window's scheme, or null. An allow-list does the deciding: decoding comes first, and what is
 * not a listed path, whatever its spelling, does not exist.
 */
export function fileFor(url: string, host: string, files: AppFiles): { path: string; mime: string } | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.host !== host || parsed.username !== '' || parsed.password !== '') return null;
  let path: string;
  try {
    path = decodeURIComponent(parsed.pathname).replace(/^\/+/, '');
  } catch {
    return null;
  }
  if (path === '') path = `${host}/index.html`;
  const mime = files.get(path);
  return mime === undefined ? null : { path, mime };
}

/**
 * Default deny. Styles need the nonce of this load (Emotion puts style elements into the page); scripts are files of ours; pages
 * have no network at all; no string becomes code (Trusted Types).
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
