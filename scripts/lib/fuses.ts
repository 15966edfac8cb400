/**
 * Electron's fuses: switches inside the binary that take whole classes of attack away. One table, kept in
 * electron-builder.yml, burnt by the after-pack hook and read back from the packaged binary by the tests.
 */
import {
  FuseState,
  FuseV1Options,
  FuseVersion,
  getCurrentFuseWire,
  type FuseV1Config,
} from '@electron/fuses';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './paths.ts';

export type FuseTable = Readonly<Record<string, boolean>>;

/** Known to Electron, not yet to electron-builder's schema; binaries of older majors do not have it. */
const BEYOND_SCHEMA = { wasmTrapHandlers: true } as const;
const YOUNG_FUSES: ReadonlySet<string> = new Set(Object.keys(BEYOND_SCHEMA));

/** Every fuse of the current wire, as electron-builder spells it, and its position. */
const POSITIONS: ReadonlyMap<string, FuseV1Options> = new Map(
  Object.entries(FuseV1Options).flatMap(([name, position]) =>
    typeof position === 'string' ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), position] as const],
  ),
);
export const FUSE_NAMES: readonly string[] = [...POSITIONS.keys()];

function positionOf(fuse: string): FuseV1Options {
  const position = POSITIONS.get(fuse);
  if (position === undefined) throw new Error(`“${fuse}” is not a fuse of Electron.`);
  return position;
}

/** The full table from the text of electron-builder.yml. Every fuse must be decided: on or off. */
export function parseFuseTable(yml: string): FuseTable {
  const config = parse(yml) as { electronFuses?: Record<string, unknown> };
  const table: Record<string, boolean> = {};
  for (const [name, value] of Object.entries({ ...config.electronFuses, ...BEYOND_SCHEMA })) {
    positionOf(name);
    if (typeof value !== 'boolean') throw new Error(`electronFuses.${name} must be true or false.`);
    table[name] = value;
  }
  const undecided = FUSE_NAMES.filter((name) => !(name in table));
  if (undecided.length > 0)
    throw new Error(`Decide these fuses in electron-builder.yml: ${undecided.join(', ')}`);
  return table;
}

export function declaredFuses(): FuseTable {
  return parseFuseTable(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8'));
}

/** What a binary has: on, off, or absent when its Electron is older than the fuse. */
export async function readFuses(binary: string): Promise<Record<string, 'on' | 'off' | 'absent'>> {
  const wire = await getCurrentFuseWire(binary);
  const states: Record<string, 'on' | 'off' | 'absent'> = {};
  for (const name of FUSE_NAMES) {
    const state = wire[positionOf(name)];
    states[name] = state === FuseState.ENABLE ? 'on' : state === FuseState.DISABLE ? 'off' : 'absent';
  }
  return states;
}

/**
 * The configuration to burn into this binary, strictly: a fuse on its wire that the table does not name stops the
 * packaging, and so does a missing one that is not known to be young.
 */
export async function fuseConfigFor(
  binary: string,
  table: FuseTable,
  darwin: boolean,
): Promise<FuseV1Config> {
  const present = await readFuses(binary);
  const config: Record<string, unknown> = {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: darwin,
  };
  for (const [name, value] of Object.entries(table)) {
    if (present[name] === 'absent') {
      if (!YOUNG_FUSES.has(name)) throw new Error(`This Electron has no fuse “${name}”.`);
      continue;
    }
    config[String(positionOf(name))] = value;
  }
  return config as unknown as FuseV1Config;
}

/** Differences between what is declared and what a binary has, in words; empty when it is as declared. */
export function fuseDifferences(table: FuseTable, actual: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const wanted = value ? 'on' : 'off';
    const state = actual[name] ?? 'absent';
    if (state === wanted || (state === 'absent' && YOUNG_FUSES.has(name))) return [];
    return [`${name} is ${state}, declared ${wanted}`];
  });
}
