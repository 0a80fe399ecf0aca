/** Records as Argus sends them. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { Descriptor, EmulatedRecord } from './argus-records.ts';
import { isObject } from './json.ts';
import type { BodyRow } from './protocol.ts';

export function wireRecord(
  record: EmulatedRecord,
  descriptors: readonly Descriptor[],
  { recordConfidence }: ArgusBehaviours,
): BodyRow {
  return {
    id: record.id,
    indicatorList: record.list,
    type: record.type,
    value: record.value,
    firstSeenTimestamp: record.firstSeenTimestamp,
    lastSeenTimestamp: record.lastSeenTimestamp,
    ...(recordConfidence === 'sent' && { confidence: record.confidence ?? record.list.confidence }),
    state: record.state,
    createdTimestamp: record.createdTimestamp,
    lastUpdatedTimestamp: record.lastUpdatedTimestamp,
    deletedTimestamp: record.deletedTimestamp,
    flags: record.flags,
    properties: descriptors.flatMap(descriptor => wireProperty(record.properties[descriptor.shortName], descriptor)),
  };
}

/** Either `value` or `values`, by the descriptor's `multiValue`; no entry for a record without the property. */
function wireProperty(stored: string | readonly string[] | undefined, descriptor: Descriptor): BodyRow[] {
  if (stored === undefined) return [];
  const all = typeof stored === 'string' ? [stored] : stored;
  const { id, name, shortName, dataType, multiValue } = descriptor;
  const content = multiValue ? { value: null, values: all } : { value: all[0] ?? null, values: null };
  return [{ descriptor: { id, name, shortName }, dataType, multiValue, ...content }];
}

export function withRows(body: unknown, rows: readonly BodyRow[], count: 'kept' | 'honest'): unknown {
  if (!isObject(body)) return body;
  if (!Array.isArray(body.data)) return { ...body, data: rows[0] ?? null };
  const honest = count === 'honest' ? { count: rows.length } : {};
  return { ...body, ...honest, data: rows, size: rows.length };
}
