import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { parseApiKeys } from './api-key.ts';
import type { JwtPolicy } from './jwt.ts';
import type { ScopePolicy } from './scopes.ts';
import { type Secret, secretSetting } from './secret.ts';

export type AuthConfig =
  | { readonly mode: 'none' }
  | { readonly mode: 'api-key'; readonly keys: Secret }
  | ({ readonly mode: 'jwt'; readonly jwksUrl: string } & JwtPolicy);

export type KeyFrom = 'service' | 'caller';

export interface AccessConfig {
  readonly auth: AuthConfig;
  readonly scopes: ScopePolicy;
  readonly argusKeyFrom: KeyFrom;
  readonly datadogKeyFrom: KeyFrom;
  /** 0: no limit. */
  readonly indicatorsPerMinute: number;
  /** A file; `createTrustedDocuments` reads it. */
  readonly trustedDocuments: string | undefined;
  readonly audit: AuditConfig;
}

export interface AuditConfig {
  readonly indicators: 'plain' | 'hmac';
  /** Undefined: hashes can be compared within one run of one process only. */
  readonly hmacKey: Secret | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a public key can verify. HS256 and "none" are not on the list, and so cannot be allowed by mistake. */
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `must be one of: ${values.join(', ')}` });
const list = z.string().transform(text =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
);
const scope = z
  .string()
  .regex(/^[^\s+,:]+$/, { error: 'must be one scope, without blanks' })
  .optional();

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  AUTH: oneOf('none', 'api-key', 'jwt').optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: list.optional(),
  JWKS_URL: z
    .string()
    .refine(isTrustworthyUrl, { error: 'must be an https address (http only on loopback)' })
    .optional(),
  JWT_ALGORITHMS: list
    .refine(names => names.length > 0 && names.every(name => asymmetric.includes(name)), {
      error: `must be of: ${asymmetric.join(', ')}`,
    })
    .default(['RS256', 'ES256', 'EdDSA']),
  JWT_SCOPE_CLAIM: z.string().default('scope'),
  DATADOG_SCOPE: scope,
  ARGUS_SCOPE: scope,
  DATADOG_PERSONAL_SCOPE: scope,
  ARGUS_KEY_FROM: oneOf('service', 'caller').default('service'),
  DATADOG_KEY_FROM: oneOf('service', 'caller').default('service'),
  RATE_LIMIT_INDICATORS_PER_MINUTE: z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number, 0 for no limit' })
    .transform(Number)
    .optional(),
  TRUSTED_DOCUMENTS: z.string().optional(),
  AUDIT_INDICATORS: oneOf('plain', 'hmac').default('plain'),
});

type Variables = z.infer<typeof variables>;
type Report = (variable: string, message: string) => void;

/**
 * The variables of contract.md that concern callers, from the whole environment; others are ignored. Every problem is an
 * issue of its own whose path is the variable's name; no message repeats a value. Reads the `*_FILE` it is pointed at.
 */
export const accessConfigSchema = z
  // `process.env` itself is no plain object to zod; a copy of it is.
  .preprocess(given => Object.fromEntries(Object.entries(given ?? {})), z.record(z.string(), z.string().optional()))
  .transform((environment, context): AccessConfig => {
    let isUsable = true;
    const config = readAccessConfig(withoutEmpty(environment), (variable, message) => {
      isUsable = false;
      context.addIssue({ code: 'custom', path: [variable], message });
    });
    return config && isUsable ? config : z.NEVER;
  });

function readAccessConfig(set: Environment, report: Report): AccessConfig | undefined {
  const parsed = variables.safeParse(set);
  for (const { path, message } of parsed.error?.issues ?? []) report(String(path[0]), message);
  requireWhatAuthNeeds(set, report);
  const apiKeys = set.AUTH === 'api-key' ? readSecret('API_KEYS', set, report) : undefined;
  if (apiKeys) checkApiKeys(apiKeys, report);
  const hmacKey = readSecret('AUDIT_HMAC_KEY', set, report);
  return parsed.data && toConfig(parsed.data, apiKeys, hmacKey);
}

/** Contract: an empty variable counts as unset. */
function withoutEmpty(environment: Environment): Environment {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value));
}

/** On the raw text, so that these problems are named beside those of malformed values. */
function requireWhatAuthNeeds(set: Environment, report: Report): void {
  if (set.AUTH === 'jwt') {
    for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL'])
      if (!set[name]) report(name, 'is needed with AUTH=jwt');
  }
  if (set.AUTH === 'api-key' && !set.API_KEYS && !set.API_KEYS_FILE) report('API_KEYS', 'is needed with AUTH=api-key');
  if (!set.AUTH && !isLoopback(set.HOST ?? '127.0.0.1')) {
    report(
      'AUTH',
      'must be set where HOST is not a loopback address: api-key (with API_KEYS) or jwt (with JWT_ISSUER, JWT_AUDIENCE and JWKS_URL), or none to let everybody in who can reach it',
    );
  }
  if (set.AUTH === 'api-key' || set.AUTH === 'jwt') return;
  for (const name of ['DATADOG_SCOPE', 'ARGUS_SCOPE', 'DATADOG_PERSONAL_SCOPE']) {
    if (set[name]) report(name, 'needs AUTH=api-key or AUTH=jwt: without it no caller can carry a scope');
  }
}

function readSecret(name: string, set: Environment, report: Report): Secret | undefined {
  const setting = secretSetting(name, set);
  if (setting?.problem) report(setting.problem.variable, setting.problem.message);
  return setting?.secret;
}

function checkApiKeys(keys: Secret, report: Report): void {
  const { problem } = parseApiKeys(keys.read());
  if (problem !== undefined) report('API_KEYS', problem);
}

function toConfig(values: Variables, apiKeys: Secret | undefined, hmacKey: Secret | undefined): AccessConfig {
  const auth = authOf(values, apiKeys);
  return {
    auth,
    scopes: {
      datadog: values.DATADOG_SCOPE,
      argus: values.ARGUS_SCOPE,
      datadogPersonal: values.DATADOG_PERSONAL_SCOPE,
    },
    argusKeyFrom: values.ARGUS_KEY_FROM,
    datadogKeyFrom: values.DATADOG_KEY_FROM,
    indicatorsPerMinute: values.RATE_LIMIT_INDICATORS_PER_MINUTE ?? (auth.mode === 'none' ? 0 : 6_000),
    trustedDocuments: values.TRUSTED_DOCUMENTS,
    audit: { indicators: values.AUDIT_INDICATORS, hmacKey },
  };
}

function authOf(values: Variables, apiKeys: Secret | undefined): AuthConfig {
  if (values.AUTH === 'api-key' && apiKeys) return { mode: 'api-key', keys: apiKeys };
  if (values.AUTH !== 'jwt') return { mode: 'none' };
  return {
    mode: 'jwt',
    jwksUrl: values.JWKS_URL ?? '',
    issuer: values.JWT_ISSUER ?? '',
    audience: values.JWT_AUDIENCE ?? [],
    algorithms: values.JWT_ALGORITHMS,
    scopeClaim: values.JWT_SCOPE_CLAIM,
  };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Only this machine can reach it. An empty or wildcard host is reachable from outside. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (address.toLowerCase() === 'localhost') return true;
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Who can change the keys on their way can sign in as anybody. */
function isTrustworthyUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}
