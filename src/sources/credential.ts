/** With whose key a source is asked: the gateway's own, or the caller's. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CallerKeys } from '../auth/callers.ts';
import type { SourcePermissions } from '../auth/scopes.ts';
import type { Secret } from '../config/variables.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { SourceSettings } from './settings.ts';

/** The headers that carry it, and the partition that belongs to it alone. */
export interface Credential {
  readonly partition: string;
  headers(): Readonly<Record<string, string>>;
  /** After a 401: looks at the secret again; true when it has changed. */
  reload(): boolean;
}

/**
 * The part of every cache, flight and batch that belongs to one credential. Two credentials never share one; the same
 * credential has the same one in every replica. It tells nothing of the credential.
 */
export function partitionOf(credential: string, upstreamUrl: string): string {
  const key = `${upstreamUrl} ${credential}`;
  const known = partitions.get(key);
  if (known !== undefined) return known;
  // No HMAC with the credential for its key: to that, a key with zeros at its end is the same key.
  const partition = hash('sha256', `partition of ${key}`, 'base64url');
  partitions.set(key, partition);
  return partition;
}

/** Asked for with every fact, and dearer than the fact. */
const partitions = new LRUCache<string, string>({ max: 10_000 });

/** One text for what the headers of a credential hold: equal for equal keys alone. */
export type Identify = (values: readonly string[]) => string;

const identifyAll: Identify = values => JSON.stringify(values);

export interface ServiceKey {
  readonly secrets: readonly Secret[];
  /** What carries them. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly url: string;
  readonly identify?: Identify | undefined;
}

/** The gateway's own key; its secrets may be exchanged at any time. */
export function serviceCredential({ secrets, headers, url, identify = identifyAll }: ServiceKey): Credential {
  // Secrets hardly ever change, so the last partition is nearly always the right one.
  let last: { readonly values: readonly string[]; readonly partition: string } | undefined;
  return {
    get partition() {
      // Read once: what is compared is what the partition is made of, even when a secret changes meanwhile.
      const values = Object.values(headers());
      if (!last?.values.every((value, index) => value === values[index]))
        last = { values, partition: partitionOf(identify(values), url) };
      return last.partition;
    },
    headers,
    reload: () => secrets.map(secret => secret.reload()).some(Boolean),
  };
}

/** What decides with which key a source is asked. */
export interface CredentialPolicy {
  readonly source: SourceLabel & { readonly callerKeyHeaders: Readonly<Record<string, string>> };
  readonly settings: Pick<SourceSettings, 'url' | 'keyFrom'>;
  /** Undefined where the gateway has none of its own. */
  readonly service: Credential | undefined;
  readonly identify?: Identify | undefined;
}

/** Somebody's key may be had for this source, though not by every caller. */
export const isConfigured = ({ settings, service }: CredentialPolicy): boolean =>
  service !== undefined || settings.keyFrom === 'caller';

/** The caller's or the gateway's own, or why there is none for this operation. */
export function credentialFor(
  { source, settings, service, identify = identifyAll }: CredentialPolicy,
  keys: CallerKeys,
  permissions: SourcePermissions,
): Credential | UpstreamError {
  const { name, title } = source;
  if (!permissions.see)
    return new UpstreamError(name, 'DENIED', `This caller's scopes do not include ${title}.`, { forbidden: true });
  if (settings.keyFrom === 'service')
    return service ?? new UpstreamError(name, 'UNCONFIGURED', `The gateway has no credentials for ${title}.`);
  const headers = Object.hasOwn(keys, name) ? headersFrom(keys[name] ?? {}, source) : undefined;
  if (headers === undefined) return new UpstreamError(name, 'DENIED', noKeys(source));
  const partition = partitionOf(identify(Object.values(headers)), settings.url);
  return { partition, headers: () => headers, reload: () => false };
}

/** The caller's key under the names that the upstream knows; undefined where a part of it is missing. */
function headersFrom(
  sent: Readonly<Record<string, string>>,
  { callerKeyHeaders }: CredentialPolicy['source'],
): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {};
  for (const [own, taken] of Object.entries(callerKeyHeaders)) {
    const key = sent[own.toLowerCase()];
    if (key === undefined) return undefined;
    headers[taken] = key;
  }
  return headers;
}

function noKeys({ title, callerKeyHeaders }: CredentialPolicy['source']): string {
  const headers = Object.keys(callerKeyHeaders);
  const [keys, those] = headers.length === 1 ? ['key', 'the one'] : ['keys', 'those'];
  return `The caller sent no ${title} ${keys}: this gateway asks with ${those} in ${headers.join(' and ')}.`;
}

/**
 * Asks, and once more when a 401 was about a secret that has been exchanged since: by this call or, for of many calls
 * that were refused together only one is the first to see the new secret, by any other.
 */
export async function askWithFreshSecret<Answer>(credential: Credential, ask: () => Promise<Answer>): Promise<Answer> {
  const before = credential.partition;
  try {
    return await ask();
  } catch (problem) {
    if (!(problem instanceof UpstreamError) || problem.httpStatus !== 401) throw problem;
    if (!credential.reload() && credential.partition === before) throw problem;
    return ask();
  }
}
