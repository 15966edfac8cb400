import { describe, expect, test } from 'vitest';
import {
  availableFromPolicy,
  missingRequirements,
  packageNames,
  REQUIREMENTS,
} from '../../../scripts/lib/system-packages.ts';

const nothing = { hasCommand: () => false, hasLibrary: () => false };

describe('missingRequirements', () => {
  test('a desktop user needs the libraries, not a virtual display', () => {
    const names = packageNames(missingRequirements(['runtime'], nothing), () => false);
    expect(names).toContain('libgtk-3-0');
    expect(names).not.toContain('xvfb');
  });

  test('any of several commands will do', () => {
    const probe = { ...nothing, hasCommand: (name: string) => name === 'google-chrome' };
    expect(missingRequirements(['browser'], probe)).toEqual([]);
    expect(missingRequirements(['browser'], nothing)).toHaveLength(1);
  });

  test('nothing is missing where everything is there', () => {
    const everything = { hasCommand: () => true, hasLibrary: () => true };
    expect(missingRequirements(['runtime', 'desktop', 'browser', 'tools'], everything)).toEqual([]);
  });
});

describe('packageNames', () => {
  test('takes the renamed library where the release has it', () => {
    const names = packageNames(REQUIREMENTS, (name) => name.endsWith('t64'));
    expect(names).toContain('libasound2t64');
    expect(names).not.toContain('libasound2');
  });

  test('takes the old name elsewhere, and each name once', () => {
    const names = packageNames([...REQUIREMENTS, ...REQUIREMENTS], () => false);
    expect(names).toContain('libasound2');
    expect(names.filter((name) => name === 'dbus')).toHaveLength(1);
  });
});

test('availableFromPolicy takes packages with a candidate only', () => {
  const policy = [
    'libasound2:',
    '  Installed: (none)',
    '  Candidate: (none)',
    'libasound2t64:',
    '  Installed: (none)',
    '  Candidate: 1.2.11-1',
  ].join('\n');
  expect(availableFromPolicy(policy)).toEqual(new Set(['libasound2t64']));
});
