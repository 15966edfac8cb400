import { hasCapability } from './capabilities.ts';

/** What mails can be about, in the order they are shown (mytoken protocol, "Notifications", "Classes"). Names are paths, as capabilities are. */
export const notificationClasses = [
  'expiration',
  'AT_creations',
  'subtoken_creations',
  'security',
  'security:ips',
  'security:blocked_usages',
  'security:blocked_usages:capabilities',
  'security:blocked_usages:restrictions',
  'security:revoked',
  'setting_changes',
  'rt_failure',
] as const;

export type NotificationClass = (typeof notificationClasses)[number];

/** What is worth a mail to nearly everybody. */
export const usualClasses: readonly string[] = ['expiration', 'security'];

/** Does a choice cover a class, by itself or by one that contains it? */
export function coversClass(chosen: readonly string[], wanted: string): boolean {
  return hasCapability(chosen, wanted);
}

export function depthOfClass(name: string): number {
  return name.split(':').length - 1;
}

/** True when some, but not all of what a class contains is chosen. */
export function coversPartOf(chosen: readonly string[], name: string): boolean {
  return !coversClass(chosen, name) && chosen.some((held) => held.startsWith(`${name}:`));
}

/**
 * The choice with one class put in or taken out. Parts go with their whole, and taking away one part of a whole leaves the others. Names
 * that are not known here stay.
 */
export function withClass(chosen: readonly string[], name: string, on: boolean): readonly string[] {
  const rest = chosen
    .flatMap((held) => splitAround(held, name))
    .filter((held) => held !== name && !held.startsWith(`${name}:`));
  return on && !coversClass(chosen, name) ? [...rest, name] : on ? chosen : rest;
}

/** A class that contains the one in question becomes the parts of it that do not. */
function splitAround(held: string, name: string): readonly string[] {
  if (held === name || !name.startsWith(`${held}:`)) return [held];
  const depth = depthOfClass(held) + 1;
  return notificationClasses
    .filter((known) => known.startsWith(`${held}:`) && depthOfClass(known) === depth)
    .flatMap((part) => splitAround(part, name));
}
