/** Texts about what was decided on behalf of programs, and how that is shown. */
export const decisionsEn = {
  'programs.tab.doors': 'How they ask',
  'programs.tab.permissions': 'What they may do',
} as const;
