import { shortnamePattern } from '../../shared/model/account.ts';
import { hostOf } from './host-of.ts';

/** Letters that decomposition leaves whole, or that people write out differently than without their marks. */
const writtenOut: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  å: 'a',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  '&': '-and-',
  '+': '-plus-',
};

/** Long enough to tell accounts apart, short enough to type. The pattern allows 64, which leaves room for a suffix. */
const longestMadeUp = 32;
/** Labels which say nothing about whose host it is: `ox.ac.uk`, `example.co.jp`. */
const publicSecondLevel: ReadonlySet<string> = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'org', 'or']);

/** Text in the letters a short name may have, or an empty string when nothing of it can be kept. */
export function transliterate(text: string): string {
  return text
    .slice(0, 500)
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\x20-\x7E]|[&+]/gu, (letter) => writtenOut[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/[-._]{2,}/g, '-')
    .slice(0, longestMadeUp)
    .replace(/^[-._]+|[-._]+$/g, '');
}

/** A short name for an account, from the provider's name, else from the host of its issuer. Always fits the pattern. */
export function suggestShortname(providerName: string | null, issuer: string): string {
  const candidates = [transliterate(providerName ?? ''), fromHost(issuer), 'account'];
  return candidates.find((candidate) => shortnamePattern.test(candidate)) ?? 'account';
}

/** `name`, or `name-2`, `name-3` and so on: the first that `isTaken` does not know. */
export function uniqueShortname(name: string, isTaken: (candidate: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const candidate = `${name.slice(0, 64 - suffix.length)}${suffix}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** Case does not tell accounts apart: people type these names. */
export function shortnameKey(shortname: string): string {
  return shortname.toLowerCase();
}

function fromHost(issuer: string): string {
  const host = hostOf(issuer);
  if (host === null) return '';
  const labels = host.split('.');
  const isAddress = host.includes(':') || /^[\d.]+$/.test(host);
  if (isAddress || labels.length < 2) return transliterate(host);
  const second = labels.at(-2) ?? '';
  const telling = publicSecondLevel.has(second) && labels.length > 2 ? labels.at(-3) : second;
  return transliterate(telling ?? '');
}
