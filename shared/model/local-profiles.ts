import type { TemplateKind } from './templates.ts';

export const mostLocalProfiles = 200;

/** A profile or template kept on this machine. `payload` is raw: includes and relative times are resolved when it is used. */
export interface LocalProfile {
  readonly id: string;
  readonly kind: TemplateKind;
  readonly name: string;
  readonly payload?: unknown;
}
