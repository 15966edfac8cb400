import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLocale, createTranslate, type MessageKey } from '../../../shared/i18n/catalogue.ts';
import { de } from '../../../shared/i18n/de.ts';
import { en } from '../../../shared/i18n/en.ts';
import { agentEn } from '../../../shared/i18n/en/agent.ts';
import { composeEn } from '../../../shared/i18n/en/compose.ts';
import { manageEn } from '../../../shared/i18n/en/manage.ts';
import { windowEn } from '../../../shared/i18n/en/window.ts';
import { errorCodes } from '../../../shared/errors.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const keys = Object.keys(en) as MessageKey[];
const argumentsOf = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1] ?? ''))].sort();

describe('catalogues', () => {
  it('have the same keys and the same arguments in both languages', () => {
    expect(Object.keys(de).sort()).toEqual([...keys].sort());
    for (const key of keys) expect(argumentsOf(de[key]), key).toEqual(argumentsOf(en[key]));
  });

  it('explain every error and say what to do next', () => {
    for (const code of errorCodes) {
      for (const part of ['text', 'next']) expect(keys).toContain(`error.${code}.${part}`);
    }
  });

  it('can all be shown', () => {
    for (const locale of ['en', 'de'] as const) {
      const t = createTranslate(locale);
      for (const key of keys) {
        const values = Object.fromEntries(
          argumentsOf(en[key]).map((name) => [
            name,
            name === 'until' || name === 'cleared' ? new Date(0) : 2,
          ]),
        );
        const text = t(key, values);
        expect(text.trim(), key).toBe(text);
        expect(text, key).not.toBe('');
        expect(text, key).not.toMatch(/[{}]/);
      }
    }
  });

  it('call a thing by one word in German', () => {
    // The word that is used stands behind the ones that are not.
    const others = [
      [/\bProviders?n?\b/, 'Anbieter'],
      [/Transfercode/, 'Übertragungscode'],
      [/\bTrays?\b|\bLeiste\b/, 'Infobereich'],
      [/Maschine/, 'Rechner'],
      [/Einschränkung/, 'Grenze'],
      [/\b(daraus|davon) (gemacht|erstellt)/i, 'daraus erzeugt'],
      [/pausiert/, 'angehalten'],
      [/Befehlszeile/, 'Kommandozeile'],
      [/[Gg]esperrte Programme|Programm (sperren|ist gesperrt|wurde gesperrt)/, 'blockiert'],
    ] as const;
    const found = Object.entries(de).flatMap(([key, text]) =>
      others.filter(([pattern]) => pattern.test(text)).map(([, word]) => `${key}: ${word}`),
    );
    expect(found).toEqual([]);
  });

  it('hold no text that nothing uses', () => {
    const source = sources(join(root, 'renderer'))
      .concat(sources(join(root, 'electron')))
      .join('\n');
    const built = [...source.matchAll(/`([a-z][\w@:.-]*\.)\$\{/g)].map((match) => match[1] ?? '');
    const unused = [
      ...Object.keys(windowEn),
      ...Object.keys(composeEn),
      ...Object.keys(agentEn),
      ...Object.keys(manageEn),
    ].filter((key) => !source.includes(`'${key}'`) && !built.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });

  it('follow the system unless told otherwise', () => {
    expect(chooseLocale('system', ['fr-FR', 'de-AT'])).toBe('de');
    expect(chooseLocale('system', ['fr'])).toBe('en');
    expect(chooseLocale('en', ['de'])).toBe('en');
  });
});

function sources(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}
