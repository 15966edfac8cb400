import { describe, expect, it } from 'vitest';
import { recogniseCaller } from '../../../../electron/agent/callers/describe.ts';
import { createCallerRecogniser } from '../../../../electron/agent/callers/identify.ts';
import { procTable, type ProcessFacts } from '../../../../electron/agent/callers/process-table.ts';

function facts(pid: number, parentPid: number, change: Partial<ProcessFacts>): ProcessFacts {
  return {
    ...{ pid, parentPid, startedAtTicks: 1, executable: null, executableStamp: '1:2:3', commandLine: [] },
    ...{ files: change.executable === undefined ? null : 'ours', name: 'x', atTerminal: () => false },
    ...{ controlGroups: () => '', hasFlatpakInfo: () => false, workingDirectory: () => '/home/u' },
    lives: () => true,
    ...change,
  };
}

function look(...table: ProcessFacts[]) {
  const [asking] = table;
  const read = (pid: number) => table.find((entry) => entry.pid === pid) ?? null;
  return recogniseCaller({ pid: asking?.pid ?? 0, uid: 1000 }, 'agent-socket', read).describe();
}

const token = facts(30, 20, { commandLine: ['oidc-token', 'kit'], name: 'oidc-token' });
const bash = facts(20, 10, {
  ...{ executable: '/usr/bin/bash', commandLine: ['bash'], name: 'bash', atTerminal: () => true },
});

describe('who asks', () => {
  it('for a messenger like oidc-token it is the script that ran it', () => {
    const script = facts(20, 10, {
      executable: '/usr/bin/bash',
      commandLine: ['bash', '/home/u/jobs/night.sh'],
      name: 'night.sh',
    });
    const caller = look(token, script, facts(10, 1, { executable: '/usr/bin/konsole', name: 'konsole' }));
    expect(caller).toMatchObject({ program: 'night.sh', executable: '/usr/bin/bash', verified: true });
    expect(caller.chain.map(({ name }) => name)).toEqual(['oidc-token', 'bash', 'konsole']);
    expect(caller.identity).not.toBeNull();
    // Another script is another program, the same one with another pid is not.
    const other = look(token, { ...script, commandLine: ['bash', '/home/u/jobs/other.sh'] });
    expect(other.identity).not.toBe(caller.identity);
    expect(look({ ...token, pid: 31 }, script).identity).toBe(caller.identity);
  });

  it('somebody typing at a shell can be recognised; commands piped into one and an unnamed script cannot', () => {
    expect(look(token, bash).identity).not.toBeNull();
    expect(look(token, { ...bash, atTerminal: () => false }).identity).toBeNull();
    for (const commandLine of [
      ['bash', '-c', 'oidc-token kit'],
      ['bash', 'night.sh'],
    ]) {
      expect(look(token, { ...bash, commandLine }).identity).toBeNull();
    }
  });

  it.each([
    ...[
      '/usr/bin/ruby3.1',
      '/usr/lib/R/bin/exec/R',
      '/usr/bin/julia',
      '/usr/bin/php8.2',
      '/usr/bin/pypy3',
      '/usr/bin/tcsh',
    ],
    ...[
      '/usr/bin/ksh93',
      '/usr/bin/lua5.4',
      '/usr/bin/deno',
      '/bin/busybox',
      '/usr/bin/python3.13t',
      '/opt/root/bin/root.exe',
    ],
    ...[
      '/usr/bin/nodejs',
      '/usr/bin/guile-3.0',
      '/Library/Python.app/Contents/MacOS/Python',
      '/usr/bin/octave-cli-8.4.0',
    ],
    '/opt/unheard/of',
  ])('R-67 what one script of %s was allowed is not for another one', (executable) => {
    const running = (...words: string[]) =>
      facts(20, 10, { executable, commandLine: [executable, ...words] });
    const night = look(token, running('/home/u/night')).identity;
    expect(night).not.toBeNull();
    expect(look(token, running('/home/u/night', '--fast')).identity).toBe(night);
    expect(look(token, running('/home/u/day')).identity).not.toBe(night);
    if (executable !== '/opt/unheard/of') {
      expect(look(token, running('--quiet', '/home/u/night')).identity).toBeNull();
      expect(look(token, running('night')).identity).toBeNull();
    }
  });

  it.each([
    'timeout',
    'xargs',
    'wget',
    'tmux',
    'make',
    'sudo',
    'env',
    'systemd',
    'sshd-session',
    'slurmstepd',
  ])('R-67 nothing is remembered for %s, which runs anything', (name) => {
    const executable = `/usr/bin/${name}`;
    const caller = look(token, facts(20, 10, { executable, commandLine: [name, '10', 'oidc-token', 'kit'] }));
    expect(caller).toMatchObject({ program: name, identity: null });
  });

  it('a program whose file cannot be read is shown and never recognised', () => {
    const hidden = facts(30, 1, { commandLine: ['/opt/hidden'], name: 'hidden' });
    expect(look(hidden)).toMatchObject({ program: 'hidden', executable: null, identity: null });
  });

  it('R-65 names cannot reorder or hide text, secrets on command lines are masked', () => {
    const caller = look(
      facts(5, 1, {
        executable: '/tmp/ev\u202Eil\u0000',
        commandLine: ['run', '--password=hunter2', `eyJ${'a'.repeat(40)}.b.c`, 'x'.repeat(500)],
      }),
    );
    expect(caller.program).toBe('evil');
    expect(caller.commandLine.join(' ')).not.toMatch(/hunter2|eyJ/);
    expect(Math.max(...caller.commandLine.map((word) => word.length))).toBeLessThanOrEqual(200);
  });

  it('a table that goes in circles ends', () => {
    expect(look(facts(5, 6, {}), facts(6, 5, {})).chain).toHaveLength(16);
  });
});

describe('identifying', () => {
  it('another user is nobody; without the kernel’s word nothing is verified', () => {
    const of = (peer: () => { pid: number; uid: number } | null) => {
      const recognise = createCallerRecogniser({ platform: 'linux', userId: 1000, peer, read: () => null });
      return recognise(7, 'agent-socket')?.().describe() ?? null;
    };
    expect(of(() => ({ pid: 5, uid: 1001 }))).toBeNull();
    expect(of(() => ({ pid: 5, uid: 0 }))).not.toBeNull();
    expect(of(() => null)).toMatchObject({ verified: false, identity: null });
    expect(of(() => ({ pid: 5, uid: 1000 }))).toMatchObject({ verified: false, pid: 5 });
  });

  it.runIf(process.platform === 'linux')('reads this very process from /proc', () => {
    const self = procTable()(process.pid);
    expect(self).toMatchObject({ pid: process.pid, parentPid: process.ppid, executable: process.execPath });
    expect(procTable()(2 ** 30)).toBeNull();
  });
});
