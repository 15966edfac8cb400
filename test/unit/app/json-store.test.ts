import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type JsonStore, openJsonStore } from '../../../electron/app/json-store.ts';
import { silentLogger } from '../../../electron/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

// The real one needs Electron around it; that both understand each other's files is for the end-to-end tests.
vi.mock('electron-store', () => ({
  default: class {
    readonly #path: string;
    constructor(options: { cwd: string; name: string }) {
      this.#path = join(options.cwd, `${options.name}.json`);
    }
    set(key: string, value: unknown): void {
      writeFileSync(this.#path, JSON.stringify({ [key]: value }));
    }
  },
}));

let directory: string;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory('store-');
  file = join(directory, 'accounts.json');
});

const open = (): JsonStore =>
  openJsonStore({ directory, name: 'accounts', clock: new FakeClock(), log: silentLogger });

describe('openJsonStore', () => {
  it('has nothing at first and finds again what was saved', () => {
    expect(open().load()).toBeUndefined();
    open().save({ a: 1 });
    expect(open().load()).toEqual({ a: 1 });
  });

  it('copies a file aside that cannot be understood, before anything else takes its place', () => {
    writeFileSync(file, '{"document": {"accounts": [');
    const store = open();
    expect(store.load()).toBeUndefined();
    store.save({ fresh: true });
    const copy = readdirSync(directory).find((name) => name.includes('.damaged-')) ?? '';
    expect(readFileSync(join(directory, copy), 'utf8')).toBe('{"document": {"accounts": [');
  });

  it('does not take “cannot be read” for “nothing there” (R-29)', () => {
    const blocked = openJsonStore({
      directory: join(file, 'not-a-directory'),
      name: 'x',
      clock: new FakeClock(),
      log: silentLogger,
    });
    writeFileSync(file, '{}');
    expect(() => blocked.load()).toThrow();
  });
});
