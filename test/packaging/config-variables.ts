/** The variables that the gateway knows. */
const windows = ['FRESH', 'STALE', 'NEGATIVE'].flatMap(window =>
  ['', 'DATADOG_', 'ARGUS_'].map(source => `${source}CACHE_${window}_SECONDS`),
);

// TODO: take both lists from `src/config.ts` once it exports them.
export const secretVariables: readonly string[] = [
  'DD_API_KEY',
  'DD_APP_KEY',
  'DD_ACCESS_TOKEN',
  'ARGUS_API_KEY',
  'REDIS_URL',
  'API_KEYS',
];

export const configVariables: readonly string[] = [
  ...secretVariables,
  ...windows,
  ...['HOST', 'PORT', 'LOG_LEVEL', 'DD_SITE', 'DATADOG_URL', 'ARGUS_URL', 'ARGUS_PRIORITY', 'CACHE_REVALIDATE'],
  ...['REQUEST_DEADLINE_MS', 'DATADOG_TIMEOUT_MS', 'ARGUS_TIMEOUT_MS', 'DATADOG_CONCURRENCY', 'ARGUS_CONCURRENCY'],
  ...['MAX_VALUES', 'AUTH', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL', 'JWT_ALGORITHMS', 'JWT_SCOPE_CLAIM'],
  ...['DATADOG_SCOPE', 'ARGUS_SCOPE', 'DATADOG_PERSONAL_SCOPE', 'ARGUS_KEY_FROM', 'DATADOG_KEY_FROM', 'CORS_ORIGINS'],
  ...['GRAPHIQL', 'INTROSPECTION', 'TRUSTED_DOCUMENTS', 'RATE_LIMIT_INDICATORS_PER_MINUTE', 'TRUST_PROXY'],
  ...['AUDIT_INDICATORS', 'VERDICT_MALICIOUS_FROM', 'VERDICT_SUSPICIOUS_FROM', 'ADMIN_PORT'],
];
