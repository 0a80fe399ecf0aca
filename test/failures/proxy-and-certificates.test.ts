import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { requireCommand } from '../setup/command.ts';
import { postQuery } from '../setup/gateway.ts';
import { startGatewayChild } from '../setup/gateway-child.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-way-out-'));
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
const names = 'subjectAltName=DNS:localhost,DNS:datadog.upstream.test';
const sockets = new Set<Socket>();
const servers: Server[] = [];

let emulators: Emulators;
/** Both upstreams behind TLS: they end it and hand on what comes. */
let datadogPort: number;
let argusPort: number;
/** A proxy as companies have it, and what it was asked for. */
let proxyUrl: string;
const tunnels: string[] = [];

beforeAll(async () => {
  const options = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=test',
  ];
  execFileSync(
    requireCommand('openssl'),
    ['req', '-x509', ...options, '-addext', names, '-keyout', key, '-out', certificate],
    {
      stdio: 'ignore',
    },
  );
  emulators = await startEmulators();
  datadogPort = await listen(behindTls(emulators.datadog.url));
  argusPort = await listen(behindTls(emulators.argus.url));
  proxyUrl = `http://127.0.0.1:${await listen(createServer(tunnel))}`;
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await emulators.close();
  rmSync(folder, { recursive: true, force: true });
});

function behindTls(url: string): Server {
  const { port } = new URL(url);
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  return createTlsServer(tls, socket => couple(socket, connect(Number(port), '127.0.0.1')));
}

/** `CONNECT datadog.upstream.test:443`: the one name that this network's proxy knows. */
function tunnel(socket: Socket): void {
  watch(socket).once('data', bytes => {
    const [line = ''] = bytes.toString('latin1').split('\r\n');
    tunnels.push(line);
    const onward = connect(datadogPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      couple(socket, onward);
    });
  });
}

function couple(one: Socket, other: Socket): void {
  watch(one).pipe(watch(other)).pipe(one);
}

function watch<S extends Socket>(socket: S): S {
  sockets.add(socket);
  socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  return socket;
}

async function listen(server: Server): Promise<number> {
  servers.push(server.on('tlsClientError', () => {}));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const environment = () => ({
  LOG_LEVEL: 'error',
  DATADOG_URL: 'https://datadog.upstream.test',
  DD_API_KEY: 'demo-api-key',
  DD_APP_KEY: 'demo-app-key',
  ARGUS_URL: `https://localhost:${argusPort}`,
  ARGUS_API_KEY: 'demo/key/full',
  HTTPS_PROXY: proxyUrl,
  NO_PROXY: 'localhost,127.0.0.1',
});
beforeEach(() => {
  tunnels.length = 0;
  emulators.datadog.clearRequests();
  emulators.argus.clearRequests();
});

const query = '{ indicator(value: "evil.example.org") { threatScore memberships { value } } }';

it('HTTPS_PROXY is the way out, NO_PROXY goes around it, and NODE_EXTRA_CA_CERTS is believed', {
  retry: 3,
}, async () => {
  const gateway = await startGatewayChild({ ...environment(), NODE_EXTRA_CA_CERTS: certificate });
  onTestFinished(gateway.stop);
  const { data, errors } = await postQuery(gateway.url, query);
  expect(errors).toBeUndefined();
  expect(data.indicator).toMatchObject({ threatScore: 92.5, memberships: { length: 4 } });
  expect(new Set(tunnels)).toEqual(new Set(['CONNECT datadog.upstream.test:443 HTTP/1.1']));
});

it('an upstream whose certificate nobody vouches for is UNAVAILABLE, and sees no credential', async () => {
  const gateway = await startGatewayChild(environment());
  onTestFinished(gateway.stop);
  const { data, errors } = await postQuery(gateway.url, query);
  expect(data.indicator).toEqual({ threatScore: null, memberships: null });
  for (const { extensions } of errors ?? []) expect(extensions.code).toBe('UPSTREAM_UNAVAILABLE');
  expect(errors).toHaveLength(2);
  expect([...emulators.datadog.requests, ...emulators.argus.requests]).toEqual([]);
});
