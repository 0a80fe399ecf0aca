import { type IpRange, parseIpRange } from './ip-range.ts';
import type { Random } from './random.ts';

interface NamedType {
  readonly shortName: string;
  readonly name: string;
}

export interface IndicatorList {
  readonly id: string;
  readonly shortName: string;
  readonly name: string;
  /** The list's default, 0 to 1. */
  readonly confidence: number | null;
}

export interface Descriptor {
  readonly id: string;
  readonly shortName: string;
  readonly name: string;
  readonly dataType: string;
  readonly multiValue: boolean;
}

/** What an API key may do. Lists and descriptors by short name; `all` means those of later as well. */
export interface Permissions {
  readonly functions: readonly string[];
  readonly lists: readonly string[] | 'all';
  readonly descriptors: readonly string[] | 'all';
  /** Lists and descriptors that `all` does not mean. */
  readonly except?: readonly string[];
  /** Answered 401, as for a key that never was. */
  readonly isExpired?: boolean;
}

export const viewIndicators = 'viewReputationIndicators';
export const viewTypes = 'viewReputationIndicatorTypes';

/** The key has the read function of this list or property descriptor. */
export function maySee(permissions: Permissions, kind: 'lists' | 'descriptors', shortName: string): boolean {
  const granted = permissions[kind];
  return granted === 'all' ? !permissions.except?.includes(shortName) : granted.includes(shortName);
}

export interface ArgusRecord {
  readonly id: string;
  readonly list: IndicatorList;
  readonly type: NamedType;
  readonly value: string;
  readonly state: string;
  readonly firstSeenTimestamp: number;
  readonly lastSeenTimestamp: number;
  readonly createdTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  /** 0: not deleted. */
  readonly deletedTimestamp: number;
  readonly flags: readonly string[];
  /** By short name of the descriptor. */
  readonly properties: Readonly<Record<string, string | readonly string[]>>;
  /** Set for values that are addresses, blocks or ranges. */
  readonly range: IpRange | undefined;
}

/** Times in epoch milliseconds. Without `type`: `ip` for what reads as one, else `domain`. */
interface NewRecord {
  readonly value: string;
  /** Short name of a list that exists. */
  readonly list: string;
  readonly id?: string;
  readonly type?: string;
  readonly state?: string;
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly created?: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly flags?: readonly string[];
  readonly properties?: Readonly<Record<string, string | readonly string[]>>;
}

export interface ArgusWorld {
  readonly types: ReadonlyMap<string, NamedType>;
  readonly lists: ReadonlyMap<string, IndicatorList>;
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** By API key. Change it at run time to grant or revoke. */
  readonly keys: Map<string, Permissions>;
  /** In order of insertion. */
  readonly records: readonly ArgusRecord[];
  /** Rises with every change of types, lists or records. */
  readonly version: number;
  addType(shortName: string, name?: string): NamedType;
  removeType(shortName: string): void;
  addList(list: { shortName: string; name?: string; confidence?: number | null; id?: string }): IndicatorList;
  addDescriptor(descriptor: { shortName: string; name?: string; multiValue?: boolean; dataType?: string }): Descriptor;
  /** Adds a record, or takes the place of the one with its id. Throws for a list or type that does not exist. */
  add(record: NewRecord): ArgusRecord;
  remove(id: string): void;
  byId(id: string): ArgusRecord | undefined;
  /** Records of one exact value, whatever its case. */
  byValue(value: string): readonly ArgusRecord[];
}

export function createArgusWorld(random: Random, now: number): ArgusWorld {
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

  const world: ArgusWorld = {
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
      return index.add(complete(input, world, random, now));
    },
    remove: id => {
      version += 1;
      index.remove(id);
    },
    byId: index.byId,
    byValue: index.byValue,
  };
  world.addType('domain', 'Domain');
  world.addType('ip', 'IP');
  return world;
}

interface RecordIndex {
  add(record: ArgusRecord): ArgusRecord;
  remove(id: string): void;
  all(): readonly ArgusRecord[];
  byId(id: string): ArgusRecord | undefined;
  byValue(value: string): readonly ArgusRecord[];
}

function createRecordIndex(): RecordIndex {
  const byId = new Map<string, ArgusRecord>();
  const byValue = new Map<string, ArgusRecord[]>();
  let all: ArgusRecord[] | undefined;
  const keyOf = (value: string): string => value.toLowerCase();
  const remove = (id: string): void => {
    const record = byId.get(id);
    if (!record) return;
    all = undefined;
    byId.delete(id);
    const siblings = byValue.get(keyOf(record.value)) ?? [];
    byValue.set(
      keyOf(record.value),
      siblings.filter(sibling => sibling.id !== id),
    );
  };
  return {
    add: record => {
      remove(record.id);
      all = undefined;
      byId.set(record.id, record);
      const siblings = byValue.get(keyOf(record.value));
      if (siblings) siblings.push(record);
      else byValue.set(keyOf(record.value), [record]);
      return record;
    },
    remove,
    all: () => {
      all ??= [...byId.values()];
      return all;
    },
    byId: id => byId.get(id),
    byValue: value => byValue.get(keyOf(value)) ?? [],
  };
}

function complete(input: NewRecord, world: ArgusWorld, random: Random, now: number): ArgusRecord {
  const range = parseIpRange(input.value);
  const typeName = input.type ?? (range ? 'ip' : 'domain');
  const deletedTimestamp = input.deleted ?? 0;
  const created = input.created ?? input.firstSeen ?? now;
  return {
    id: input.id ?? random.uuid(),
    list: existing(world.lists, input.list, 'indicator list'),
    type: existing(world.types, typeName, 'indicator type'),
    value: input.value,
    state: input.state ?? 'active',
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
  if (found === undefined) throw new Error(`the world has no ${what} "${name}"`);
  return found;
}

function capitalised(shortName: string): string {
  return shortName.charAt(0).toUpperCase() + shortName.slice(1).replaceAll('-', ' ');
}
