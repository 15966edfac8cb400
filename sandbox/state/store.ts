/** The sandbox's database: plain objects in memory, optionally mirrored into a JSON file. */
import { open, readFile, rename } from 'node:fs/promises';
import type { SandboxState } from '../tokens/model.ts';

function emptyState(): SandboxState {
  return {
    version: 1,
    opKeys: {},
    opRecords: {},
    tokens: {},
    refreshTokens: {},
    shortTokens: {},
    codes: {},
    flows: {},
    templates: {},
    templatesSeeded: false,
    users: {},
    actions: {},
    mails: [],
    notifications: [],
    lastNotificationId: 0,
    calendars: [],
  };
}

export class Store {
  readonly state: SandboxState;
  readonly #file: string | undefined;
  #dirty = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(state: SandboxState, file: string | undefined) {
    this.state = state;
    this.#file = file;
  }

  /** @throws Error when the file exists and is not a state file of this version */
  static async load(file: string | undefined): Promise<Store> {
    if (file === undefined) return new Store(emptyState(), undefined);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Store(emptyState(), file);
      throw error;
    }
    const state = JSON.parse(text) as Partial<SandboxState>;
    if (state.version !== 1) throw new Error(`not a sandbox state file: ${file}`);
    return new Store({ ...emptyState(), ...state, version: 1 }, file);
  }

  /** To be called after every change; nothing is written before the next save. */
  touch(): void {
    this.#dirty = true;
  }

  /**
   * Writes pending changes. Called before an answer leaves the server, so that a killed sandbox never forgets what a
   * client was told.
   */
  async save(): Promise<void> {
    const file = this.#file;
    if (file === undefined || !this.#dirty) return this.#writing;
    this.#dirty = false;
    const text = JSON.stringify(this.state);
    this.#writing = this.#writing.then(async () => {
      const temporary = `${file}.tmp`;
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    });
    return this.#writing;
  }
}
