import { type KeyPermissions, viewIndicators, viewTypes } from './argus-permissions.ts';
import {
  type BeforePage,
  createRecordIndex,
  type Descriptor,
  type EmulatedRecord,
  type IndicatorList,
  type NamedType,
} from './argus-records.ts';
import { parseIpRange } from './ip-range.ts';
import type { Random } from './random.ts';

/** Times in epoch milliseconds. Default of `type`: `ip` for an address or range, else `domain`. */
interface NewRecord {
  readonly value: string;
  /** Short name of a list that exists. */
  readonly list: string;
  readonly id?: string;
  readonly type?: string;
  readonly state?: string;
  /** 0 to 1. Answered only with the behaviour `recordConfidence: 'sent'`. */
  readonly confidence?: number;
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly created?: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly flags?: readonly string[];
  readonly properties?: Readonly<Record<string, string | readonly string[]>>;
}

export interface ArgusData {
  readonly types: ReadonlyMap<string, NamedType>;
  readonly lists: ReadonlyMap<string, IndicatorList>;
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** By API key. May be changed at run time to grant or revoke. */
  readonly keys: Map<string, KeyPermissions>;
  /** In order of insertion. */
  readonly records: readonly EmulatedRecord[];
  /** Called before each page of a search is made, so that a test can change records between two pages. */
  beforePage?: BeforePage;
  /** Rises with every change of types, lists or records. */
  readonly version: number;
  addType(shortName: string, name?: string): NamedType;
  removeType(shortName: string): void;
  addList(list: { shortName: string; name?: string; confidence?: number | null; id?: string }): IndicatorList;
  addDescriptor(descriptor: { shortName: string; name?: string; multiValue?: boolean; dataType?: string }): Descriptor;
  /** Adds a record or replaces the one with the same id. Throws for an unknown list or type. */
  add(record: NewRecord): EmulatedRecord;
  remove(id: string): void;
  byId(id: string): EmulatedRecord | undefined;
  /** Records of one value, ignoring case. */
  byValue(value: string): readonly EmulatedRecord[];
}

export function createArgusData(random: Random, now: number): ArgusData {
  const types = new Map<string, NamedType>();
  const lists = new Map<string, IndicatorList>();
  const descriptors = new Map<string, Descriptor>();
  const index = createRecordIndex();
  let version = 0;
  const put = <T extends NamedType>(into: Map<string, T>, item: T): T => {
    version += 1;
    into.set(item.shortName, item);
    return item;
  };

  const dataSet: ArgusData = {
    types,
    lists,
    descriptors,
    keys: new Map([['demo/key/full', { functions: [viewIndicators, viewTypes], lists: 'all', descriptors: 'all' }]]),
    get records() {
      return index.all();
    },
    get version() {
      return version;
    },
    addType: (shortName, name = capitalised(shortName)) => put(types, { shortName, name }),
    removeType: shortName => {
      version += 1;
      types.delete(shortName);
    },
    addList: ({ shortName, name = capitalised(shortName), confidence = 0.5, id = random.uuid() }) =>
      put(lists, { id, shortName, name, confidence }),
    addDescriptor: ({ shortName, name = capitalised(shortName), multiValue = false, dataType = 'fullText' }) =>
      put(descriptors, { id: random.uuid(), shortName, name, dataType, multiValue }),
    add: input => {
      version += 1;
      return index.add(complete(input, dataSet, random, now));
    },
    remove: id => {
      version += 1;
      index.remove(id);
    },
    byId: index.byId,
    byValue: index.byValue,
  };
  dataSet.addType('domain', 'Domain');
  dataSet.addType('ip', 'IP');
  return dataSet;
}

function complete(input: NewRecord, dataSet: ArgusData, random: Random, now: number): EmulatedRecord {
  const range = parseIpRange(input.value);
  const typeName = input.type ?? (range ? 'ip' : 'domain');
  const deletedTimestamp = input.deleted ?? 0;
  const created = input.created ?? input.firstSeen ?? now;
  return {
    id: input.id ?? random.uuid(),
    list: existing(dataSet.lists, input.list, 'indicator list'),
    type: existing(dataSet.types, typeName, 'indicator type'),
    value: input.value,
    state: input.state ?? 'active',
    confidence: input.confidence ?? null,
    firstSeenTimestamp: input.firstSeen ?? created,
    lastSeenTimestamp: input.lastSeen ?? input.updated ?? created,
    createdTimestamp: created,
    lastUpdatedTimestamp: input.updated ?? created,
    deletedTimestamp,
    flags: input.flags ?? (deletedTimestamp > 0 ? ['deleted'] : []),
    properties: input.properties ?? {},
    range,
  };
}

function existing<T>(all: ReadonlyMap<string, T>, name: string, what: string): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`the data set has no ${what} "${name}"`);
  return found;
}

function capitalised(shortName: string): string {
  return shortName.charAt(0).toUpperCase() + shortName.slice(1).replaceAll('-', ' ');
}
