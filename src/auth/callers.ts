import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Secret } from '../config/secret.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import { type ApiKeyEntry, findEntry, parseApiKeys } from './api-keys.ts';
import type { AuthConfig, AuthMethod, CallerKeyHeaders } from './auth-config.ts';
import type { Identity } from './jwt.ts';

/** `name` appears in logs and the audit; `keys`: the caller's own upstream credentials, where the configuration allows them. */
export interface Caller extends Identity {
  readonly keys: CallerKeys;
  /** The key of rate limits and queues: the name, with the IP prefix for anonymous callers. Never a secret. */
  readonly clientKey: string;
}

/** Source → the headers that carry the caller's own key for it; names in lower case. */
export type CallerKeys = Readonly<Record<SourceName, Readonly<Record<string, string>>>>;

/** Answered with 401. The message is constant, so it does not reveal what is wrong with the credential. */
export interface AuthenticationFailure {
  readonly refused: true;
  readonly message: string;
  readonly wwwAuthenticate: string;
}

export interface Authenticator {
  /** Synchronous unless keys must be fetched; never throws. `address`: the client's IP, after TRUST_PROXY. */
  authenticate(
    headers: IncomingHttpHeaders,
    address: string,
  ): Caller | AuthenticationFailure | Promise<Caller | AuthenticationFailure>;
}

export interface AuthenticatorOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** For JWKS_URL; the default connects directly. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Timeout of one fetch of JWKS_URL. */
  readonly jwksTimeoutMs?: number | undefined;
}

type Identified = Identity | undefined;
type IdentifyCaller = (credential: string | undefined) => Identified | Promise<Identified>;

const authenticationFailure: AuthenticationFailure = {
  refused: true,
  message: 'Who is asking? Send a valid credential as "Authorization: Bearer …".',
  wwwAuthenticate: 'Bearer realm="indicator-gateway"',
};

/** Says nothing of whether one of them is valid. */
const twoCredentials: AuthenticationFailure = {
  ...authenticationFailure,
  message: 'The header Authorization holds more than one credential: send one, as "Authorization: Bearer …".',
};

/** Identifies callers by the configured method: none, API key, or JWT. */
export function createAuthenticator(config: AuthConfig, deps: AuthenticatorOptions): Authenticator {
  const identify = createIdentify(config.method, deps);
  return {
    authenticate(headers, address) {
      const identified = identify(bearerOf(headers.authorization));
      const toCaller = (identity: Identified): Caller | AuthenticationFailure => {
        if (identity === undefined) return isRepeated(headers.authorization) ? twoCredentials : authenticationFailure;
        const { name, scopes } = identity;
        const clientKey = config.method.mode === 'none' ? `${name} ${ipPrefixKey(address)}` : name;
        return { name, scopes, keys: callerKeys(config.keyHeaders, headers), clientKey };
      };
      return identified instanceof Promise ? identified.then(toCaller) : toCaller(identified);
    },
  };
}

/** An IPv4 address itself, and the /64 of an IPv6 address: one client usually has a whole /64. */
export function ipPrefixKey(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  // NAT64 puts all of IPv4 into one /64.
  if (parsed.range() === 'rfc6052') return new ipaddr.IPv4(parsed.toByteArray().slice(12)).toString();
  return `${parsed.parts
    .slice(0, 4)
    .map(part => part.toString(16))
    .join(':')}::/64`;
}

const anonymous: Identity = { name: 'anonymous', scopes: new Set() };

function createIdentify(auth: AuthMethod, deps: AuthenticatorOptions): IdentifyCaller {
  switch (auth.mode) {
    case 'none':
      return () => anonymous;
    case 'api-key':
      return identifyByKey(auth.keys, deps.log);
    case 'jwt': {
      const verifier = openVerifier(auth, deps);
      return async token => (token === undefined ? undefined : (await verifier)(token));
    }
  }
}

/** Loads the library for tokens, which takes time and memory at the start, only where callers bring tokens. */
async function openVerifier(
  auth: Extract<AuthMethod, { readonly mode: 'jwt' }>,
  { log, clock, dispatcher, jwksTimeoutMs }: AuthenticatorOptions,
) {
  const [{ createJwks }, { createJwtVerifier }] = await Promise.all([import('./jwks.ts'), import('./jwt.ts')]);
  const keys = createJwks({ url: auth.jwksUrl, log, dispatcher, timeoutMs: jwksTimeoutMs, now: clock.monotonic });
  return createJwtVerifier(auth, keys, clock.wall);
}

function identifyByKey(keys: Secret, log: Log): IdentifyCaller {
  let text: string | undefined;
  let entries: readonly ApiKeyEntry[] = [];

  /** Parses the list only when its text has changed; an invalid list leaves the last valid one in force. */
  function current(): readonly ApiKeyEntry[] {
    const next = keys.read();
    if (next === text) return entries;
    text = next;
    const parsed = parseApiKeys(next);
    if (parsed.entries) entries = parsed.entries;
    else
      log.error({ variable: 'API_KEYS' }, 'The changed list of keys cannot be used; the last good one stays in force');
    return entries;
  }

  return key => {
    const entry = key === undefined ? undefined : findEntry(current(), key);
    return entry && { name: entry.name, scopes: entry.scopes };
  };
}

/** RFC 6750 and RFC 9110: the scheme is case-insensitive and followed by one token. */
function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,16384}) *$/i.exec(authorization ?? '')?.[1];
}

/** A header that is sent twice is joined with ", "; no credential has a comma. */
const isRepeated = (authorization: string | undefined): boolean => authorization?.includes(', ') === true;

function callerKeys(keyHeaders: CallerKeyHeaders, headers: IncomingHttpHeaders): CallerKeys {
  return Object.fromEntries(
    Object.entries(keyHeaders).flatMap(([source, names]) => {
      const sent = names.map(name => [name, keyFrom(headers[name])] as const);
      const isWhole = sent.every(([, key]) => key !== undefined);
      return isWhole ? [[source, Object.fromEntries(sent) as Record<string, string>]] : [];
    }),
  );
}

/** Node joins a repeated header with ", "; of two keys neither is used. */
function keyFrom(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\x21-\x7e]{1,1024}$/.test(header) && !header.includes(',')
    ? header
    : undefined;
}
