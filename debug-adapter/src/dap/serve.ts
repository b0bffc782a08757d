// Serves the protocol on standard input and output, or on a socket: `gobuf dap`.
// Must stay true: the promise settles when the client has disconnected or gone away, so that the process can end.

import net from 'node:net';
import { DapServer } from './server';
import type { Incoming, Outgoing } from './server';
import type { DapHost, Session } from './session';

/** One client over two streams. */
export function serveStreams(host: DapHost, input: Incoming, output: Outgoing, opened?: (session: Session) => void): Promise<void> {
  return new Promise((resolve) => {
    const server = new DapServer(host);
    server.on('ended', () => resolve());
    opened?.(server.session);
    server.serve(input, output);
    input.on('end', () => server.emit('close'));
  });
}

/** One client over a socket: listens on HOST:PORT (port 0 picks one), tells the address, serves the first connection. */
export function serveSocket(host: DapHost, address: string, listening: (address: string) => void): Promise<void> {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address);
  if (!match || Number(match[3]) > 65535) return Promise.reject(new Error(`${JSON.stringify(address)} is not HOST:PORT.`));
  return new Promise((resolve, reject) => {
    const listener = net.createServer((socket) => {
      listener.close();
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      void serveStreams(host, socket, socket).then(() => socket.end(resolve));
    });
    listener.on('error', (error: NodeJS.ErrnoException) => reject(new Error(`gobuf cannot listen on ${address}: ${error.code ?? error.message}.`)));
    listener.listen(Number(match[3]), match[1] ?? match[2] ?? '127.0.0.1', () => {
      const bound = listener.address() as net.AddressInfo;
      listening(`${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`);
    });
  });
}
