/** A loopback-only HTTP listener. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export class Listener {
  readonly #server: Server;
  #handler: RequestListener = (_request, response) => response.writeHead(503).end();

  constructor() {
    // Keep-alive is short so that an idle client never keeps a stopped sandbox waiting.
    this.#server = createServer({ keepAliveTimeout: 5000, maxHeaderSize: 8192 }, (request, response) =>
      this.#handler(request, response),
    );
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (!socket.writable) return void socket.destroy();
      const status =
        error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    });
  }

  /**
   * Binds the port before the handler exists: URLs have to be known to build what is behind it.
   * @param port 0 = chosen by the system
   * @throws Error EADDRINUSE
   */
  async start(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  handle(handler: RequestListener): void {
    this.#handler = handler;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
