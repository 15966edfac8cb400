import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpStatus } from '../../../electron/agent/http/problems.ts';
import { decide, schema, type Setup, start } from './support.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const guide = readFileSync(new URL('../../../docs/local-api.md', import.meta.url), 'utf8');
/** `pair`: somebody types the code it prints; `allow`: somebody allows what it asks for; `keyless`: both the socket and the user do. */
const blocks = [...guide.matchAll(/^```(\w+) runs ?(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', person = '', code = '']) => ({ language, person, code }),
);
const alone = blocks.filter(({ person }) => person === '');

interface Ran {
  readonly failed: boolean;
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  onOutput: (text: string) => void,
): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    const child = execFile(command, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, missing: error?.code === 'ENOENT', stdout, stderr });
    });
    child.stdout?.on('data', (chunk: Buffer | string) => onOutput(String(chunk)));
  });
}

let setup: Setup;
const home = temporaryDirectory('agent-home-');
beforeAll(async () => {
  setup = await start();
  await setup.endpoint.applySocket({ enabled: true, keyless: false });
});
afterAll(() => setup.endpoint.stop());

async function runBlock(
  language: string,
  code: string,
  directory = setup.directory,
  onOutput: (text: string) => void = () => undefined,
): Promise<Ran> {
  const environment = {
    HOME: home,
    MYTOKEN_DESKTOP_RUNTIME_DIR: directory,
    MYTOKEN_DESKTOP_KEY: setup.key,
    // Nobody listens there: an example which asks a proxy fails, instead of handing it the key.
    http_proxy: 'http://127.0.0.1:9',
    ALL_PROXY: 'http://127.0.0.1:9',
  };
  if (language === 'bash')
    return run('bash', ['--norc', '--noprofile', '-euo', 'pipefail', '-c', code], environment, onOutput);
  if (language === 'python') return run('python3', ['-c', code], environment, onOutput);
  const file = join(temporaryDirectory('agent-doc-'), 'example.mjs');
  writeFileSync(file, code);
  return run(process.execPath, [file], environment, onOutput);
}

describe('docs/local-api.md', () => {
  it('has examples for curl, Python and JavaScript, for the socket, for waiting and for pairing', () => {
    const examples = blocks.map(({ language, person }) => `${language} ${person}`.trim());
    expect(examples).toEqual([
      ...['bash', 'bash', 'bash', 'bash', 'bash keyless', 'bash'],
      ...['python', 'js', 'python allow', 'python pair'],
    ]);
  });

  it.for(alone)('this $language example works as printed: $code', async ({ language, code }, context) => {
    const { failed, missing, stdout, stderr } = await runBlock(language, code);
    if (missing || (language === 'bash' && stderr.includes('curl: command not found'))) context.skip();
    expect(stderr).toBe('');
    expect(failed).toBe(false);
    if (code.includes('/v1/access-token')) expect(stdout).toContain('canary-access-token');
    else if (code.includes('/v1/accounts')) expect(stdout).toContain('"shortname":"home"');
    else expect(stdout).toContain('"name":"Mytoken Desktop"');
  });

  it('the example without a key works where the user allows it, and nowhere else', async (context) => {
    const [example] = blocks.filter(({ person }) => person === 'keyless');
    const code = example?.code ?? '';
    const refused = await runBlock('bash', code);
    if (refused.stderr.includes('command not found')) context.skip();
    expect(refused.stderr).toContain('401');
    await setup.endpoint.applySocket({ enabled: true, keyless: true });
    const asked = runBlock('bash', code);
    await decide(setup, 'allow');
    await setup.endpoint.applySocket({ enabled: true, keyless: false });
    const { failed, stdout, stderr } = await asked;
    expect({ failed, stderr }).toEqual({ failed: false, stderr: '' });
    expect(stdout).toContain('canary-access-token');
  });

  it('the example that comes back for its mytoken gets it', async (context) => {
    const [example] = blocks.filter(({ person }) => person === 'allow');
    const asked = runBlock('python', example?.code ?? '');
    const early = await Promise.race([asked, decide(setup, 'allow').then(() => null)]);
    if (early?.missing === true) context.skip();
    const { failed, stdout, stderr } = await asked;
    expect({ failed, stderr }).toEqual({ failed: false, stderr: '' });
    expect(stdout).toBe('canary-mytoken-1\n');
  });

  it('the example for pairing gets a key that works', async (context) => {
    const [example] = blocks.filter(({ person }) => person === 'pair');
    const { missing, failed, stderr } = await runBlock('python', example?.code ?? '', undefined, (text) => {
      const code = /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(text)?.[0];
      if (code === undefined) return;
      setup.endpoint.pairing.accept(code, { name: 'Backup', accountIds: null, expiresInDays: null });
    });
    if (missing) context.skip();
    expect({ failed, stderr }).toEqual({ failed: false, stderr: '' });
    const key = readFileSync(join(home, 'backup-script.key'), 'utf8');
    expect((await setup.call('GET', '/v1/status', { key })).status).toBe(200);
  });

  it.for(alone.filter(({ language }) => language !== 'bash'))(
    'R-48: this $language example gives its key to no stranger who passes the challenge on',
    async ({ language, code }, context) => {
      const { createServer } = await import('node:http');
      const heard: string[] = [];
      const stranger = createServer((request, response) => {
        heard.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          void setup
            .call('POST', request.url ?? '', { key: null, body })
            .then((answer) =>
              response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.text),
            );
        });
      });
      await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
      const address = stranger.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const directory = temporaryDirectory('agent-doc-');
      writeFileSync(
        join(directory, 'endpoint.json'),
        JSON.stringify({ addresses: [`http://127.0.0.1:${port}`] }),
      );
      const { failed, missing, stderr } = await runBlock(language, code, directory);
      stranger.closeAllConnections();
      stranger.close();
      if (missing) context.skip();
      expect(failed).toBe(true);
      expect(stderr).toContain('somebody else is listening there');
      expect(heard).toEqual(['/v1/challenge ']);
    },
  );

  it('puts the key on no command line', () => {
    const curl = blocks
      .filter(({ code }) => code.includes('curl'))
      .map(({ code }) => code.split('curl')[1] ?? '');
    expect(curl).toHaveLength(6);
    for (const rest of curl) expect(rest).not.toContain('KEY');
  });

  it('shows answers that are answers', () => {
    const shown = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => JSON.parse(text) as object,
    );
    const token = shown.find((value) => 'access_token' in value);
    const error = shown.find((value) => 'code' in value);
    expect(schema('Mytoken')(shown.find((value) => 'mytoken' in value))).toBe(true);
    expect(schema('AccessToken')(token)).toBe(true);
    expect(schema('Problem')(error)).toBe(true);
  });

  it('lists each code with the status it has', () => {
    const rows = [...guide.matchAll(/^\| (\d{3}) +\| (.*?)\|/gm)];
    expect(rows.length).toBeGreaterThan(15);
    for (const [, status, codes = ''] of rows) {
      for (const [, code = ''] of codes.matchAll(/`([a-z]+\/[a-z-]+)`/g)) {
        const known = httpStatus[code as keyof typeof httpStatus];
        const expected = status === '417' ? 400 : status === '431' ? 413 : Number(status);
        expect([code, known]).toEqual([code, expected]);
      }
    }
  });
});
