/** The credential that a source is called with: the gateway's own, or the caller's. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CallerKeys } from '../auth/callers.ts';
import type { SourcePermissions } from '../auth/scopes.ts';
import type { Secret } from '../config/variables.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { SourceSettings } from './settings.ts';

export interface Credential {
  /** Its part of the cache (`partitionOf`). */
  readonly partition: string;
  /** The request headers that carry it. */
  headers(): Readonly<Record<string, string>>;
  /** Reads the secret again, after a 401. True: it has changed. */
  reload(): boolean;
}

/**
 * Separates what was fetched with one credential in caches and batches from everything else. Two credentials never share a
 * partition; the same credential has the same one in every replica. The credential cannot be derived from it.
 */
export function partitionOf(credential: string, upstreamUrl: string): string {
  // Not an HMAC keyed by the credential: HMAC pads its key with zeros, so two credentials could share a partition.
  return hash('sha256', `partition of ${upstreamUrl} ${credential}`, 'base64url');
}

/** A text for the values of a credential's headers that is equal only for equal credentials. */
export type Identify = (values: readonly string[]) => string;

const identifyAll: Identify = values => JSON.stringify(values);

interface ServiceKey {
  readonly secrets: readonly Secret[];
  /** The request headers that carry them. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly url: string;
  readonly identify?: Identify | undefined;
}

/** The gateway's own credential. Its secrets may change at any time. */
export function serviceCredential({ secrets, headers, url, identify = identifyAll }: ServiceKey): Credential {
  // The partition is read with every fact, and secrets rarely change: hash them only after a change.
  let last: { readonly values: readonly string[]; readonly partition: string } | undefined;
  return {
    get partition() {
      // The values are read once: those that are compared are those that are hashed, even if a secret changes meanwhile.
      const values = Object.values(headers());
      if (!last?.values.every((value, index) => value === values[index]))
        last = { values, partition: partitionOf(identify(values), url) };
      return last.partition;
    },
    headers,
    reload: () => secrets.map(secret => secret.reload()).some(Boolean),
  };
}

export interface CredentialPolicy {
  readonly source: SourceLabel & { readonly callerKeyHeaders: Readonly<Record<string, string>> };
  readonly settings: Pick<SourceSettings, 'url' | 'keyFrom'>;
  /** The gateway's own; undefined when it has none. */
  readonly service: Credential | undefined;
  readonly identify?: Identify | undefined;
}

/** The credentials of one source. */
export interface Credentials {
  /** Whether the gateway has a credential of its own, or lets callers send theirs. */
  readonly isConfigured: boolean;
  /** The credential for one operation, or why there is none: UNCONFIGURED, or DENIED to this caller. */
  credentialFor(keys: CallerKeys, permissions: SourcePermissions): Credential | UpstreamError;
}

export function createCredentials(policy: CredentialPolicy): Credentials {
  const { source, settings, service, identify = identifyAll } = policy;
  const { name, title } = source;
  const { url, keyFrom } = settings;
  const callerPartitionOf = createPartitionCache(url);

  function callerCredential(keys: CallerKeys): Credential | UpstreamError {
    const headers = Object.hasOwn(keys, name) ? headersFrom(keys[name] ?? {}, source) : undefined;
    if (headers === undefined) return new UpstreamError(name, 'DENIED', noKeys(source));
    const partition = callerPartitionOf(identify(Object.values(headers)));
    return { partition, headers: () => headers, reload: () => false };
  }

  return {
    isConfigured: service !== undefined || keyFrom === 'caller',
    credentialFor(keys, permissions) {
      if (!permissions.see)
        return new UpstreamError(name, 'DENIED', `This caller's scopes do not include ${title}.`, { forbidden: true });
      if (keyFrom === 'caller') return callerCredential(keys);
      return service ?? new UpstreamError(name, 'UNCONFIGURED', `The gateway has no credentials for ${title}.`);
    },
  };
}

/** The caller's key in the headers that the upstream reads; undefined when a part of it is missing. */
function headersFrom(
  sent: Readonly<Record<string, string>>,
  { callerKeyHeaders }: CredentialPolicy['source'],
): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {};
  for (const [own, upstream] of Object.entries(callerKeyHeaders)) {
    const key = sent[own.toLowerCase()];
    if (key === undefined) return undefined;
    headers[upstream] = key;
  }
  return headers;
}

/** Hashing takes longer than serving a cached fact, so the partitions of recent callers are kept. */
function createPartitionCache(upstreamUrl: string): (credential: string) => string {
  const partitions = new LRUCache<string, string>({ max: 10_000 });
  return credential => {
    const known = partitions.get(credential);
    if (known !== undefined) return known;
    const partition = partitionOf(credential, upstreamUrl);
    partitions.set(credential, partition);
    return partition;
  };
}

function noKeys({ title, callerKeyHeaders }: CredentialPolicy['source']): string {
  const headers = Object.keys(callerKeyHeaders);
  const [keys, those] = headers.length === 1 ? ['key', 'the one'] : ['keys', 'those'];
  return `The caller sent no ${title} ${keys}: this gateway asks with ${those} in ${headers.join(' and ')}.`;
}

/**
 * Repeats the call once after a 401 when the secret has changed since. Of many calls that fail together only the first sees
 * the change in `reload`; the others notice it by the partition.
 */
export function callWithFreshSecret<Answer>(
  credential: Credential,
  call: (partition: string) => Promise<Answer>,
): Promise<Answer> {
  const before = credential.partition;
  return call(before).catch(problem => {
    if (!(problem instanceof UpstreamError) || problem.httpStatus !== 401) throw problem;
    if (!credential.reload() && credential.partition === before) throw problem;
    return call(credential.partition);
  });
}
