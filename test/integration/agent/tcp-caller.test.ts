import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTcpPeerIdentifier } from '../../../electron/agent/callers/identify-tcp.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(host: string): Promise<{ port: number; connection: Promise<Socket> }> {
  const server = createServer();
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const connection = once(server, 'connection').then(([socket]) => socket as Socket);
  return { port: (server.address() as AddressInfo).port, connection };
}

const ends = ({ localPort, remotePort, remoteAddress }: Socket) => ({
  localPort: localPort ?? 0,
  remotePort: remotePort ?? 0,
  remoteAddress: remoteAddress ?? '',
});

describe.runIf(process.platform === 'linux')('R-40 a client of the loopback endpoint', () => {
  const identify = createTcpPeerIdentifier({
    platform: process.platform,
    userId: process.getuid?.() ?? null,
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
  ])('is told by its port: server on %s, client to %s', async (host, to) => {
    const { port, connection } = await listen(host);
    const script = `require('node:net').connect(${port}, '${to}').on('close', () => process.exit())`;
    const client = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    const socket = await connection;
    try {
      const caller = await identify(ends(socket));
      expect(caller).toMatchObject({
        ...{ door: 'http', verified: true, pid: client.pid, uid: process.getuid?.() },
        executable: process.execPath,
      });
      expect(caller?.chain.map(({ pid }) => pid)).toContain(process.pid);
      // `node -e` could be anything.
      expect(caller?.identity).toBeNull();
    } finally {
      socket.destroy();
      await once(client, 'exit');
    }
    expect(await identify(ends(socket))).toMatchObject({ verified: false });
  });
});
