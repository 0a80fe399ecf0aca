/** From the shape that Argus sends to our facts. Pure. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Immutable } from '../../cache/json.ts';
import type { ListEvidence } from '../../domain/verdict/model.ts';
import { unreadableTime, type WireProperty, type WireRecord } from './wire.ts';

const text = z.string().nullable();

const property = z.object({
  descriptorId: z.string(),
  name: z.string(),
  shortName: z.string(),
  dataType: z.string(),
  multiValue: z.boolean(),
  value: z.unknown(),
  values: z.array(z.unknown()),
});

/** One Argus record: field by field the schema's `ReputationRecord` but its id, with the properties that were requested. */
export const reputationRecord = z.object({
  recordId: z.string(),
  list: z.object({ id: z.string(), shortName: z.string(), name: z.string(), confidence: z.number().nullable() }),
  reputationType: z.object({ shortName: z.string(), name: z.string() }),
  value: z.string(),
  confidence: z.number().nullable(),
  state: z.enum(['ACTIVE', 'LATEST', 'OLD', 'UNKNOWN']),
  firstSeen: text,
  lastSeen: text,
  createdAt: text,
  updatedAt: text,
  deletedAt: text,
  flags: z.array(z.string()),
  properties: z.array(property),
  /** Requested properties that this credential may not read, that Argus does not know, or that there was no call left to try. */
  refused: z.record(z.string(), z.enum(['DENIED', 'UNKNOWN', 'UNTRIED'])),
});

export type MappedRecord = Immutable<z.infer<typeof reputationRecord>>;
export type Property = Immutable<z.infer<typeof property>>;

/** As `GET /reputation/v2/type` lists them. */
export type ReputationTypes = { shortName: string; name: string }[];

/** Why a requested property was refused. */
export type PropertyProblem = 'DENIED' | 'UNKNOWN' | 'UNTRIED';

export const recordStates = ['ACTIVE', 'LATEST', 'OLD'] as const;
export type RecordState = (typeof recordStates)[number];

const prefix = 'ReputationRecord:';

/** The global id, and back to Argus's own; undefined for anything else. */
export const recordGlobalId = (recordId: string): string => Buffer.from(prefix + recordId).toString('base64url');
export function recordIdFrom(globalId: string): string | undefined {
  const decoded = Buffer.from(globalId, 'base64url').toString('utf8');
  const recordId = decoded.startsWith(prefix) ? decoded.slice(prefix.length) : undefined;
  const isOurs = recordId !== undefined && isRecordId(recordId) && recordGlobalId(recordId) === globalId;
  return isOurs ? recordId : undefined;
}

/** A UUID, as Argus names its records. It is the only text from a caller that becomes part of a path. */
export const isRecordId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export function mapRecord(wire: WireRecord, refused: MappedRecord['refused'] = {}): MappedRecord {
  const recordId = wire.id ?? hash('sha256', JSON.stringify(wire));
  return {
    recordId,
    list: { ...mapNamed(wire.indicatorList), confidence: wire.indicatorList?.confidence ?? null },
    reputationType: mapType(wire.type),
    value: wire.value,
    confidence: wire.confidence,
    state: recordStates.find(state => state === wire.state?.toUpperCase()) ?? 'UNKNOWN',
    firstSeen: wire.firstSeenTimestamp,
    lastSeen: wire.lastSeenTimestamp,
    createdAt: wire.createdTimestamp,
    updatedAt: wire.lastUpdatedTimestamp,
    deletedAt: wire.deletedTimestamp === unreadableTime ? null : wire.deletedTimestamp,
    flags: flagsOf(wire),
    properties: (wire.properties ?? []).map(mapProperty),
    refused,
  };
}

function flagsOf({ flags, deletedTimestamp }: WireRecord): string[] {
  const sent = flags.filter(flag => flag !== null);
  return deletedTimestamp === unreadableTime && !sent.includes('deleted') ? [...sent, 'deleted'] : sent;
}

