import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Wanted } from '../../../renderer/main/add-account/Wanted.tsx';
import { PlainAppProvider } from '../../../renderer/hooks/app-context.tsx';
import type { PlatformView } from '../../../shared/model/state.ts';

const platform: PlatformView = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('says when the program has stopped waiting, on the page that its user is filling in', () => {
  render(
    <PlainAppProvider platform={platform} call={() => Promise.reject(new Error('nothing is called'))}>
      <Wanted provider="op.example.org" unknownHere={false} waitsUntilMs={Date.now() + 3_000} />
    </PlainAppProvider>,
  );
  expect(screen.getByRole('alert').textContent).toContain('If it still waits after the login');
  act(() => void vi.advanceTimersByTime(2_000));
  expect(screen.getByRole('alert').textContent).toContain('If it still waits after the login');
  act(() => void vi.advanceTimersByTime(2_000));
  expect(screen.getByRole('alert').textContent).toContain('time ran out, and it was given nothing');
});
