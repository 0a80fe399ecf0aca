/** The Redis that replicas share: one server, a cluster, or what Sentinels say. */
import type { z } from 'zod';
import {
  type Environment,
  isSet,
  matching,
  type Problems,
  type Secret,
  secret,
  secretThat,
  words,
} from './variables.ts';

const form =
  'an address that begins with redis:// or rediss://, or several of one cluster, separated by commas; a password in it must be percent-encoded, or stand in REDIS_PASSWORD';

export const redisVariables = {
  REDIS_URL: secretThat(isRedisUrl, form).meta({
    section: 'The cache',
    description:
      'A Redis that replicas share: redis:// or rediss://; several addresses, separated by commas, are nodes of one cluster. Without it the cache is memory.',
  }),
  REDIS_USERNAME: secret.describe(
    'The user of Redis, in place of the one in the address. Read again for each connection.',
  ),
  REDIS_PASSWORD: secret.describe(
    'The password of Redis, or a token that expires, in place of the one in the address. Read again for each connection.',
  ),
  REDIS_SENTINELS: words('addresses like sentinel-1:26379, with rediss:// in front for TLS', isSentinel)
    .optional()
    .describe('Sentinels, comma-separated, which say where the master is, in place of REDIS_URL: host:port.'),
  REDIS_SENTINEL_NAME: matching(/^[^\s,]+$/, 'one name, like mymaster')
    .optional()
    .describe('The name by which the Sentinels know the master.'),
  REDIS_SENTINEL_PASSWORD: secret.describe('The password of the Sentinels.'),
};

type RedisValues = { readonly [Name in keyof typeof redisVariables]?: z.infer<(typeof redisVariables)[Name]> };

/** A server of Redis, as far as it is known before it is connected. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Whose certificate it must show. */
  readonly serverName: string;
  readonly database: number;
}

export interface RedisCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface RedisConfig {
  /** As they are written now: a file may have changed. With Sentinels, theirs. Throws where one is none. */
  addresses(): readonly RedisAddress[];
  /** Of Redis itself, read anew. */
  credentials(): RedisCredentials;
  /** Undefined: the addresses are those of Redis itself. */
  readonly sentinel: { readonly name: string; credentials(): RedisCredentials } | undefined;
}

/** Undefined: the cache is memory. */
export function redisConfig(values: RedisValues): RedisConfig | undefined {
  const { REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_SENTINEL_NAME: name } = values;
  const read = (from: Secret | undefined) => {
    from?.reload();
    return from?.read();
  };
  const given = () => ({ username: read(values.REDIS_USERNAME), password: read(values.REDIS_PASSWORD) });
  if (sentinels !== undefined)
    return {
      addresses: () => sentinels.map(text => addressIn(text.includes('://') ? text : `redis://${text}`)),
      credentials: given,
      sentinel: {
        name: name ?? '',
        credentials: () => ({ username: undefined, password: read(values.REDIS_SENTINEL_PASSWORD) }),
      },
    };
  if (url === undefined) return undefined;
  const texts = () => (read(url) ?? '').split(',').map(text => text.trim());
  return {
    addresses: () => texts().map(addressIn),
    credentials() {
      const { username, password } = given();
      const inUrl = new URL(texts()[0] ?? '');
      return {
        username: username ?? (decodeURIComponent(inUrl.username) || undefined),
        password: password ?? (decodeURIComponent(inUrl.password) || undefined),
      };
    },
    sentinel: undefined,
  };
}

/** Of an address with a scheme. Throws without repeating it, for it may hold a password. */
function addressIn(text: string): RedisAddress {
  const url = isRedisUrl(text) ? new URL(text) : undefined;
  const database = Number(url?.pathname.slice(1) ?? Number.NaN);
  if (url === undefined || url.hostname === '' || !Number.isInteger(database))
    throw new Error(`Redis must have ${form}`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port || 6379), isTls: url.protocol === 'rediss:', serverName: host, database };
}

function isRedisUrl(text: string): boolean {
  return text.split(',').every(part => isAddress(part.trim()));
}

function isAddress(text: string): boolean {
  const url = /^rediss?:\/\//.test(text) ? URL.parse(text) : null;
  return url !== null && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname);
}

function isSentinel(text: string): boolean {
  return text.includes('://') ? isAddress(text) : /^[^\s/]+:\d{1,5}$/.test(text) && isAddress(`redis://${text}`);
}

/** Variables that do not go together. */
export function redisProblems(environment: Environment): Problems {
  const has = (name: string) => isSet(environment, name) || isSet(environment, `${name}_FILE`);
  const problems: string[] = [];
  if (has('REDIS_SENTINELS') && has('REDIS_URL'))
    problems.push('REDIS_SENTINELS is set beside REDIS_URL: set the one or the other');
  if (has('REDIS_SENTINELS') !== has('REDIS_SENTINEL_NAME'))
    problems.push('REDIS_SENTINELS and REDIS_SENTINEL_NAME go together: set both, or neither');
  if (has('REDIS_SENTINEL_PASSWORD') && !has('REDIS_SENTINELS'))
    problems.push('REDIS_SENTINEL_PASSWORD is set without REDIS_SENTINELS, to which it belongs');
  if ((has('REDIS_PASSWORD') || has('REDIS_USERNAME')) && !has('REDIS_URL') && !has('REDIS_SENTINELS'))
    problems.push('REDIS_USERNAME and REDIS_PASSWORD are for REDIS_URL or REDIS_SENTINELS: set one of these');
  return problems;
}
