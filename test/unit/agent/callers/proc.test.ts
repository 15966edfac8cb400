import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { recogniseCaller } from '../../../../electron/agent/callers/describe.ts';
import { procTable } from '../../../../electron/agent/callers/process-table.ts';
import { type ProcEntry, procFixture } from '../../../support/proc-fixture.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

let root: string;
let fixture: ReturnType<typeof procFixture>;

beforeEach(() => {
  root = temporaryDirectory('proc-');
  fixture = procFixture(root);
});

function recognise(pid: number, ...entries: ProcEntry[]) {
  for (const entry of entries) fixture.add(entry);
  return recogniseCaller({ pid, uid: 1000 }, 'agent-socket', procTable({ root: fixture.proc }));
}

const token = {
  ...{ pid: 400, parentPid: 300, executable: null, name: 'oidc-token' },
  commandLine: ['oidc-token', 'kit'],
};
const bash = {
  ...{ pid: 300, parentPid: 200, executable: '/usr/bin/bash', commandLine: ['-bash'] },
  terminal: '/dev/pts/3',
};

describe('where a program runs, from what real systems have in /proc', () => {
  it('a terminal: the chain goes up to it and ends before the session', () => {
    const caller = recognise(
      ...[400, token, bash],
      { pid: 200, parentPid: 100, executable: '/usr/bin/konsole' },
      { pid: 100, parentPid: 1, executable: '/usr/lib/systemd/systemd', name: 'systemd' },
    ).describe();
    expect(caller.chain.map(({ name }) => name)).toEqual(['oidc-token', 'bash', 'konsole', 'systemd']);
    expect(caller).toMatchObject({ program: 'bash', via: null, confinement: null, workingDirectory: null });
    expect(caller.identity).not.toBeNull();
  });

  it('via ssh: sshd of another user hides everything but its name', () => {
    for (const name of ['sshd', 'sshd-session']) {
      rmSync(root, { recursive: true, force: true });
      fixture = procFixture(root);
      const sshd = { executable: null, commandLine: ['sshd: u@pts/3'], name };
      const caller = recognise(
        ...[400, token, bash],
        { ...sshd, pid: 200, parentPid: 100 },
        { pid: 100, parentPid: 1, ...sshd, commandLine: ['sshd: u [priv]'] },
      ).describe();
      expect(caller.via, name).toBe('ssh');
    }
  });

  it('a socket forwarded by ssh: sshd itself asks, and gets nothing remembered', () => {
    const sshd = { executable: null, commandLine: ['sshd: u'], name: 'sshd' };
    const caller = recognise(400, { ...sshd, pid: 400, parentPid: 1 }).describe();
    expect(caller).toMatchObject({ via: 'ssh', verified: true, identity: null });
  });

  it.each([
    ['docker', '0::/system.slice/docker-5f0e9c1b2a3d4e5f60718293a4b5c6d7e8f9.scope\n'],
    ['docker, old hierarchy', '12:pids:/docker/5f0e9c1b2a3d4e5f60718293a4b5c6d7e8f9\n11:cpu:/\n'],
    [
      'podman',
      '0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-9c1b2a3d4e5f60718293.scope/container\n',
    ],
    ['Kubernetes', '0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-5f0e9c1b2a3d.scope\n'],
    ['LXC', '0::/lxc.payload.jammy/system.slice/cron.service\n'],
    ['systemd-nspawn', '0::/machine.slice/machine-debian.scope/payload\n'],
  ])('in a container: %s', (_, controlGroups) => {
    const entry = { pid: 400, parentPid: 1, executable: '/usr/bin/python3.11', controlGroups };
    const inside = { ...entry, commandLine: ['python3', '/job.py'], mountNamespace: 'mnt:[4026532999]' };
    expect(recognise(400, inside).describe().confinement).toBe('container');
  });

  it('a container daemon and what hangs in a like-named unit of the host are in no container', () => {
    const controlGroups = '0::/system.slice/docker.service\n';
    const entry = { pid: 400, parentPid: 1, executable: '/usr/bin/dockerd', controlGroups };
    expect(recognise(400, entry).describe().confinement).toBeNull();
    const elsewhere = { ...entry, pid: 401, mountNamespace: 'mnt:[4026532999]' };
    expect(recognise(401, elsewhere).describe().confinement).toBeNull();
  });

  it('flatpak by the file it puts into each sandbox, snap by its control group or its path', () => {
    const sandboxed = { parentPid: 1, mountNamespace: 'mnt:[4026532999]' };
    const flatpak = { ...sandboxed, pid: 400, executable: '/app/bin/gedit' };
    const info = { flatpakInfo: '[Application]\nname=org.gnome.gedit\n' };
    expect(recognise(400, { ...flatpak, ...info }).describe().confinement).toBe('flatpak');
    const snap = { ...sandboxed, executable: '/usr/bin/python3.12' };
    const controlGroups =
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/snap.code.code-2f7c.scope\n';
    expect(recognise(401, { ...snap, pid: 401, controlGroups }).describe().confinement).toBe('snap');
    const byPath = { ...sandboxed, pid: 402, executable: '/snap/firefox/4173/usr/lib/firefox/firefox' };
    fixture.add(byPath);
    const table = procTable({ root: fixture.proc });
    const shown = (pid: number) => {
      const facts = table(pid);
      return facts && Object.defineProperty(facts, 'executable', { value: byPath.executable });
    };
    const caller = recogniseCaller({ pid: 402, uid: 1000 }, 'agent-socket', shown).describe();
    expect(caller.confinement).toBe('snap');
  });
});

