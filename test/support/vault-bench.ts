import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret, silentLogger } from '../../electron/ports/index.ts';
import { createVault, type VaultOptions, type VaultWithHistory } from '../../electron/vault/index.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeKeyBackend } from './fake-key-backend.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A directory for vaults on the real disk, and a key store that outlives them. */
export interface VaultBench {
  readonly directory: string;
  readonly records: string;
  readonly clock: FakeClock;
  readonly backend: FakeKeyBackend;
  make(options?: Partial<VaultOptions>): VaultWithHistory;
  /** An opened vault; fails when it does not open. */
  open(options?: Partial<VaultOptions>): Promise<VaultWithHistory>;
}

export function vaultBench(): VaultBench {
  const directory = join(temporaryDirectory('vault-'), 'vault');
  const clock = new FakeClock();
  const backend = new FakeKeyBackend();
  const make = (options: Partial<VaultOptions> = {}): VaultWithHistory =>
    createVault({ directory, backends: [backend], clock, log: silentLogger, ...options });
  return {
    directory,
    records: join(directory, 'records'),
    clock,
    backend,
    make,
    async open(options) {
      const vault = make(options);
      const state = await vault.open();
      if (state.kind !== 'ok') throw new Error(`The vault is ${state.kind}.`);
      return vault;
    },
  };
}

export const secret = (text: string): Secret => new Secret(text);

/** The text in a record, or null when there is none. */
export async function textOf(vault: VaultWithHistory, recordId: string): Promise<string | null> {
  return (await vault.get(recordId))?.reveal() ?? null;
}

export function recordFile(bench: VaultBench, recordId: string, suffix: 'rec' | 'prev' = 'rec'): string {
  return join(bench.records, `${Buffer.from(recordId).toString('hex')}.${suffix}`);
}

export interface StoredHeader {
  readonly vaultId: string;
  readonly keyId: string;
  readonly wrappedBy: string;
  readonly wrappedKey: string;
  readonly retiring: unknown;
  readonly rotationOwed: boolean;
}

export async function storedHeader(bench: VaultBench): Promise<StoredHeader> {
  return JSON.parse(await readFile(join(bench.directory, 'header.json'), 'utf8')) as StoredHeader;
}

/** Names of all files below the vault directory; empty when it does not exist. */
export async function filesOf(bench: VaultBench): Promise<readonly string[]> {
  const entries = await readdir(bench.directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Content of every file below the vault directory by name, to see whether anything changed. */
export async function snapshotOf(bench: VaultBench): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(bench.directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map(async (file) => [
      file.name,
      (await readFile(join(file.parentPath, file.name))).toString('hex'),
    ]),
  );
  return Object.fromEntries(contents) as Record<string, string>;
}
