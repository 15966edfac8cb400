import { openAgentCore } from './agent-core.ts';

/**
 * Run as a process of its own, to be killed at any moment: opens the core in argv[2], then asks for access tokens with ever new
 * scopes until it dies. Prints `settled STATUS` once and `got N` for each token that was given out.
 */
const core = await openAgentCore(process.argv[2] ?? '');
const [account] = core.accounts.all();
if (!account) throw new Error('no account');
process.stdout.write(`settled ${account.status}\n`);
for (let index = 0; index < 10_000; index += 1) {
  try {
    await core.broker.accessToken({ accountId: account.id, scope: ['openid'], fresh: true });
    process.stdout.write(`got ${index}\n`);
  } catch (error) {
    process.stdout.write(
      `failed ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
