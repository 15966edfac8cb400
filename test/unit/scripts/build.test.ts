import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { hashFiles, listFiles } from '../../../scripts/lib/content-hash.ts';
import { rendererManifest } from '../../../scripts/lib/renderer-manifest.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('content hash', () => {
  let root: string;
  beforeEach(() => {
    root = temporaryDirectory('content-hash-');
    mkdirSync(join(root, 'src/node_modules'), { recursive: true });
    writeFileSync(join(root, 'src/b.ts'), 'b');
    writeFileSync(join(root, 'src/a.ts'), 'a');
    writeFileSync(join(root, 'src/node_modules/x.js'), 'x');
  });

  test('lists files sorted, without packages and absent paths', () => {
    expect(listFiles(root, ['src', 'absent'])).toEqual(['src/a.ts', 'src/b.ts']);
  });

  test('changes with a content, a new file and a new name, and with nothing else', () => {
    const before = hashFiles(root, ['src']);
    writeFileSync(join(root, 'src/a.ts'), 'a');
    expect(hashFiles(root, ['src'])).toBe(before);
    writeFileSync(join(root, 'src/a.ts'), 'c');
    const changed = hashFiles(root, ['src']);
    expect(changed).not.toBe(before);
    writeFileSync(join(root, 'src/c.ts'), '');
    expect(hashFiles(root, ['src'])).not.toBe(changed);
  });
});

describe('rendererManifest', () => {
  test('names each file that may be served with its type, and leaves maps out', () => {
    expect(rendererManifest(['main/index.html', 'assets/a.js.map', 'assets/a.js', 'manifest.json'])).toEqual([
      { path: 'assets/a.js', mime: 'text/javascript; charset=utf-8' },
      { path: 'main/index.html', mime: 'text/html; charset=utf-8' },
    ]);
  });

  test('an unknown kind of file stops the build', () => {
    expect(() => rendererManifest(['a.exe'])).toThrow('a.exe');
  });
});
