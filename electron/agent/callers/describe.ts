import { createHash } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import type { CallerView, ProcessView } from '../../../shared/model/caller.ts';
import { plainText } from '../../../shared/model/untrusted-text.ts';
import type { ProcessFacts, ReadProcess } from './process-table.ts';

const longestChain = 16;
const longestWord = 200;
const mostWords = 24;

/** They only carry the question of whoever ran them, and hide their executable on top (ipc reference 6). */
const messengers = /^(oidc-token|oidc-add|oidc-gen|oidc-agent|mytoken|curl|nc|ncat|socat)$/;
const interpreters = /^(bash|sh|dash|zsh|fish|python[\d.]*|node|nodejs|perl|ruby|tclsh[\d.]*|Rscript|java)$/;
const shells = /^-?(bash|sh|dash|zsh|fish)$/;

/** Someone whom nobody vouches for: no grant, and the window says so. */
export function unknownCaller(door: CallerView['door']): CallerView {
  return {
    ...{ door, verified: false, pid: null, uid: null, program: '', executable: null, commandLine: [] },
    ...{ workingDirectory: null, chain: [], via: null, confinement: null, claims: { application: null } },
    identity: null,
  };
}

/** The process behind a connection as a person should see it, and by what a grant knows it again. */
export function describeCaller(
  credentials: { readonly pid: number; readonly uid: number },
  door: CallerView['door'],
  read: ReadProcess,
): CallerView {
  const chain = chainFrom(credentials.pid, read);
  const asking = chain[0];
  if (asking === undefined) return { ...unknownCaller(door), pid: credentials.pid, uid: credentials.uid };
  // For a messenger its sender is the one to name: the program or script that ran it.
  const named = messengers.test(nameOf(asking)) ? (chain[1] ?? asking) : asking;
  const script = scriptOf(named);
  return {
    door,
    verified: true,
    pid: credentials.pid,
    uid: credentials.uid,
    program: plainText(script === null ? nameOf(named) : basename(script), 64),
    executable: named.executable === null ? null : plainText(named.executable, 300),
    commandLine: asking.commandLine.slice(0, mostWords).map(shownWord),
    workingDirectory: asking.workingDirectory === null ? null : plainText(asking.workingDirectory, 300),
    chain: chain.map(processView),
    via: chain.some((entry) => /^sshd/.test(entry.name)) ? 'ssh' : null,
    confinement: confinementOf(asking),
    claims: { application: null },
    identity: identityOf(door, named, script),
  };
}

function chainFrom(pid: number, read: ReadProcess): readonly ProcessFacts[] {
  const chain: ProcessFacts[] = [];
  for (let next = pid; next > 1 && chain.length < longestChain;) {
    const facts = read(next);
    if (facts === null) break;
    chain.push(facts);
    next = facts.parentPid;
  }
  return chain;
}

function processView(facts: ProcessFacts): ProcessView {
  return {
    pid: facts.pid,
    name: plainText(nameOf(facts), 64),
    executable: facts.executable === null ? null : plainText(facts.executable, 300),
  };
}

function nameOf(facts: ProcessFacts): string {
  if (facts.executable !== null) return basename(facts.executable);
  const [first] = facts.commandLine;
  return first === undefined || first === '' ? facts.name : basename(first);
}

/** The file an interpreter runs, if it was named by its whole path; a shell at a terminal runs none. */
function scriptOf(facts: ProcessFacts): string | null {
  if (!interpreters.test(nameOf(facts))) return null;
  const [, first] = facts.commandLine;
  if (first === undefined || first.startsWith('-')) return null;
  return first;
}

function confinementOf(facts: ProcessFacts): CallerView['confinement'] {
  if (facts.hasFlatpakInfo) return 'flatpak';
  if (facts.executable?.startsWith('/snap/') === true || /snap\.[a-z]/.test(facts.controlGroups))
    return 'snap';
  return /docker|containerd|libpod|lxc|kubepods/.test(facts.controlGroups) ? 'container' : null;
}

/**
 * What stays the same when the same program asks again: where it is, and for an interpreter its script. A shell that reads from a
 * terminal is the person typing; an interpreter whose script cannot be told, or a program whose file cannot be read, is nobody.
 */
function identityOf(door: CallerView['door'], facts: ProcessFacts, script: string | null): string | null {
  const { executable } = facts;
  if (executable === null || messengers.test(basename(executable))) return null;
  const name = basename(executable);
  if (interpreters.test(name)) {
    const atTerminal = shells.test(name) && facts.commandLine.length <= 1 && facts.atTerminal;
    if (!atTerminal && (script === null || !isAbsolute(script))) return null;
  }
  return createHash('sha256')
    .update([door, executable, script ?? ''].join('\0'))
    .digest('hex');
}

/** Command lines are shown, and people put secrets into them. */
function shownWord(word: string): string {
  const masked = word
    .replace(/eyJ[\w-]{10,}(\.[\w-]*)*/g, '…')
    .replace(/(pass(word|wd)?|secret|token|key)=\S+/gi, '$1=…')
    .replace(/[A-Za-z0-9_+/-]{40,}={0,2}/g, (text) => (text.includes('/') ? text : '…'));
  return plainText(masked, longestWord);
}
