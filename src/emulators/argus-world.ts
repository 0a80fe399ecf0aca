import { type IpRange, parseIpRange } from './ip-range.ts';
import type { Random } from './random.ts';

export interface NamedType {
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
export interface NewRecord {
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
  const byId = new Map<string, ArgusRecord>();
  const byValue = new Map<string, ArgusRecord[]>();
  let all: ArgusRecord[] | undefined;
  let version = 0;
  const changed = (): void => {
    version += 1;
    all = undefined;
  };

  const world: ArgusWorld = {
    types,
    lists,
    descriptors,
    keys: new Map([['demo/key/full', { functions: [viewIndicators, viewTypes], lists: 'all', descriptors: 'all' }]]),
    get records() {
      all ??= [...byId.values()];
      return all;
    },
    get version() {
      return version;
    },
    addType: (shortName, name = capitalised(shortName)) => {
      changed();
      return put(types, { shortName, name });
    },
    removeType: shortName => {
      changed();
      types.delete(shortName);
    },
    addList: ({ shortName, name = capitalised(shortName), confidence = 0.5, id = random.uuid() }) => {
      changed();
      return put(lists, { id, shortName, name, confidence });
    },
    addDescriptor: ({ shortName, name = capitalised(shortName), multiValue = false, dataType = 'fullText' }) =>
      put(descriptors, { id: random.uuid(), shortName, name, dataType, multiValue }),
    add: input => {
      const record = complete(input, world, random, now);
      changed();
      byId.set(record.id, record);
      const key = record.value.toLowerCase();
      const siblings = byValue.get(key);
      if (siblings) siblings.push(record);
      else byValue.set(key, [record]);
      return record;
    },
    remove: id => {
      const record = byId.get(id);
      if (!record) return;
      changed();
      byId.delete(id);
      const key = record.value.toLowerCase();
      byValue.set(
        key,
        (byValue.get(key) ?? []).filter(sibling => sibling.id !== id),
      );
    },
    byId: id => byId.get(id),
    byValue: value => byValue.get(value.toLowerCase()) ?? [],
  };
  world.addType('domain', 'Domain');
  world.addType('ip', 'IP');
  return world;
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

function put<T extends { readonly shortName: string }>(into: Map<string, T>, item: T): T {
  into.set(item.shortName, item);
  return item;
}

function capitalised(shortName: string): string {
  return shortName.charAt(0).toUpperCase() + shortName.slice(1).replaceAll('-', ' ');
}
