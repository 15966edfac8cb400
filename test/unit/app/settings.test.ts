import { describe, expect, it } from 'vitest';
import type { JsonStore } from '../../../electron/app/json-store.ts';
import { createSettings } from '../../../electron/app/settings.ts';
import { silentLogger } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';

function memoryStore(
  stored: unknown,
): JsonStore & { saved: unknown[]; setAsideCount: number; failing: boolean } {
  return {
    saved: [],
    setAsideCount: 0,
    failing: false,
    load: () => stored,
    save(document) {
      if (this.failing) throw new DomainError('settings/could-not-save', 'disk full', { retryable: true });
      this.saved.push(document);
    },
    setAside() {
      this.setAsideCount += 1;
      return '/copy';
    },
  };
}

describe('createSettings', () => {
  it('starts with the defaults: no local endpoint until the user wants one', () => {
    const settings = createSettings(memoryStore(undefined), silentLogger);
    expect(settings.get()).toEqual(defaultSettings);
    expect(settings.get().endpoint.enabled).toBe(false);
  });

  it('keeps good values and replaces unusable ones, after putting the file aside', () => {
    const store = memoryStore({ ...defaultSettings, theme: 'dark', clipboardClearSeconds: 'soon', alien: 1 });
    const settings = createSettings(store, silentLogger);
    expect(settings.get()).toEqual({ ...defaultSettings, theme: 'dark' });
    expect(store.setAsideCount).toBe(1);
  });

  it('takes settings of an older version, which lack newer fields', () => {
    const { onboardingDone: _gone, ...older } = { ...defaultSettings, language: 'de' as const };
    const settings = createSettings(memoryStore(older), silentLogger);
    expect(settings.get()).toEqual({ ...defaultSettings, language: 'de' });
  });

  it('refuses impossible values, naming the field, and changes nothing', () => {
    const store = memoryStore(undefined);
    const settings = createSettings(store, silentLogger);
    expect(() => settings.update({ clipboardClearSeconds: 5 })).toThrow(
      expect.objectContaining({ code: 'settings/invalid', details: { field: 'clipboardClearSeconds' } }),
    );
    expect(settings.get()).toEqual(defaultSettings);
    expect(store.saved).toEqual([]);
  });

  it('does not pretend when the disk refuses', () => {
    const store = memoryStore(undefined);
    const settings = createSettings(store, silentLogger);
    store.failing = true;
    expect(() => settings.update({ theme: 'dark' })).toThrow(
      expect.objectContaining({ code: 'settings/could-not-save' }),
    );
    expect(settings.get().theme).toBe('system');
  });

  it('tells listeners what was before', () => {
    const settings = createSettings(memoryStore(undefined), silentLogger);
    const heard: string[] = [];
    settings.onChange((now, before) => heard.push(`${before.theme} -> ${now.theme}`));
    settings.update({ theme: 'light' });
    expect(heard).toEqual(['system -> light']);
  });
});
