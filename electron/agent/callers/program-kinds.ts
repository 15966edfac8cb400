import { lastAnswers } from './last-answers.ts';

/** What kind of program a file is, by the name it has. */

const set = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/));

/** They only carry the question of whoever ran them, and hide their executable on top (ipc reference 6). */
const messengers = set(`oidc-token oidc-add oidc-gen oidc-agent mytoken curl nc ncat socat`);

const shells = set(`ash bash csh dash elvish fish ksh mksh nu oksh pdksh sh tcsh yash zsh`);

/** What they do is in a script. More may be in here than anybody has: to be missing is to answer for every script there is. */
const interpreters = new Set([
  ...shells,
  ...set(`
    awk beam.smp bun busybox clisp clojure deno dotnet ecl elixir emacs erl escript expect fsharpi gap gawk gdl ghc gnuplot gosh groovy
    guile idl ipython iruby janet java jjs js julia jython kotlin lua luajit luatex magma maple math mathematica matlab mawk maxima mono
    nawk nodejs node nvim ocaml ocamlrun octave octave-cli octave-gui original-awk perl php php-cgi php-cli pike powershell pwsh pypy
    python qjs r racket raku rake root root.exe rscript ruby runghc sage sas sbcl scala scheme scilab scilab-cli sqlite stata swipl tcl
    tclsh texlua toybox ts-node vim wine wish wolframkernel wolframscript xonsh
  `),
]);

/**
 * They run whatever they are told to, or everything that lost its parent hangs below them: an answer that is remembered for one of these
 * would be one for anybody.
 */
const runners = set(`
  anacron aria2c at atd batch bwrap chroot chrt cmake condor_starter cron crond doas entr env fakeroot find firejail flock gdb gmake http
  https init ionice just launchd login lldb ltrace make mpiexec mpirun nice ninja nohup nsenter numactl orted parallel perf proot runuser
  screen script setpriv setsid slurmd slurmstepd srun sshd sshd-session stdbuf strace su sudo systemd systemd-run task taskset time
  timeout tini tmux unbuffer unshare valgrind watch wget xargs zellij
`);

export const isMessengerName = (name: string): boolean => messengers.has(name);
export const isShell = (name: string): boolean => shells.has(plain(name));
export const isInterpreter = (name: string): boolean => interpreters.has(plain(name));
export const isAnybody = (name: string): boolean => messengers.has(name) || runners.has(plain(name));

/** `ruby3.1` is `ruby`, `lua5.4` `lua`, `Python` (macOS) `python`, and `-bash`, as a login shell calls itself, `bash`. */
const plain = lastAnswers((name: string): string => {
  const lower = name.toLowerCase().replace(/^-/, '');
  return interpreters.has(lower)
    ? lower
    : lower.replace(/\.exe$/, '').replace(/[-_.]?\d+([._-]\d+)*[a-z]?$/, '');
});
