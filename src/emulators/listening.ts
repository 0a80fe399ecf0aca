import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves to the server's address, as `http://127.0.0.1:4010`. Rejects with a message for the user if the port is taken. */
export function listen(server: Server, { host, port }: { host: string; port: number }, name: string): Promise<string> {
  // Longer than clients keep idle connections: if the server closes first, it may reset a request.
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(portTakenMessage(name, host, port), { cause: error }) : error);
    });
    server.listen(port, host, () => resolve(addressOf(server.address())));
  });
}

function portTakenMessage(name: string, host: string, port: number): string {
  return `Port ${port} on ${host} is taken: the ${name} emulator cannot listen there. Set EMULATOR_${name.toUpperCase()}_PORT to a free one.`;
}

function addressOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Closes every connection, hung ones included. */
export function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
