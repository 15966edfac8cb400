import { createHash } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import type { CallerView, ProcessView } from '../../../shared/model/caller.ts';
import { plainText } from '../../../shared/model/untrusted-text.ts';
import { lastAnswers } from './last-answers.ts';
import type { PeerCredentials } from './peer-credentials.ts';
import { isAnybody, isInterpreter, isMessengerName, isShell } from './program-kinds.ts';
import type { ProcessFacts, ReadProcess } from './process-table.ts';

const longestChain = 16;
const longestWord = 200;
const mostWords = 24;

/** A caller whose program was looked at. The rest of the description is read when somebody wants to see it. */
export interface RecognisedCaller {
  /** By what the same program is known again, in this run of the app; null for who cannot be recognised. */
  readonly mark: string | null;
  /** As in {@link CallerView}: the hash of the mark. */
  readonly identity: string | null;
  /** Of the same process, or what is left when it has ended. */
  describe(): CallerView;
}

/** Someone whom nobody vouches for: no grant, and the window says so. */
export function unknownCaller(
  door: CallerView['door'],
  credentials: Partial<PeerCredentials> = {},
): CallerView {
  const { pid = null, uid = null } = credentials;
  return {
    ...{ door, verified: false, pid, uid, program: '', executable: null, commandLine: [] },
    ...{ workingDirectory: null, chain: [], via: null, confinement: null, claims: { application: null } },
    identity: null,
  };
}

/** The process behind a connection: by what a grant knows it again, and as a person should see it. */
export function recogniseCaller(
  credentials: PeerCredentials,
  door: CallerView['door'],
  read: ReadProcess,
): RecognisedCaller {
  const asking = read(credentials.pid);
  return asking === null
    ? unrecognisedCaller(door, credentials)
    : new KnownCaller(credentials, door, read, asking);
}

class KnownCaller implements RecognisedCaller {
  readonly mark: string | null;
  readonly #credentials: PeerCredentials;
  readonly #door: CallerView['door'];
  readonly #read: ReadProcess;
  readonly #asking: ProcessFacts;
  readonly #sender: ProcessFacts | null;
  readonly #script: string | null;
  #hash: string | null = null;

  constructor(
    credentials: PeerCredentials,
    door: CallerView['door'],
    read: ReadProcess,
    asking: ProcessFacts,
  ) {
    this.#credentials = credentials;
    this.#door = door;
    this.#read = read;
    this.#asking = asking;
    // For a messenger its sender is the one to name: the program or script that ran it.
    this.#sender = isMessenger(asking) ? parentOf(asking, read) : null;
    const named = this.#named;
    this.#script = scriptOf(named);
    this.mark = sharesFiles(asking, named) ? markOf(door, named, this.#script) : null;
  }

  get #named(): ProcessFacts {
    return this.#sender ?? this.#asking;
  }

