/**
 * Stands for the `mytoken` command line client: takes the mytoken from the first line of a file, asks its server for an access token, and
 * writes a rotated mytoken back. Plain on purpose: it shares no code with the app. Usage: FILE COUNT PAUSE_MS
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [file, count, pauseMs] = process.argv.slice(2);
let done = 0;
let refused = 0;
for (let round = 0; round < 400 && done < Number(count); round += 1) {
  const mytoken = readFileSync(file, 'utf8').split('\n')[0];
  const { iss } = JSON.parse(Buffer.from(mytoken.split('.')[1], 'base64url').toString('utf8'));
  const answer = await fetch(`${iss}/api/v0/token/access`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'mytoken', mytoken, comment: 'outside' }),
  });
  const body = await answer.json();
  if (answer.ok) {
    if (body.token_update?.mytoken) writeFileSync(file, `${body.token_update.mytoken}\n`, { mode: 0o600 });
    done += 1;
  } else refused += 1;
  await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
console.log(JSON.stringify({ done, refused }));
process.exit(done === Number(count) ? 0 : 1);
