/** What oidc-agent needs in place of a real provider: discovery and a token endpoint, on loopback, with a certificate of its own. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Provider {
  readonly issuer: string;
  readonly certificate: string;
  stop(): void;
}

/** Its access tokens have `tokenLength` characters and live for a day. */
export async function startProvider(directory: string, tokenLength: number): Promise<Provider> {
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', key, '-out', certificate],
  ]);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const discovery = JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}token`,
    scopes_supported: ['openid', 'offline_access'],
    grant_types_supported: ['refresh_token'],
  });
  const tokens = JSON.stringify({
    access_token: 'x'.repeat(tokenLength),
    token_type: 'Bearer',
    expires_in: 86_400,
    refresh_token: 'refresh',
  });
  server.on('request', (request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(request.url?.startsWith('/.well-known/') === true ? discovery : tokens);
  });
  return {
    issuer,
    certificate,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
