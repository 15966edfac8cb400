/** `node sandbox/main.ts [options]`, see USAGE. */
import { parseArgs } from 'node:util';
import { startSandbox, type Features, type Sandbox, type SandboxOptions } from './index.ts';
import { DEFAULT_FEATURES } from './server/context.ts';

const USAGE = `Usage: node sandbox/main.ts [options]
  --port N             mytoken server on N, providers on N+1 and N+2 (default: free ports)
  --state FILE         keep everything in FILE, so that a restart on the same port knows its tokens
  --json               print one line of JSON instead of text
  --guest              add the guest provider
  --extra N            add N unreachable federation providers
  --access-token-seconds N
  --server-version V   play this version of the mytoken server (default 0.10.2; 0.11.0 has tags)
  --without F[,F…]     switch features off: ${Object.keys(DEFAULT_FEATURES).join(' ')}
  --exit-with-parent   stop when standard input closes`;

function number(value: string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new Error(`--${name} wants a number`);
  return Number(value);
}

function switchedOff(list: string): Partial<Features> {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !(name in DEFAULT_FEATURES));
  if (unknown !== undefined) throw new Error(`no such feature: ${unknown}`);
  return Object.fromEntries(names.map((name) => [name, false]));
}

function readOptions(): { options: SandboxOptions; json: boolean; withParent: boolean; help: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean', default: false },
      guest: { type: 'boolean', default: false },
      extra: { type: 'string' },
      'access-token-seconds': { type: 'string' },
      'server-version': { type: 'string' },
      without: { type: 'string', default: '' },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = number(values.port, 'port');
  const accessTokenSeconds = number(values['access-token-seconds'], 'access-token-seconds');
  return {
    options: {
      ...(port === undefined || port === 0
        ? {}
        : { ports: { mytoken: port, providers: [port + 1, port + 2] } }),
      ...(values.state === undefined ? {} : { stateFile: values.state }),
      ...(accessTokenSeconds === undefined ? {} : { accessTokenSeconds }),
      ...(values['server-version'] === undefined ? {} : { version: values['server-version'] }),
      features: switchedOff(values.without),
      guestMode: values.guest,
      extraProviders: number(values.extra, 'extra') ?? 0,
      control: true,
    },
    json: values.json,
    withParent: values['exit-with-parent'],
    help: values.help,
  };
}

function announce(sandbox: Sandbox, json: boolean): void {
  const { mytokenUrl, providers, users } = sandbox;
  if (json) {
    console.log(JSON.stringify({ mytokenUrl, providers, users, control: `${mytokenUrl}/__sandbox` }));
    return;
  }
  console.log(`mytoken server  ${mytokenUrl}`);
  for (const provider of providers) console.log(`${provider.name.padEnd(15)} ${provider.issuer}`);
  for (const user of users) console.log(`account         ${user.login} / ${user.password}`);
  console.log(`control         ${mytokenUrl}/__sandbox`);
  console.log('Nothing here is real: invented people, loopback only. Stop with Ctrl+C.');
}

async function main(): Promise<void> {
  const { options, json, withParent, help } = readOptions();
  if (help) {
    console.log(USAGE);
    return;
  }
  const sandbox = await startSandbox(options);
  const stop = (): void => {
    void sandbox.stop().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (withParent) process.stdin.once('end', stop).once('close', stop).resume();
  announce(sandbox, json);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