describe('by what a program is known again', () => {
  const program = { pid: 400, parentPid: 1, executable: '/home/u/bin/job' };

  it('the same path in another mount namespace is another program', () => {
    const here = recognise(400, program).identity;
    const there = recognise(401, { ...program, pid: 401, mountNamespace: 'mnt:[4026532999]' }).identity;
    expect(here).not.toBeNull();
    expect(there).not.toBeNull();
    expect(there).not.toBe(here);
  });

  it('R-67 a file that was put in its place, or written to, is another program', () => {
    const before = recognise(400, program).identity;
    expect(recognise(401, { ...program, pid: 401 }).identity).toBe(before);
    const path = fixture.pathOf(program.executable);
    writeFileSync(`${path}.new`, 'another one');
    renameSync(`${path}.new`, path);
    const table = procTable({ root: fixture.proc });
    expect(recogniseCaller({ pid: 400, uid: 1000 }, 'agent-socket', table).identity).not.toBe(before);
  });

  it('a messenger inside a container does not speak for what started it outside', () => {
    const conmon = { ...program, pid: 300, executable: '/usr/bin/conmon' };
    const inside = { ...token, controlGroups: '0::/user.slice/libpod-9c1b2a3d4e5f60718293.scope\n' };
    expect(recognise(400, token, conmon).identity).not.toBeNull();
    expect(recognise(401, { ...inside, pid: 401 }).identity).toBeNull();
  });

  it('what lost its parent hangs below the session, which is nobody', () => {
    for (const [pid, executable] of [
      [300, '/usr/lib/systemd/systemd'],
      [301, '/sbin/init'],
    ] as const) {
      fixture.add({ pid, parentPid: 1, executable });
      expect(recognise(pid + 100, { ...token, pid: pid + 100, parentPid: pid }).identity).toBeNull();
    }
  });

  it('R-40 a number that went to a younger process is not the parent', () => {
    const young = { ...program, pid: 300, startedAtTicks: 9_000 };
    const caller = recognise(400, { ...token, startedAtTicks: 5_000 }, young);
    expect(caller.describe().chain.map(({ pid }) => pid)).toEqual([400]);
    expect(caller.identity).toBeNull();
  });

  it('R-40 a number that went to another process before it was described tells nothing of that one', () => {
    const asking = { ...program, workingDirectory: '/home/u/first', startedAtTicks: 5_000 };
    const caller = recognise(400, asking);
    expect(caller.describe()).toMatchObject({ program: 'job', workingDirectory: '/home/u/first' });
    rmSync(join(fixture.proc, '400'), { recursive: true });
    const other = { ...asking, workingDirectory: '/home/u/second', startedAtTicks: 6_000 };
    fixture.add({ ...other, executable: '/usr/bin/other' });
    expect(caller.describe()).toMatchObject({ program: 'job', workingDirectory: null, confinement: null });
  });

  it('R-41 brackets and spaces in a name move no field', () => {
    fixture.add({ ...program, name: 'a) S 1 2 (b' });
    expect(procTable({ root: fixture.proc })(400)).toMatchObject({
      ...{ name: 'a) S 1 2 (b', parentPid: 1, startedAtTicks: 1_400 },
    });
  });
});
