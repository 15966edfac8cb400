/**
 * Run by keyring.test.ts inside its own desktop session: one command with the real native library, the outcome as JSON.
 * `probe`, `wrap HEX`, `unwrap HEX`, `forget`, or `open DIRECTORY [put ID VALUE | get ID]` for a whole vault.
 */
import { randomBytes } from 'node:crypto';
import { Secret, silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { createVault, keyringBackend } from '../../../electron/vault/index.ts';
import { toEnvelope } from '../../../shared/errors.ts';

const [command = '', argument = '', action = '', recordId = '', value = ''] = process.argv.slice(2);
const clock = systemClock();
const backend = keyringBackend({
  ...{ service: 'mytoken-desktop-test', account: 'vault', platform: process.platform, clock },
  random: (bytes) => randomBytes(bytes),
});

async function outcome(): Promise<unknown> {
  switch (command) {
    case 'probe':
      return backend.probe();
    case 'wrap':
      return (await backend.wrap(Buffer.from(argument, 'hex'))).toString('hex');
    case 'unwrap':
      return (await backend.unwrap(Buffer.from(argument, 'hex'))).toString('hex');
    case 'forget':
      await backend.forget();
      return null;
    case 'open': {
      const vault = createVault({ directory: argument, backends: [backend], clock, log: silentLogger });
      const { kind, backend: used } = await vault.open();
      if (action === 'put') await vault.put(recordId, new Secret(value));
      const text = action === 'get' ? ((await vault.get(recordId))?.reveal() ?? null) : null;
      await vault.close();
      return { kind, backend: used, text };
    }
    default:
      throw new Error(`Unknown command ${command}`);
  }
}

const result = await outcome().catch((error: unknown) => ({ failed: toEnvelope(error).code }));
process.stdout.write(JSON.stringify(result), () => process.exit(0));
