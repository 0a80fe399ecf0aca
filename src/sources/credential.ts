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

/** A text that is equal only for equal credentials. */
function identityOf(headers: Readonly<Record<string, string>>): string {
  const values = Object.values(headers);
  return values.length === 1 ? (values[0] as string) : JSON.stringify(values);
}

/** The gateway's own credential. Its secrets may change at any time. */
export function serviceCredential(
  secrets: readonly Secret[],
  headers: () => Readonly<Record<string, string>>,
  upstreamUrl: string,
): Credential {
  // The partition is read with every fact, and secrets rarely change: hash them only after a change.
  let values: readonly string[] = [];
  let partition = '';
  return {
    get partition() {
      if (values.length > 0 && secrets.every((secret, index) => secret.read() === values[index])) return partition;
      values = secrets.map(secret => secret.read());
      partition = partitionOf(identityOf(headers()), upstreamUrl);
      return partition;
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
}

/** The credentials of one source. */
export interface Credentials {
  /** Whether the gateway has a credential of its own, or lets callers send theirs. */
  readonly isConfigured: boolean;
  /** The credential for one operation, or why there is none: UNCONFIGURED, or DENIED to this caller. */
  credentialFor(keys: CallerKeys, permissions: SourcePermissions): Credential | UpstreamError;
}

export function createCredentials({ source, settings, service }: CredentialPolicy): Credentials {
  const { name, title } = source;
  const { url, keyFrom } = settings;
  const callerPartitionOf = createPartitionCache(url);

  function callerCredential(keys: CallerKeys): Credential | UpstreamError {
    const sent = keys[name];
    if (sent === undefined) return new UpstreamError(name, 'DENIED', noKeys(source));
    const headers = Object.fromEntries(
      Object.entries(source.callerKeyHeaders).map(([own, upstream]) => [upstream, sent[own.toLowerCase()] ?? '']),
    );
    return { partition: callerPartitionOf(identityOf(headers)), headers: () => headers, reload: () => false };
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
export async function callWithFreshSecret<Answer>(
  credential: Credential,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const before = credential.partition;
  try {
    return await call();
  } catch (problem) {
    if (!(problem instanceof UpstreamError) || problem.httpStatus !== 401) throw problem;
    if (!credential.reload() && credential.partition === before) throw problem;
    return call();
  }
}
