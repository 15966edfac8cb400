#!/usr/bin/env node
/**
 * The entry of every npm script. Plain ESM for Node 20 without dependencies, because it runs in an empty clone: it
 * installs what is missing, then hands over to `scripts/<command>.ts` under the Node that the project pins.
 *
 * Everything it says goes to stderr: stdout belongs to the command (`npm run demo -- --json` prints one JSON line).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectInstall, markInstalled } from './lib/install-state.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;
const WANTED_NODE = 24;
const COMMANDS = ['start', 'demo', 'sandbox', 'build', 'package', 'bench', 'screenshots', 'icons', 'test'];

const say = (text) => process.stderr.write(`${text}\n`);
const nodeMajor = () => Number(process.versions.node.split('.')[0]);
const nodeIn = (folder) =>
  join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function fail(text) {
  say(text);
  process.exit(1);
}

/** Runs a child and resolves with its exit code; what the user or the system sends us reaches the child. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, ...options });
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const handler = () => {
        // A terminal's Ctrl+C reaches the whole foreground group by itself; a second SIGINT would mean "now, hard".
        if (signal === 'SIGINT' && process.stdin.isTTY) return;
        child.kill(signal);
      };
      process.on(signal, handler);
      return () => process.off(signal, handler);
    });
    const done = (code) => {
      for (const remove of handlers) remove();
      resolve(code);
    };
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      done(127);
    });
    child.on('exit', (code, signal) => done(code ?? 128 + (signal ? (constants.signals[signal] ?? 0) : 0)));
  });
}

/** npm's own entry, when npm started us, so that the very same npm runs under the Node of our choice. */
function npmCommand(node, args) {
  const entry = process.env.npm_execpath;
  if (entry && /npm-cli\.(c?js)$/.test(entry) && existsSync(entry)) return [node, [entry, ...args], false];
  return ['npm', args, process.platform === 'win32'];
}

async function npmCi(folder, node) {
  const [command, args, shell] = npmCommand(node, ['ci', '--no-fund', '--no-audit']);
  const env = { ...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? '') };
  // npm hands its settings to scripts through the environment; these would send the nested run to the wrong folder
  // or make it print JSON.
  for (const name of ['npm_config_local_prefix', 'npm_config_json', 'npm_config_dry_run']) delete env[name];
  const code = await run(command, args, { cwd: folder, env, shell, stdio: ['ignore', 2, 2] });
  if (code === 0) markInstalled(folder);
  return code;
}

/** The Node that runs npm: ours when it is recent enough, else one from the registry in a folder of its own. */
async function installerNode() {
  if (nodeMajor() >= WANTED_NODE) return process.execPath;
  const folder = join(ROOT, 'tools', 'node');
  const node = nodeIn(folder);
  if (!inspectInstall(folder, node).ready) {
    say(
      `Node ${process.versions.node} is older than the tools need: installing a newer one for this project …`,
    );
    const code = await npmCi(folder, process.execPath);
    if (code !== 0) fail('Installing Node from the npm registry failed. Check the network, then run: npm ci');
  }
  return node;
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  if (nodeMajor() < OLDEST_NODE) {
    fail(
      `Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE} or newer (${WANTED_NODE} is best).`,
    );
  }
  if (command === undefined || !COMMANDS.includes(command)) {
    fail(`Usage: node scripts/run.mjs <command> [arguments]\nCommands: ${COMMANDS.join(', ')}`);
  }
  const own = nodeIn(ROOT);
  const state = inspectInstall(ROOT, own);
  if (!state.ready) {
    const node = await installerNode();
    say(`Installing the packages (${state.reason}) …`);
    const code = await npmCi(ROOT, node);
    if (code !== 0) fail('npm ci failed; its message is above. Fix that, then run the same command again.');
  }
  const script = join(ROOT, 'scripts', `${command}.ts`);
  if (!existsSync(script)) fail(`scripts/${command}.ts does not exist in this checkout.`);
  const path = join(ROOT, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? '');
  process.exitCode = await run(own, [script, ...args], {
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
  });
}

await main();