  get identity(): string | null {
    if (this.mark === null) return null;
    return (this.#hash ??= createHash('sha256').update(this.mark).digest('hex'));
  }

  describe(): CallerView {
    const [asking, named, script] = [this.#asking, this.#named, this.#script];
    const chain = chainFrom(asking, this.#sender, this.#read);
    const directory = asking.workingDirectory();
    const confinement = confinementOf(asking) ?? confinementOf(named);
    // Looked at last: all that was read belongs to the process that still is there.
    const there = asking.lives();
    return {
      door: this.#door,
      verified: true,
      ...this.#credentials,
      program: plainText(script === null ? nameOf(named) : basename(script), 64),
      executable: shownPath(named.executable),
      commandLine: asking.commandLine.slice(0, mostWords).map(shownWord),
      workingDirectory: there ? shownPath(directory) : null,
      chain: chain.map(processView),
      via: chain.some((entry) => /^sshd/.test(entry.name)) ? 'ssh' : null,
      confinement: there ? confinement : null,
      claims: { application: null },
      identity: this.identity,
    };
  }
}

export function unrecognisedCaller(
  door: CallerView['door'],
  credentials: Partial<PeerCredentials> = {},
): RecognisedCaller {
  return { mark: null, identity: null, describe: () => unknownCaller(door, credentials) };
}

/** Null when it has none that can be told: it ended, or its number went to a process that started after its child. */
function parentOf(child: ProcessFacts, read: ReadProcess): ProcessFacts | null {
  const parent = child.parentPid > 1 ? read(child.parentPid) : null;
  return parent !== null && parent.startedAtTicks <= child.startedAtTicks ? parent : null;
}

function chainFrom(
  asking: ProcessFacts,
  sender: ProcessFacts | null,
  read: ReadProcess,
): readonly ProcessFacts[] {
  const chain = sender === null ? [asking] : [asking, sender];
  for (let last = chain.at(-1); last !== undefined && chain.length < longestChain;) {
    const parent = parentOf(last, read);
    if (parent !== null) chain.push(parent);
    last = parent ?? undefined;
  }
  return chain;
}

function processView(facts: ProcessFacts): ProcessView {
  return { pid: facts.pid, name: plainText(nameOf(facts), 64), executable: shownPath(facts.executable) };
}

function shownPath(path: string | null): string | null {
  return path === null ? null : plainText(path, 300);
}

function nameOf(facts: ProcessFacts): string {
  if (facts.executable !== null) return basename(facts.executable);
  const [first] = facts.commandLine;
  return first === undefined || first === '' ? facts.name : basename(first);
}

/** One that hides goes by the name it gave itself, as cheap to forge as its command line. */
function isMessenger({ executable, name }: ProcessFacts): boolean {
  return isMessengerName(executable === null ? name : basename(executable));
}

/** The file an interpreter runs, if it was named by its whole path; a shell at a terminal runs none. */
function scriptOf(facts: ProcessFacts): string | null {
  if (!isInterpreter(nameOf(facts))) return null;
  const [, first] = facts.commandLine;
  if (first === undefined || first.startsWith('-')) return null;
  return first;
}

/** As their makers name the control groups: docker, containerd, CRI-O, podman, LXC, Kubernetes, systemd-nspawn. */
const containerGroups =
  /\/docker[/-][0-9a-f]{12}|cri-containerd[:-]|\/crio-|libpod-[0-9a-f]{12}|\/lxc(\.payload\.|\/)|\/kubepods|systemd-nspawn@|\/machine-[^/]+\.scope/;

const confinementByGroups = lastAnswers((groups: string): CallerView['confinement'] => {
  if (/\/snap\.[a-z0-9]/.test(groups)) return 'snap';
  return containerGroups.test(groups) ? 'container' : null;
});

/** What sees the files that we see is in no container, whoever started it. */
function confinementOf(facts: ProcessFacts): CallerView['confinement'] {
  if (facts.files === 'ours') return null;
  // Who hides its files hides this one too.
  if (facts.files !== null && facts.hasFlatpakInfo()) return 'flatpak';
  const byGroups = confinementByGroups(facts.controlGroups());
  return facts.executable?.startsWith('/snap/') === true ? 'snap' : byGroups;
}

/** A messenger in a container, sent by something outside, asks for whatever is inside: that is not the sender. */
function sharesFiles(messenger: ProcessFacts, sender: ProcessFacts): boolean {
  if (messenger === sender) return true;
  return messenger.files === null
    ? confinementOf(messenger) === confinementOf(sender)
    : messenger.files === sender.files;
}

/**
 * What stays the same when the same program asks again: which file it is, and for an interpreter its script. A path in another mount
 * namespace is another file, and so is one that was replaced. A shell that reads from a terminal is the person typing; an interpreter
 * whose script cannot be told, or a program whose file cannot be read, is nobody.
 */
function markOf(door: CallerView['door'], facts: ProcessFacts, script: string | null): string | null {
  const { executable, executableStamp, files } = facts;
  if (executable === null || executableStamp === null || files === null) return null;
  const name = basename(executable);
  if (isAnybody(name)) return null;
  if (isInterpreter(name)) {
    const atTerminal = isShell(name) && facts.commandLine.length <= 1 && facts.atTerminal();
    if (!atTerminal && (script === null || !isAbsolute(script))) return null;
  }
  return [door, executable, executableStamp, files, script ?? firstPath(facts)].join('\0');
}

/** Of an interpreter that nobody has heard of this is the script; any other program is asked about once for each file it is started with. */
function firstPath({ commandLine }: ProcessFacts): string {
  const [, first = ''] = commandLine;
  return isAbsolute(first) ? first : '';
}

/** Command lines are shown, and people put secrets into them. */
function shownWord(word: string): string {
  const masked = word
    .replace(/eyJ[\w-]{10,}(\.[\w-]*)*/g, '…')
    .replace(/(pass(word|wd)?|secret|token|key)=\S+/gi, '$1=…')
    .replace(/[A-Za-z0-9_+/-]{40,}={0,2}/g, (text) => (text.includes('/') ? text : '…'));
  return plainText(masked, longestWord);
}
