import { DomainError } from '../../shared/errors.ts';

/** How to open a terminal: the program, its arguments, and on macOS the script that it is given. No secret is in any of it. */
export interface TerminalPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Content of a file that has to be written first (0700); `{script}` in `args` stands for its path. */
  readonly script: string | null;
}

export interface TerminalFacts {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a program is found on the search path. */
  readonly hasProgram: (name: string) => boolean;
}

/** The user's own choice first, then what desktops call their default, then what is common. None takes its words from us. */
const linuxTerminals = [
  'xdg-terminal-exec',
  'x-terminal-emulator',
  'gnome-terminal',
  'konsole',
  'ptyxis',
  'kgx',
  'xfce4-terminal',
  'mate-terminal',
  'lxterminal',
  'kitty',
  'alacritty',
  'foot',
  'wezterm',
  'xterm',
] as const;

/**
 * Plans a terminal window whose programs find `variables` in their environment. Throws `handover/no-terminal` when no terminal program is
 * found.
 */
export function planTerminal(
  facts: TerminalFacts,
  variables: Readonly<Record<string, string>>,
): TerminalPlan {
  switch (facts.platform) {
    case 'darwin':
      // Terminal.app is started by the system, which passes no environment on: the variables travel in a file of the user's.
      return {
        command: '/usr/bin/open',
        args: ['-a', 'Terminal', '{script}'],
        environment: {},
        script: `#!/bin/sh\nrm -f -- "$0"\n${exports(variables)}cd "$HOME" || exit 1\nexec "\${SHELL:-/bin/zsh}" -l\n`,
      };
    case 'win32': {
      const [command, args] = facts.hasProgram('wt.exe')
        ? (['wt.exe', []] as const)
        : (['cmd.exe', ['/d', '/k', 'title Mytoken Desktop']] as const);
      return { command, args, environment: variables, script: null };
    }
    default: {
      const chosen = facts.environment['TERMINAL'];
      const candidates = chosen === undefined || chosen === '' ? linuxTerminals : [chosen, ...linuxTerminals];
      const command = candidates.find((name) => !/\s/.test(name) && facts.hasProgram(name));
      if (command === undefined) {
        throw new DomainError('handover/no-terminal', 'No terminal program was found.');
      }
      return { command, args: [], environment: variables, script: null };
    }
  }
}

function exports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('');
}
