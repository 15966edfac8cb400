import { z } from '../../zod.ts';
import { selfTestChecks, selfTestProblems } from '../../model/self-test.ts';
import { terminalLineIds } from '../../model/terminal-lines.ts';
import { type CallSpec, id, nothing } from './fields.ts';

/** Standing in for oidc-agent, ready lines for terminals, and the self-test. */
export const terminalCalls = {
  /** Names the line; main makes it anew and puts it into the clipboard. */
  'terminal:copy': {
    args: z.strictObject({ line: z.enum(terminalLineIds), accountId: id.nullable() }),
    result: nothing,
    roles: ['main'],
  },
  'terminal:write-environment': { args: nothing, result: nothing, roles: ['main'] },
  'terminal:remove-environment': { args: nothing, result: nothing, roles: ['main'] },
  'terminal:self-test': {
    args: nothing,
    result: z.array(
      z.object({
        check: z.enum(selfTestChecks),
        problem: z.enum(selfTestProblems).nullable(),
        subject: z.string().nullable(),
      }),
    ),
    roles: ['main'],
  },
} as const satisfies Record<string, CallSpec>;
