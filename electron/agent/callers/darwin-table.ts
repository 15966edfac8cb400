import type { Darwin } from '../native/darwin.ts';
import { nodeReader } from './proc-reader.ts';
import type { ReadProcess } from './process-table.ts';

/** `struct proc_bsdinfo` of sys/proc_info.h, and where its members are. */
const bsdInfo = {
  ...{ flavor: 3, length: 136 },
  ...{ pid: 12, parent: 16, name: 48, nameLength: 16, terminal: 108, seconds: 120, microseconds: 128 },
};
/** `struct proc_vnodepathinfo`: the working directory's path stands behind what is known of its vnode. */
const vnodePathInfo = { flavor: 9, length: 2352, directory: 152, longestPath: 1024 };
/** `NODEV`: no controlling terminal. */
const noTerminal = 0xffffffff;
const longestPath = 4096;
/** sys/sysctl.h */
const [ctlKern, kernProcArgs2] = [1, 49];
const longestArguments = 16_384;
const mostWords = 1_024;

/**
 * The processes of macOS, by libproc and sysctl(3). There are no mount namespaces and no control groups: all see the same files. A program
 * that runs is known by its path alone, so its stamp is that of what lies there now.
 */
export function darwinTable(darwin: Darwin): ReadProcess {
  return (pid) => {
    const info = infoOf(darwin, pid);
    if (info === null) return null;
    const executable = pathOf(darwin, pid);
    let commandLine: readonly string[] | undefined;
    return {
      ...info,
      pid,
      executable,
      executableStamp: executable === null ? null : nodeReader.stamp(executable),
      get commandLine() {
        return (commandLine ??= argumentsOf(darwin, pid));
      },
      files: 'ours',
      atTerminal: () => info.hasTerminal,
      controlGroups: () => '',
      hasFlatpakInfo: () => false,
      workingDirectory: () => directoryOf(darwin, pid),
      lives: () => infoOf(darwin, pid)?.startedAtTicks === info.startedAtTicks,
    };
  };
}

interface Info {
  readonly parentPid: number;
  /** Microseconds since 1970. */
  readonly startedAtTicks: number;
  readonly name: string;
  readonly hasTerminal: boolean;
}

function infoOf(darwin: Darwin, pid: number): Info | null {
  const info = Buffer.alloc(bsdInfo.length);
  const filled = darwin.proc_pidinfo(pid, bsdInfo.flavor, 0, info, info.length);
  // Anything but all of it is a layout that we do not know.
  if (filled !== bsdInfo.length || info.readUInt32LE(bsdInfo.pid) !== pid) return null;
  return {
    parentPid: info.readUInt32LE(bsdInfo.parent),
    startedAtTicks:
      Number(info.readBigUInt64LE(bsdInfo.seconds)) * 1e6 +
      Number(info.readBigUInt64LE(bsdInfo.microseconds)),
    name: textAt(info, bsdInfo.name, bsdInfo.nameLength),
    hasTerminal: info.readUInt32LE(bsdInfo.terminal) !== noTerminal,
  };
}

function pathOf(darwin: Darwin, pid: number): string | null {
  const path = Buffer.alloc(longestPath);
  const length = darwin.proc_pidpath(pid, path, path.length);
  return length > 0 && length <= path.length ? path.toString('utf8', 0, length) : null;
}

function directoryOf(darwin: Darwin, pid: number): string | null {
  const info = Buffer.alloc(vnodePathInfo.length);
  const filled = darwin.proc_pidinfo(pid, vnodePathInfo.flavor, 0, info, info.length);
  if (filled !== vnodePathInfo.length) return null;
  const path = textAt(info, vnodePathInfo.directory, vnodePathInfo.longestPath);
  return path === '' ? null : path;
}

/** How many there are, the path that was executed, zeros, then one after the other; the environment follows and is not looked at. */
function argumentsOf(darwin: Darwin, pid: number): readonly string[] {
  const name = Buffer.alloc(12);
  for (const [index, word] of [ctlKern, kernProcArgs2, pid].entries()) name.writeInt32LE(word, index * 4);
  const [value, length] = [Buffer.alloc(longestArguments), Buffer.alloc(8)];
  length.writeBigUInt64LE(BigInt(value.length));
  if (darwin.sysctl(name, 3, value, length, null, 0) !== 0) return [];
  const end = Math.min(value.length, Number(length.readBigUInt64LE()));
  if (end < 4) return [];
  const count = Math.min(mostWords, Math.max(0, value.readInt32LE(0)));
  let at = value.indexOf(0, 4);
  while (at >= 0 && at < end && value[at] === 0) at += 1;
  const words: string[] = [];
  while (words.length < count && at >= 0 && at < end) {
    const next = value.indexOf(0, at);
    const stop = next < 0 || next > end ? end : next;
    words.push(value.toString('utf8', at, stop));
    at = stop + 1;
  }
  return words;
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}
