import { describe, expect, it } from 'vitest';
import { planTerminal, type TerminalFacts } from '../../../electron/handover/index.ts';

const variables = { OIDC_SOCK: '/run/user/1000/agent.sock', BEARER_TOKEN_FILE: "/run/o'neil/bt" };
const facts = (over: Partial<TerminalFacts> & { programs?: string[] } = {}): TerminalFacts => ({
  platform: 'linux',
  environment: {},
  hasProgram: (name) => (over.programs ?? []).includes(name),
  ...over,
});

describe('planTerminal', () => {
  it('puts the variables into the environment and nothing on the command line', () => {
    const plan = planTerminal(facts({ programs: ['xterm', 'konsole'] }), variables);
    expect(plan).toEqual({ command: 'konsole', args: [], environment: variables, script: null });
  });

  it('takes the terminal that the user named, if it is there', () => {
    const environment = { TERMINAL: 'my-term' };
    expect(planTerminal(facts({ environment, programs: ['my-term', 'xterm'] }), variables).command).toBe(
      'my-term',
    );
    expect(planTerminal(facts({ environment, programs: ['xterm'] }), variables).command).toBe('xterm');
  });

  it('says so when there is none', () => {
    expect(() => planTerminal(facts(), variables)).toThrow(
      expect.objectContaining({ code: 'handover/no-terminal' }),
    );
  });

  it('on macOS hands over a script that removes itself and quotes what it sets', () => {
    const plan = planTerminal(facts({ platform: 'darwin' }), variables);
    expect([plan.command, ...plan.args]).toEqual(['/usr/bin/open', '-a', 'Terminal', '{script}']);
    expect(plan.script).toContain(String.raw`export BEARER_TOKEN_FILE='/run/o'\''neil/bt'`);
    expect(plan.script).toContain('rm -f -- "$0"');
    expect(plan.environment).toEqual({});
  });

  it('on Windows prefers the modern terminal', () => {
    const windows = { platform: 'win32' as const };
    expect(planTerminal(facts({ ...windows, programs: ['wt.exe'] }), variables).command).toBe('wt.exe');
    expect(planTerminal(facts(windows), variables).command).toBe('cmd.exe');
  });
});
