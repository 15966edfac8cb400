import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpStatus } from '../../../electron/agent/http/answers.ts';
import { schema, type Setup, start } from './support.ts';

const guide = readFileSync(new URL('../../../docs/local-api.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```(\w+) runs\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', code = '']) => ({
    language,
    code,
  }),
);

interface Ran {
  readonly failed: boolean;
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], environment: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    execFile(command, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, missing: error?.code === 'ENOENT', stdout, stderr });
    });
  });
}

let setup: Setup;
beforeAll(async () => {
  setup = await start();
});
afterAll(() => setup.endpoint.stop());

async function runBlock(language: string, code: string, directory = setup.directory): Promise<Ran> {
  const environment = {
    MYTOKEN_DESKTOP_RUNTIME_DIR: directory,
    MYTOKEN_DESKTOP_KEY: setup.key,
    // Nobody listens there: an example which asks a proxy fails, instead of handing it the key.
    http_proxy: 'http://127.0.0.1:9',
    ALL_PROXY: 'http://127.0.0.1:9',
  };
  if (language === 'bash')
    return run('bash', ['--norc', '--noprofile', '-euo', 'pipefail', '-c', code], environment);
  if (language === 'python') return run('python3', ['-c', code], environment);
  const file = join(mkdtempSync(join(tmpdir(), 'agent-doc-')), 'example.mjs');
  writeFileSync(file, code);
  return run(process.execPath, [file], environment);
}

describe('docs/local-api.md', () => {
  it('has examples for curl, Python and JavaScript', () => {
    expect(blocks.map(({ language }) => language)).toEqual(['bash', 'bash', 'bash', 'python', 'js']);
  });

  it.for(blocks)('this $language example works as printed: $code', async ({ language, code }, context) => {
    const { failed, missing, stdout, stderr } = await runBlock(language, code);
    if (missing || (language === 'bash' && stderr.includes('curl: command not found'))) context.skip();
    expect(stderr).toBe('');
    expect(failed).toBe(false);
    if (code.includes('/v1/access-token')) expect(stdout).toContain('canary-access-token');
    else if (code.includes('/v1/accounts')) expect(stdout).toContain('"shortname":"home"');
    else expect(stdout).toContain('"name":"Mytoken Desktop"');
  });

  it.for(blocks.filter(({ language }) => language !== 'bash'))(
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
      const directory = mkdtempSync(join(tmpdir(), 'agent-doc-'));
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
    expect(curl).toHaveLength(3);
    for (const rest of curl) expect(rest).not.toContain('KEY');
  });

  it('shows answers that are answers', () => {
    const shown = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => JSON.parse(text) as object,
    );
    const token = shown.find((value) => 'access_token' in value);
    const error = shown.find((value) => 'error' in value);
    expect(schema('AccessToken')(token)).toBe(true);
    expect(schema('Error')(error)).toBe(true);
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
