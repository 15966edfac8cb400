/**
 * What the fallback runtime runs when it is given a folder: `electron [-r FILE] [flags] FOLDER [arguments]`.
 * An ES module, and it awaits the app's entry: otherwise Electron would be `ready` before an ESM app has called what
 * must happen earlier (enableSandbox, registerSchemesAsPrivileged). process.argv stays as it is, as in the stock loader.
 */
import { app } from 'electron';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const preloads = [];
let target;
const argv = process.argv.slice(1);
for (let index = 0; index < argv.length; index += 1) {
  const argument = argv[index];
  if (argument === '-r' || argument === '--require') {
    index += 1;
    preloads.push(argv[index]);
  } else if (!argument.startsWith('-')) {
    target = argument;
    break;
  }
}

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
const require = createRequire(join(process.cwd(), 'default-app.cjs'));
for (const file of preloads) require(resolve(file));

function entryOf(path) {
  if (!statSync(path).isDirectory()) {
    app.setAppPath(dirname(path));
    return path;
  }
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (name) app.setName(name);
  if (manifest.version) app.setVersion(manifest.version);
  if (manifest.desktopName) app.setDesktopName(manifest.desktopName);
  app.setAppPath(path);
  return join(path, manifest.main ?? 'index.js');
}

if (target === undefined) {
  process.stderr.write('This Electron is for development and tests. Usage: electron FOLDER\n');
  app.exit(1);
} else {
  try {
    await import(pathToFileURL(entryOf(resolve(target))).href);
  } catch (error) {
    process.stderr.write(`${target} failed to load:\n${error?.stack ?? error}\n`);
    app.exit(1);
  }
}
