/** Callers as a gateway with AUTH=api-key or AUTH=jwt knows them. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const digestOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** An entry of API_KEYS: the owner's key is `key-of-NAME`. */
export const apiKeyEntry = (name: string, scopes: readonly string[] = []): string =>
  `${name}:${digestOf(`key-of-${name}`)}${scopes.length > 0 ? `:${scopes.join('+')}` : ''}`;

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** The header of the owner of an entry. */
export const as = (name: string) => bearer(`key-of-${name}`);

/** AUTH and API_KEYS for callers with these scopes. Metrics stay where tests read them. */
export const apiKeyAuth = (callers: Readonly<Record<string, readonly string[]>>) => ({
  AUTH: 'api-key',
  METRICS_ON_PORT: 'on',
  API_KEYS: Object.entries(callers)
    .map(([name, scopes]) => apiKeyEntry(name, scopes))
    .join(','),
});

export interface Issuer {
  readonly environment: Readonly<Record<string, string>>;
  readonly fetches: number;
  sign(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

/** A real issuer with its key set on a socket. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'one' }] }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = 'https://issuer.example/';
  return {
    environment: {
      AUTH: 'jwt',
      METRICS_ON_PORT: 'on',
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: 'gateway',
      JWKS_URL: `http://127.0.0.1:${port}/jwks`,
    },
    get fetches() {
      return fetches;
    },
    sign: claims =>
      new SignJWT({ iss: issuer, aud: 'gateway', sub: 'analyst', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setExpirationTime('5m')
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
