import type { Logger } from '../../ports/index.ts';
import type { Door } from './door.ts';

export type OpenTcpDoor = (address: '127.0.0.1' | '::1', port: number) => Promise<Door>;

const mostAttempts = 8;
/** No IPv6 on this machine, or no `::1`. */
const noIpv6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL']);

/** The port is in use or reserved. */
export class PortTaken extends Error {
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super('port taken', { cause });
    this.name = 'PortTaken';
    this.port = port;
  }
}

/**
 * Opens both loopback addresses, each by itself and never a wildcard, with one port. Were only one of them
 * ours, a stranger could wait on the other for clients which say `localhost`; so a port that is taken on `::1` will not do.
 * Without IPv6 there is nothing to wait on, and one door is enough. Rejects with {@link PortTaken}.
 * @param port 0 for any free one
 */
export async function openDoors(open: OpenTcpDoor, port: number, log: Logger): Promise<readonly Door[]> {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await open('127.0.0.1', port).catch((error: unknown) => {
      throw isTaken(error) ? new PortTaken(port, error) : error;
    });
    try {
      return [v4, await open('::1', v4.port)];
    } catch (error) {
      if (noIpv6.has(codeOf(error))) {
        log.info('agent.no-ipv6', { code: codeOf(error) });
        return [v4];
      }
      await v4.retire();
      if (!isTaken(error)) throw error;
      if (port !== 0 || attempt >= mostAttempts) throw new PortTaken(v4.port, error);
    }
  }
}

/** EACCES: Windows keeps ranges of ports for itself and answers this for them. */
function isTaken(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EADDRINUSE' || code === 'EACCES';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
