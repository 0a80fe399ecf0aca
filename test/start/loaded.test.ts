import { describe, expect, it } from 'vitest';
import { loadedPackages } from '../setup/loaded-packages.ts';

/** The metrics' library takes the few interfaces of `@opentelemetry/api`. */
const onDemand = /^(@keyv\/redis|@redis\/.*|jose|@opentelemetry\/(?!api$).*|pino-pretty)$/;
const nowhere = 'http://127.0.0.1:1';

describe('a gateway that listens', { timeout: 90_000 }, () => {
  it('has loaded nothing that its configuration does not use', () => {
    const packages = loadedPackages({});
    expect(packages).toEqual(expect.arrayContaining(['fastify', 'graphql', 'undici', 'pino']));
    expect(packages.filter(name => onDemand.test(name))).toEqual([]);
  });

  it.each([
    ['@keyv/redis', { REDIS_URL: 'redis://127.0.0.1:1' }],
    ['jose', { AUTH: 'jwt', JWKS_URL: nowhere, JWT_ISSUER: 'https://login.example.org', JWT_AUDIENCE: 'gateway' }],
    ['@opentelemetry/exporter-trace-otlp-proto', { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere }],
    [
      '@opentelemetry/exporter-trace-otlp-http',
      { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    ],
  ])('has loaded %s where the configuration uses it', (name, environment) => {
    expect(loadedPackages(environment)).toContain(name);
  });
});
