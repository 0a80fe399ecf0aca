import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { parseApiKeys } from '../auth/api-keys.ts';
import type { AuthMethod, AuthSettings } from '../auth/auth-config.ts';
import { createTrustedDocuments, type TrustedDocuments, TrustedDocumentsError } from '../auth/trusted-documents.ts';
import { type Environment, isSet, oneOf, optionalInteger, type Problems, secret, words } from './variables.ts';

/** Without HS256 and "none", so that they cannot be allowed by mistake. */
const asymmetric = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

export const authVariables = z.object({
  AUTH: oneOf(['none', 'api-key', 'jwt']).optional().meta({
    section: 'The callers',
    description: 'Who may ask. Unset: none on loopback, else the gateway refuses to start.',
  }),
  API_KEYS: secret.describe('With AUTH=api-key: name:sha256-hex-of-key[:scope+scope], comma-separated.'),
  JWT_ISSUER: z.string().optional().describe('With AUTH=jwt: the `iss` that tokens must carry.'),
  JWT_AUDIENCE: words('one audience or more')
    .optional()
    .describe('The `aud` that they must carry: one of these, comma-separated.'),
  JWKS_URL: z
    .string()
    .refine(isTrustworthyUrl, { error: 'must be an https address (http only on loopback)' })
    .optional()
    .describe('Where their issuer publishes its keys: https, or http on loopback.'),
  JWT_ALGORITHMS: words(`of ${asymmetric.join(', ')}`, name => asymmetric.includes(name))
    .prefault('RS256,ES256,EdDSA')
    .describe('How they may be signed, comma-separated.'),
  JWT_SCOPE_CLAIM: z.string().default('scope').describe("The claim with the caller's scopes."),
  RATE_LIMIT_INDICATORS_PER_MINUTE: optionalInteger(0, 999_999_999).describe(
    'Per caller (per replica only without Redis), counted in points: one an indicator asked, at least one an operation; 0 is off. Unset: 0 with AUTH=none, else 6000.',
  ),
  TRUSTED_DOCUMENTS: z.string().optional().describe('A file with a persisted-query manifest: only its operations run.'),
  AUDIT_INDICATORS: oneOf(['plain', 'hmac']).default('plain').describe('How the audit names indicators.'),
  AUDIT_HMAC_KEY: secret.describe('The key of these hashes, which makes them comparable across restarts.'),
});

type AuthVariables = z.infer<typeof authVariables>;

/** Also reads the file of TRUSTED_DOCUMENTS and the first value of API_KEYS. */
export function authSettings(values: AuthVariables): AuthSettings | { readonly problems: Problems } {
  const problems: string[] = [];
  const auth = methodOf(values, problems);
  const trustedDocuments = trustedDocumentsOf(values.TRUSTED_DOCUMENTS, problems);
  if (problems.length > 0) return { problems };
  return {
    method: auth,
    indicatorsPerMinute: values.RATE_LIMIT_INDICATORS_PER_MINUTE ?? (auth.mode === 'none' ? 0 : 6_000),
    trustedDocuments,
    audit: { indicators: values.AUDIT_INDICATORS, hmacKey: values.AUDIT_HMAC_KEY },
  };
}

/**
 * Missing variables, and variables that have no effect. Looks at the raw environment, so that these problems are reported
 * together with those of malformed values. `scopeVariables`: the names of variables that require a scope.
 */
export function authProblems(environment: Environment, host: string, scopeVariables: readonly string[]): Problems {
  const set = (name: string) => isSet(environment, name);
  const auth = environment.AUTH?.trim();
  const problems: string[] = [];
  const needs = auth === 'jwt' ? ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL'] : [];
  for (const name of needs) if (!set(name)) problems.push(`${name} is needed with AUTH=jwt`);
  if (auth === 'api-key' && !set('API_KEYS') && !set('API_KEYS_FILE'))
    problems.push('API_KEYS is needed with AUTH=api-key');
  if (!auth && !isLoopback(host)) problems.push(authNeeded);
  for (const name of auth ? [] : withoutAuth)
    if (set(name)) problems.push(`${name} is set and AUTH is not, so that everybody would be let in: ${meantBy(name)}`);
  const scopes = auth === 'api-key' || auth === 'jwt' ? [] : scopeVariables;
  for (const name of scopes)
    if (set(name)) problems.push(`${name} needs AUTH=api-key or AUTH=jwt: without it no caller can carry a scope`);
  return problems;
}

/** Who sets one of these means to let nobody else in. */
const withoutAuth = ['API_KEYS', 'API_KEYS_FILE', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL'];
const meantBy = (name: string): string => `set AUTH=${name.startsWith('API') ? 'api-key' : 'jwt'}, or unset it`;

const authNeeded =
  'AUTH must be set where HOST is not a loopback address: api-key (with API_KEYS) or jwt (with JWT_ISSUER, ' +
  'JWT_AUDIENCE and JWKS_URL), or none to let everybody in who can reach it';

function methodOf(values: AuthVariables, problems: string[]): AuthMethod {
  if (values.AUTH === 'api-key' && values.API_KEYS) {
    const { problem } = parseApiKeys(values.API_KEYS.read());
    if (problem !== undefined) problems.push(`API_KEYS ${problem}`);
    return { mode: 'api-key', keys: values.API_KEYS };
  }
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

function trustedDocumentsOf(file: string | undefined, problems: string[]): TrustedDocuments | undefined {
  try {
    return file === undefined ? undefined : createTrustedDocuments(file);
  } catch (problem) {
    if (!(problem instanceof TrustedDocumentsError)) throw problem;
    problems.push(problem.message);
    return undefined;
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach the host. An empty or wildcard host can be reached from outside. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (address.toLowerCase() === 'localhost') return true;
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Requires TLS: keys that are changed in transit let the one who changed them sign in as anyone. */
function isTrustworthyUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}
