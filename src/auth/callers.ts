import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Dispatcher } from 'undici';
import type { AccessConfig, AuthConfig } from '../config/auth.ts';
import type { Secret } from '../config/secret.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import { type ApiKeyEntry, findEntry, parseApiKeys } from './api-keys.ts';
import { createJwks } from './jwks.ts';
import { createJwtVerifier } from './jwt.ts';

/** Who asks. `name` stands in logs and the audit; `keys` are the caller's own upstream credentials, if sent and wanted. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  readonly keys: CallerKeys;
  /** Whose share of limits and queues it uses: the name, or the network of somebody without one. Never a secret. */
  readonly lane: string;
}

/** Source → the headers in which the caller sent its own key for it, names in lower case. */
export type CallerKeys = Readonly<Record<SourceName, Readonly<Record<string, string>>>>;

/** Source → the headers of a caller's own key, in lower case; only of sources that are asked with callers' own keys. */
export type CallerKeyHeaders = Readonly<Record<SourceName, readonly string[]>>;

/** Always 401 with a constant message: it never says what about the credential was wrong. */
export interface Refusal {
  readonly refused: true;
  readonly message: string;
  readonly wwwAuthenticate: string;
}

export interface Access {
  /** From the HTTP headers alone, at once where nobody has to be asked; never throws. `address` is as TRUST_PROXY has it. */
  authenticate(headers: IncomingHttpHeaders, address: string): Caller | Refusal | Promise<Caller | Refusal>;
}

export interface AccessDeps {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** The way to JWKS_URL, where there is a proxy. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Milliseconds for one fetch of the keys behind JWKS_URL. */
  readonly jwksTimeoutMs?: number | undefined;
}

type Identity = Pick<Caller, 'name' | 'scopes'>;
type Identified = Identity | undefined;
type Identify = (credential: string | undefined) => Identified | Promise<Identified>;

const refusal: Refusal = {
  refused: true,
  message: 'Who is asking? Send a valid credential as "Authorization: Bearer …".',
  wwwAuthenticate: 'Bearer realm="indicator-gateway"',
};

/** Callers as AUTH has them: nobody in particular, owners of a key, or subjects of a token. */
export function createAccess(config: AccessConfig, deps: AccessDeps): Access {
  const identify = createIdentify(config.auth, deps);
  return {
    authenticate(headers, address) {
      const identified = identify(bearerOf(headers.authorization));
      const admit = (identity: Identified): Caller | Refusal => {
        if (identity === undefined) return refusal;
        const { name, scopes } = identity;
        const lane = config.auth.mode === 'none' ? `${name} ${householdOf(address)}` : name;
        return { name, scopes, keys: callerKeys(config.keyHeaders, headers), lane };
      };
      return identified instanceof Promise ? identified.then(admit) : admit(identified);
    },
  };
}

/** Whoever has one IPv6 address has all 2^64 of its network: they count as one. */
export function householdOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const read = ipaddr.process(address);
  if (read instanceof ipaddr.IPv4) return read.toString();
  // Behind NAT64 all of IPv4 is one network of IPv6.
  if (read.range() === 'rfc6052') return new ipaddr.IPv4(read.toByteArray().slice(12)).toString();
  return `${read.parts
    .slice(0, 4)
    .map(part => part.toString(16))
    .join(':')}::/64`;
}

const nobody: Identity = { name: 'anonymous', scopes: new Set() };

function createIdentify(auth: AuthConfig, deps: AccessDeps): Identify {
  switch (auth.mode) {
    case 'none':
      return () => nobody;
    case 'api-key':
      return identifyByKey(auth.keys, deps.log);
    case 'jwt': {
      const { log, now = Date.now, dispatcher, jwksTimeoutMs: timeoutMs } = deps;
      const verify = createJwtVerifier(auth, createJwks({ url: auth.jwksUrl, log, dispatcher, timeoutMs }), now);
      return async token => (token === undefined ? undefined : await verify(token));
    }
  }
}

function identifyByKey(keys: Secret, log: Log): Identify {
  let text: string | undefined;
  let entries: readonly ApiKeyEntry[] = [];

  /** Reads the list again only when its text is another; a list that went bad leaves the last good one in force. */
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

/** RFC 6750 and RFC 9110: the scheme in any case, then one token. */
function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,16384}) *$/i.exec(authorization ?? '')?.[1];
}

const noKeys: CallerKeys = {};

function callerKeys(keyHeaders: CallerKeyHeaders, headers: IncomingHttpHeaders): CallerKeys {
  const sources = Object.entries(keyHeaders);
  if (sources.length === 0) return noKeys;
  return Object.fromEntries(
    sources.flatMap(([source, names]) => {
      const sent = names.map(name => [name, keyIn(headers[name])] as const);
      const isWhole = sent.every(([, key]) => key !== undefined);
      return isWhole ? [[source, Object.fromEntries(sent) as Record<string, string>]] : [];
    }),
  );
}

/** Node joins a repeated header with ", ": two keys are no key, for nobody could say which was meant. */
function keyIn(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\x21-\x7e]{1,1024}$/.test(header) && !header.includes(',')
    ? header
    : undefined;
}