const unnamed = 'unnamed';

/** Argus may leave out what the key may not see of a list. */
function mapNamed(sent: WireRecord['type'] | WireProperty['descriptor']) {
  const shortName = sent?.shortName ?? sent?.id ?? sent?.name ?? unnamed;
  return { id: sent?.id ?? shortName, shortName, name: sent?.name ?? shortName };
}

function mapType(sent: WireRecord['type']): MappedRecord['reputationType'] {
  const { shortName, name } = mapNamed(sent);
  return { shortName, name };
}

/** With one value or many: the caller always gets a list, and the single value if there is one. */
function mapProperty(wire: WireProperty): Property {
  const value = wire.value ?? null;
  const values = wire.values ?? (value === null ? [] : [value]);
  const { id, name, shortName } = mapNamed(wire.descriptor);
  return {
    descriptorId: id,
    name,
    shortName,
    dataType: wire.dataType ?? 'unknown',
    multiValue: wire.multiValue ?? wire.values != null,
    value: value ?? (wire.multiValue === true ? null : (values[0] ?? null)),
    values,
  };
}

/** A deleted record is no present listing, whatever its state says. */
const isDeleted = ({ deletedAt, flags }: MappedRecord): boolean =>
  deletedAt !== null || flags.some(flag => flag.toLowerCase() === 'deleted');

/** Whether the record says that its value is listed now. */
export const isPresent = (record: MappedRecord): boolean => record.state !== 'OLD' && !isDeleted(record);

export const evidenceOf = (record: MappedRecord): ListEvidence => ({
  list: record.list.name,
  shortName: record.list.shortName,
  confidence: record.confidence ?? record.list.confidence,
  state: isDeleted(record) ? 'OLD' : record.state,
  lastSeen: record.lastSeen,
});

export interface RecordOrder {
  readonly field: 'LIST' | 'TYPE' | 'VALUE' | 'CREATED' | 'UPDATED' | 'DELETED';
  readonly direction: 'ASC' | 'DESC';
}

const sortKeys: Readonly<Record<RecordOrder['field'], (record: MappedRecord) => string>> = {
  LIST: record => record.list.shortName,
  TYPE: record => record.reputationType.shortName,
  VALUE: record => record.value,
  CREATED: record => record.createdAt ?? '',
  UPDATED: record => record.updatedAt ?? '',
  DELETED: record => record.deletedAt ?? '',
};

/** Argus's own default. */
const newestUpdateFirst: readonly RecordOrder[] = [{ field: 'UPDATED', direction: 'DESC' }];

/** As Argus would sort them. Equal records are sorted by id, so that the order never changes. */
export function sortRecords(records: readonly MappedRecord[], orders: readonly RecordOrder[] = []): MappedRecord[] {
  const effective = orders.length === 0 ? newestUpdateFirst : orders;
  return [...records].sort((a, b) => {
    for (const { field, direction } of effective) {
      const left = sortKeys[field](a);
      const right = sortKeys[field](b);
      if (left !== right) return left < right === (direction === 'ASC') ? -1 : 1;
    }
    return a.recordId < b.recordId ? -1 : 1;
  });
}

/** An id or short name is the same in upper and lower case. */
export const isNamed = (
  { id, shortName }: { readonly id: string; readonly shortName: string },
  name: string,
): boolean => [id, shortName].some(own => own.toLowerCase() === name.toLowerCase());

/** A record in a state that we do not know was sent for the requested states, so it is shown. */
export function pickRecords(
  records: readonly MappedRecord[],
  states: readonly RecordState[],
  lists: readonly string[] | undefined,
): readonly MappedRecord[] {
  return records.filter(
    ({ state, list }) =>
      (state === 'UNKNOWN' || states.includes(state)) &&
      (lists === undefined || lists.some(name => isNamed(list, name))),
  );
}
