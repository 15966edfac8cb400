import type { AppState, PlatformView } from './state.ts';

/** What the lines are made from: nothing of it is secret. */
export type TerminalFacts = Pick<AppState, 'agent' | 'endpoint' | 'handover' | 'inPlace'> & {
  readonly platform: PlatformView['platform'];
  /** The account that the lines ask for; null: lines that name no account only. */
  readonly account: { readonly id: string; readonly shortname: string } | null;
};

export const terminalLineIds = [
  'oidc-token',
  'oidc-variables',
  'python',
  'python-library',
  'curl',
  'curl-socket',
  'bearer-file',
  'variable-posix',
  'variable-fish',
  'variable-tcsh',
  'variable-launchctl',
  'address-socket',
  'address-service',
  'address-http',
  'address-http-socket',
  'address-file',
] as const;
export type TerminalLineId = (typeof terminalLineIds)[number];

export interface TerminalLine {
  readonly id: TerminalLineId;
  readonly text: string;
}

/**
 * Lines for a terminal that work as they stand, for the doors that are open now, and the addresses of these doors. Main and window make
 * them alike: the window shows them, main puts them into the clipboard when a button names one.
 */
export function terminalLines(facts: TerminalFacts): readonly TerminalLine[] {
  const { agent, endpoint, handover, inPlace, platform, account } = facts;
  const socket = agent.socket.state === 'listening' ? agent.socket.path : null;
  const announcement = endpoint.state === 'listening' ? endpoint.discoveryFile : null;
  const httpSocket = endpoint.socket.state === 'listening' ? endpoint.socket.path : null;
  const service = inPlace.places.find(({ generation, state }) => generation === '5' && state === 'ready');
  const lines: TerminalLine[] = [];
  const add = (id: TerminalLineId, text: string): void => {
    lines.push({ id, text });
  };
  // The shells of Windows quote differently, and oidc-agent's programs find no named pipe.
  const hasShell = platform !== 'win32';
  if (hasShell && account !== null) {
    const name = account.shortname;
    if (socket !== null) {
      // `env`: not every shell takes a variable in front of a command.
      const variable = `env OIDC_SOCK=${shellWord(socket)}`;
      add('oidc-token', `${variable} oidc-token ${shellWord(name)}`);
      add('oidc-variables', `eval "$(${variable} oidc-token -c ${shellWord(name)})"`);
      add('python', `python3 -c ${shellWord(pythonProgram(socket, name))}`);
      const program = `import liboidcagent; print(liboidcagent.get_access_token(${JSON.stringify(name)}))`;
      add('python-library', `${variable} python3 -c ${shellWord(program)}`);
    }
    if (announcement !== null) add('curl', curlLine(portOf(announcement), '', name));
    if (httpSocket !== null) {
      add('curl-socket', curlLine('http://mytoken-desktop', ` --unix-socket ${shellWord(httpSocket)}`, name));
    }
    const file = handover.bearerFiles.find(({ accountId }) => accountId === account.id);
    if (file !== undefined) add('bearer-file', `export BEARER_TOKEN_FILE=${shellWord(file.path)}`);
  }
  if (hasShell && socket !== null) {
    add('variable-posix', `export OIDC_SOCK=${shellWord(socket)}`);
    add('variable-fish', `set -gx OIDC_SOCK ${fishWord(socket)}`);
    add('variable-tcsh', `setenv OIDC_SOCK ${shellWord(socket)}`);
    if (platform === 'darwin') add('variable-launchctl', `launchctl setenv OIDC_SOCK ${shellWord(socket)}`);
  }
  if (socket !== null) add('address-socket', socket);
  if (service !== undefined) add('address-service', service.path);
  const [http] = endpoint.state === 'listening' ? endpoint.addresses : [];
  if (http !== undefined) add('address-http', http);
  if (httpSocket !== null) add('address-http-socket', httpSocket);
  if (announcement !== null) add('address-file', announcement);
  return lines;
}

/** Quoted where a shell would not take it as it is. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function fishWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}

/** The plain form of the agent's protocol: one JSON object there, one back. */
function pythonProgram(socket: string, account: string): string {
  const request = { request: 'access_token', account, application_hint: 'my script' };
  return [
    'import json, socket, sys',
    'agent = socket.socket(socket.AF_UNIX)',
    `agent.connect(${JSON.stringify(socket)})`,
    `agent.sendall(json.dumps(${JSON.stringify(request)}).encode())`,
    'answer = json.load(agent.makefile())',
    'print(answer["access_token"]) if "access_token" in answer else sys.exit(answer["error"])',
  ].join('\n');
}

/** The port is looked up: it is another one after each start of the app. */
function portOf(announcement: string): string {
  return String.raw`$(sed -n 's|.*"\(http://127[^"]*\)".*|\1|p' ${shellWord(announcement)})`;
}

/** The key goes through standard input: command lines are there for everybody to see. */
function curlLine(address: string, options: string, account: string): string {
  return [
    String.raw`printf 'Authorization: Bearer %s\n' "$MYTOKEN_DESKTOP_KEY" |`,
    `  curl -sS --fail --noproxy '*'${options} -H @- -H 'Content-Type: application/json' \\`,
    `    -d ${shellWord(JSON.stringify({ account }))} "${address}/v1/access-token"`,
  ].join('\n');
}
