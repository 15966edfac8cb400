import { expect, it } from 'vitest';
import { lastAnswers } from '../../../../electron/agent/callers/last-answers.ts';

it('answers the same again without working it out, null too, and remembers no more than a few', () => {
  const asked: string[] = [];
  const answer = lastAnswers((text) => (asked.push(text), text === 'none' ? null : text.length));
  expect(['none', 'four', 'none', 'four'].map(answer)).toEqual([null, 4, null, 4]);
  expect(asked).toEqual(['none', 'four']);
  for (let index = 0; index < 200; index += 1) answer(`text ${index}`);
  expect(answer('four')).toBe(4);
  expect(asked.filter((text) => text === 'four')).toHaveLength(2);
});
