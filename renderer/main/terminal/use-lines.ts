import {
  type TerminalLine,
  type TerminalLineId,
  terminalLines,
} from '../../../shared/model/terminal-lines.ts';
import { useApp } from '../../hooks/app-context.tsx';

/** The lines of these kinds that there are now; for an account or for none. */
export function useLines(ids: readonly TerminalLineId[], accountId: string | null): readonly TerminalLine[] {
  const { state } = useApp();
  const account = state.accounts.find(({ id }) => id === accountId) ?? null;
  const all = terminalLines({ ...state, platform: state.platform.platform, account });
  return all.filter(({ id }) => ids.includes(id));
}
