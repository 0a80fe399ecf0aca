/** Single records by Argus's own UUID. Never cached: a caller who names a record wants its present state. */
import DataLoader from 'dataloader';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { Operation } from '../../source.ts';
import type { OnUnreadable } from '../../tolerant-read.ts';
import type { CallParts } from '../../traced-call.ts';
import type { ArgusClient } from '../client.ts';
import { createFurtherCalls } from '../further-calls.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import type { PropertyPermissionCache } from '../property-permissions.ts';
import { withProperties } from '../property-retries.ts';

export interface RecordDependencies {
  readonly client: ArgusClient;
  readonly properties: PropertyPermissionCache;
  readonly onUnreadable: OnUnreadable;
}

/** null: there is no such record. Rejects with UpstreamError. `recordId` must be a UUID. */
export type LoadRecord = (recordId: string, properties: readonly string[]) => Promise<MappedRecord | null>;

interface RecordKey {
  readonly recordId: string;
  readonly properties: readonly string[];
}

/** One call for each record of an operation, with the properties of all fields that name it. */
export function openSingleRecords(
  { client, properties: permissions }: RecordDependencies,
  credential: Credential | UpstreamError,
  operation: Operation,
): LoadRecord {
  const further = createFurtherCalls();
  const fetch = async (recordId: string, wanted: readonly string[]): Promise<MappedRecord | null> => {
    if (credential instanceof UpstreamError) throw credential;
    const send = (properties: readonly string[]) => client.record(recordId, properties, credential, callOf(operation));
    const { answer, properties } = await withProperties({ permissions, credential, further }, wanted, send);
    return answer && mapRecord(answer, permissions.problemsOf(credential, wanted, properties));
  };
  const loader = new DataLoader<RecordKey, MappedRecord | null, string>(
    keys => {
      const wanted = new Map<string, readonly string[]>();
      for (const { recordId, properties } of keys)
        wanted.set(recordId, [...new Set([...(wanted.get(recordId) ?? []), ...properties])].sort());
      const fetched = new Map([...wanted].map(([recordId, names]) => [recordId, fetch(recordId, names)]));
      return Promise.all(
        keys.map(({ recordId }) => (fetched.get(recordId) as ReturnType<typeof fetch>).catch(toResult)),
      );
    },
    { cacheKeyFn: ({ recordId, properties }) => JSON.stringify([recordId, properties]) },
  );
  return (recordId, properties) => {
    operation.reduceMaxAge(0);
    return loader.load({ recordId: recordId.toLowerCase(), properties });
  };
}

/** DataLoader rejects the one key whose result is an Error. */
const toResult = (problem: Error): Error => problem;

/** The options of a call that serves one operation alone. */
export const callOf = ({ signal, deadlineAt, caller, isSmall, trace }: Operation): CallParts => ({
  signal,
  deadlineAt: () => deadlineAt,
  caller,
  isSmall,
  trace,
});
