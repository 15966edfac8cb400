/**
 * Run by crash.test.ts and killed in the middle: puts numbered values into a few records until the end of the world, and
 * reports each put that resolved. Arguments: directory, secret of the fake key store (hex), first number.
 */
import { writeSync } from 'node:fs';
import { Secret, silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { createVault } from '../../../electron/vault/index.ts';
import { FakeKeyBackend } from '../../support/fake-key-backend.ts';

const [directory = '', secretHex = '', first = '0'] = process.argv.slice(2);
const backend = new FakeKeyBackend('safe-storage:fake', Buffer.from(secretHex, 'hex'));
const vault = createVault({ directory, backends: [backend], clock: systemClock(), log: silentLogger });
const state = await vault.open();
if (state.kind !== 'ok') throw new Error(`The vault is ${state.kind}.`);

const padding = 'x'.repeat(2_000);
async function write(recordId: string): Promise<void> {
  for (let number = Number(first); number < Number(first) + 100_000; number += 1) {
    writeSync(1, `begin ${recordId} ${number}\n`);
    await vault.put(recordId, new Secret(`${recordId} ${number} ${padding}`));
    writeSync(1, `done ${recordId} ${number}\n`);
  }
}

async function churn(): Promise<void> {
  for (let round = 0; round < 100_000; round += 1) {
    await vault.put('passing', new Secret('passing'));
    await vault.remove('passing');
  }
}

await Promise.all([write('a'), write('b'), write('c'), churn()]);
