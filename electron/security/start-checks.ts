export interface StartFacts {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  /** Effective user id; null where there is none. */
  readonly uid: number | null;
  hasSwitch(name: string): boolean;
  switchValue(name: string): string;
}

/** Switches that would take the walls down, and why each is refused. */
const refusedSwitches: readonly (readonly [string, string])[] = [
  ['remote-debugging-port', 'a debugger could read every secret'],
  ['remote-debugging-pipe', 'a debugger could read every secret'],
  ['inspect', 'a debugger could read every secret'],
  ['inspect-brk', 'a debugger could read every secret'],
  ['inspect-port', 'a debugger could read every secret'],
  ['no-sandbox', 'windows would run without a sandbox'],
  ['disable-web-security', 'windows would run without the browser’s protections'],
];

/** Why this start must not go on, in one English sentence, or null. Development builds may do what tests need. */
export function refusalToStart(facts: StartFacts): string | null {
  if (!facts.isPackaged) return null;
  if (facts.uid === 0) {
    return 'Mytoken Desktop does not run as root: start it as the user whose tokens it shall keep.';
  }
  for (const [name, reason] of refusedSwitches) {
    if (facts.hasSwitch(name)) return `Mytoken Desktop does not start with --${name}: ${reason}.`;
  }
  if (facts.hasSwitch('password-store') && facts.switchValue('password-store') === 'basic') {
    return 'Mytoken Desktop does not start with --password-store=basic: mytokens would be stored as good as plain.';
  }
  return null;
}
