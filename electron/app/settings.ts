import { DomainError } from '../../shared/errors.ts';
import {
  defaultSettings,
  type Settings,
  type SettingsPatch,
  settingsSchema,
} from '../../shared/model/settings.ts';
import { Emitter, type Logger } from '../ports/index.ts';
import type { JsonStore } from './json-store.ts';

export interface SettingsService {
  get(): Settings;
  /** Throws `settings/invalid` or `settings/could-not-save`; then nothing has changed. */
  update(patch: SettingsPatch): void;
  onChange(listener: (settings: Settings, before: Settings) => void): () => void;
}

/** Settings as stored, each unusable value replaced by its default. */
function readSettings(stored: unknown, store: JsonStore, log: Logger): Settings {
  if (stored === undefined) return defaultSettings;
  const raw: object = typeof stored === 'object' && stored !== null ? stored : {};
  // Settings that a former version did not know have their defaults.
  const whole = settingsSchema.safeParse({ ...defaultSettings, ...raw });
  if (whole.success) return whole.data;
  const kept: Record<string, unknown> = { ...defaultSettings };
  const dropped: string[] = [];
  for (const [key, value] of Object.entries(raw) as [string, unknown][]) {
    const candidate = { ...kept, [key]: value };
    if (settingsSchema.safeParse(candidate).success) kept[key] = value;
    else dropped.push(key);
  }
  log.warn('settings.unusable-values', { keys: dropped.join(' ') });
  store.setAside();
  return settingsSchema.parse(kept);
}

export function createSettings(store: JsonStore, log: Logger): SettingsService {
  const changed = new Emitter<{ now: Settings; before: Settings }>();
  let current = readSettings(store.load(), store, log);

  return {
    get: () => current,
    update(patch) {
      const next = settingsSchema.safeParse({ ...current, ...patch });
      if (!next.success) {
        throw new DomainError('settings/invalid', 'These settings are not possible.', {
          details: { field: next.error.issues[0]?.path.join('.') ?? '' },
        });
      }
      store.save(next.data);
      const before = current;
      current = next.data;
      changed.emit({ now: current, before });
    },
    onChange: (listener) => changed.on(({ now, before }) => listener(now, before)),
  };
}
