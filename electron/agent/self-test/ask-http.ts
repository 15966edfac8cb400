import { request } from 'node:http';

const longestAnswer = 16 * 1024;

/**
 * One challenge without a key, on a UNIX socket if one is named. Rejects with the system's code, or `EBADMSG`.
 * @param patienceMs for all of it: whoever sends a byte now and then gets no more
 */
export function askChallenge(
  address: string,
  socketPath: string | null,
  body: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const outgoing = request(new URL('/v1/challenge', address), {
      method: 'POST',
      agent: false,
      ...(socketPath === null ? {} : { socketPath }),
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
    });
    const fail = (code: string): void => {
      outgoing.destroy();
      reject(Object.assign(new Error('The address did not answer as it should.'), { code }));
    };
    const tooLate = setTimeout(() => fail('ETIMEDOUT'), patienceMs);
    outgoing.on('close', () => clearTimeout(tooLate));
    outgoing.on('error', (error) => fail('code' in error ? String(error.code) : 'EIO'));
    outgoing.on('response', (incoming) => {
      let answer = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        answer += chunk;
        if (answer.length > longestAnswer) fail('EBADMSG');
      });
      incoming.on('error', () => fail('ECONNRESET'));
      incoming.on('end', () => {
        try {
          resolve(JSON.parse(answer));
        } catch {
          fail('EBADMSG');
        }
      });
    });
    outgoing.end(text);
  });
}
