/** Single records by Argus's own UUID. Always asked live: who names a record wants it as it is now. */
import DataLoader from 'dataloader';
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { Operation } from '../../source.ts';
import type { ArgusClient, CallParts } from '../client.ts';
import { type ArgusRecord, mapRecord } from '../mapping.ts';
import { type PropertyPermissionCache, withProperties } from '../search/property-permissions.ts';

export interface RecordDependencies {
  readonly client: ArgusClient;
  readonly properties: PropertyPermissionCache;
}

/** null: there is no such record. Rejects with UpstreamError. `recordId` must be a UUID. */
export type LoadRecord = (recordId: string, properties: readonly string[]) => Promise<ArgusRecord | null>;

interface Key {
  readonly recordId: string;
  readonly properties: readonly string[];
}

/** One call for each record of an operation, whatever its fields ask of it. */
export function openSingleRecords(
  { client, properties: book }: RecordDependencies,
  credential: Credential | UpstreamError,
  operation: Operation,
): LoadRecord {
  const fetch = (recordId: string, wanted: readonly string[]): Promise<ArgusRecord | null> => {
    if ('kind' in credential) return Promise.reject(credential);
    const ask = (properties: readonly string[]) => client.record(recordId, properties, credential, callOf(operation));
    return withProperties(book, credential, wanted, ask).then(
      wire => wire && mapRecord(wire, book.problemsOf(credential, wanted)),
    );
  };
  const loader = new DataLoader<Key, ArgusRecord | null, string>(
    keys => {
      const wanted = new Map<string, readonly string[]>();
      for (const { recordId, properties } of keys)
        wanted.set(recordId, [...new Set([...(wanted.get(recordId) ?? []), ...properties])].sort());
      const fetched = new Map([...wanted].map(([recordId, names]) => [recordId, fetch(recordId, names)]));
      return Promise.all(keys.map(({ recordId }) => (fetched.get(recordId) as ReturnType<typeof fetch>).catch(asIs)));
    },
    { cacheKeyFn: ({ recordId, properties }) => JSON.stringify([recordId, properties]) },
  );
  return (recordId, properties) => {
    operation.lasts(0);
    return loader.load({ recordId: recordId.toLowerCase(), properties });
  };
}

/** DataLoader rejects the one key whose place holds an Error. */
const asIs = (problem: Error): Error => problem;

/** A call that belongs to one operation alone. */
export const callOf = ({ signal, deadlineAt, caller, isSmall, trace }: Operation): CallParts => ({
  signal,
  deadlineAt: () => deadlineAt,
  caller,
  isSmall,
  trace,
});
