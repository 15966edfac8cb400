import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';
import { filesOf, textOf, type VaultBench, vaultBench } from '../../support/vault-bench.ts';

const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
const rounds = 12;

let bench: VaultBench;
beforeEach(() => {
  bench = vaultBench();
});

/** Lets the writer run until it has written a bit, then kills it without warning. Returns what it said. */
async function writeAndKill(secretHex: string, first: number): Promise<string> {
  const child = spawn(process.execPath, [script, bench.directory, secretHex, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const enough = randomInt(5, 60);
  const ended = once(child, 'close');
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > enough) child.kill('SIGKILL');
  });
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  return said;
}

test('R-30 R-34 killed in the middle of puts and key rotations: each record is the old or the new one', async () => {
  const secretKey = randomBytes(32);
  const backend = new FakeKeyBackend('safe-storage:fake', secretKey);
  const last: Record<string, number> = { a: -1, b: -1, c: -1 };
  for (let round = 0; round < rounds; round += 1) {
    const first = round * 1_000;
    const said = await writeAndKill(secretKey.toString('hex'), first);
    const begun = new Map<string, number>();
    for (const line of said.split('\n').slice(0, -1)) {
      const [what = '', id = '', number = ''] = line.split(' ');
      if (what === 'done') last[id] = Number(number);
      else begun.set(id, Number(number));
    }

    const vault = await bench.open({ backends: [backend] });
    for (const id of ['a', 'b', 'c']) {
      const text = await textOf(vault, id);
      const number = text === null ? -1 : Number(text.split(' ')[1]);
      // The last one that was confirmed, or the one under way when the process died.
      expect([last[id], begun.get(id)]).toContain(number);
      if (text !== null) expect(text).toBe(`${id} ${number} ${'x'.repeat(2_000)}`);
      last[id] = number;
    }
    expect([null, 'passing']).toContain(await textOf(vault, 'passing'));
    await vault.close();
    expect((await filesOf(bench)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  expect(Math.min(...Object.values(last))).toBeGreaterThan((rounds - 2) * 1_000);
}, 120_000);
