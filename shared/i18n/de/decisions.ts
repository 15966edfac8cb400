import type { decisionsEn } from '../en/decisions.ts';

export const decisionsDe: Readonly<Record<keyof typeof decisionsEn, string>> = {
  'programs.tab.doors': 'Wie sie fragen',
  'programs.tab.permissions': 'Was sie dürfen',
};
