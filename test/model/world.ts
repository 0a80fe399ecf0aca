/**
 * A small world that changes: what each caller's Datadog organisation knows, and what stands on the lists of Argus. It is
 * never changed in place, so that what was true at an earlier moment can still be told.
 */
import type { DataSet } from '../../src/emulators/data-set.ts';
import type { Random } from '../../src/emulators/random.ts';

export type Caller = 'alice' | 'bob';
export const callers = ['alice', 'bob'] as const;

export interface Subject {
  readonly value: string;
  readonly type: 'DOMAIN' | 'IPV4' | 'IPV6' | 'CIDR' | 'SHA256' | 'MD5' | 'URL' | 'EMAIL';
  /** What lies around it, as far as this world may list it. */
  readonly around: readonly string[];
  /** The host of a URL or an e-mail address. */
  readonly host?: string;
}

const md5 = '0cc175b9c0f1b6a831c399e269772661';
const net = ['198.51.100.0/24', '198.51.0.0/16'];

export const subjects: readonly Subject[] = [
  { value: 'evil.example.org', type: 'DOMAIN', around: ['example.org'] },
  { value: 'mail.evil.example.org', type: 'DOMAIN', around: ['evil.example.org', 'example.org'] },
  { value: 'example.org', type: 'DOMAIN', around: [] },
  // What a search by substrings takes for its own.
  { value: 'il.example.org', type: 'DOMAIN', around: ['example.org'] },
  { value: 'nothing.example.com', type: 'DOMAIN', around: ['example.com'] },
  { value: 'xn--bcher-kva.example', type: 'DOMAIN', around: [] },
  { value: '198.51.100.7', type: 'IPV4', around: net },
  { value: '198.51.100.77', type: 'IPV4', around: net },
  { value: '203.0.113.5', type: 'IPV4', around: [] },
  { value: '198.51.100.0/24', type: 'CIDR', around: ['198.51.0.0/16'] },
  { value: '2001:db8::1', type: 'IPV6', around: ['2001:db8::/48'] },
  { value: 'ab'.repeat(32), type: 'SHA256', around: [] },
  // One text under two types.
  { value: md5, type: 'MD5', around: [] },
  { value: md5, type: 'DOMAIN', around: [] },
  { value: 'https://evil.example.org/path', type: 'URL', around: [], host: 'evil.example.org' },
  { value: 'who@mail.evil.example.org', type: 'EMAIL', around: [], host: 'mail.evil.example.org' },
];

const typeNames = {
  DOMAIN: 'domain',
  IPV4: 'ip',
  IPV6: 'ip',
  CIDR: 'ip',
  SHA256: 'sha256',
  MD5: 'md5',
  URL: 'url',
  EMAIL: 'email',
} as const satisfies Record<Subject['type'], string>;

interface Place {
  readonly value: string;
  readonly typeName: string;
}

const places: readonly Place[] = [
  ...subjects.map(({ value, type }) => ({ value, typeName: typeNames[type] })),
  { value: 'example.com', typeName: 'domain' },
  { value: '198.51.0.0/16', typeName: 'ip' },
  { value: '2001:db8::/48', typeName: 'ip' },
];

/** Each with its confidence, and who may read it. */
export const lists = {
  'alice-high': [0.9, ['alice']],
  'alice-low': [0.1, ['alice']],
  'bob-medium': [0.5, ['bob']],
  'shared-high': [0.9, callers],
  'shared-medium': [0.5, callers],
} as const satisfies Record<string, readonly [number, readonly Caller[]]>;
type ListName = keyof typeof lists;

export interface Listed extends Place {
  readonly id: string;
  readonly list: ListName;
  readonly state: 'active' | 'latest' | 'old';
  readonly isDeleted: boolean;
  readonly comment: string;
}

export interface Known {
  /** Never the same twice, so that it tells whose it is and of when. */
  readonly score: number;
  readonly events: number;
  /** Matched in OCSF fields too. */
  readonly inOcsf: boolean;
}

export interface World {
  /** By caller and value. */
  readonly known: ReadonlyMap<string, Known>;
  readonly listed: ReadonlyMap<string, Listed>;
}

export const knownTo = ({ known }: World, caller: Caller, value: string): Known | undefined =>
  known.get(`${caller} ${value}`);

const mayRead = (caller: Caller, { list }: Listed): boolean => (lists[list][1] as readonly Caller[]).includes(caller);

/** Those of one text under another type than its own, which may count for it as well. */
const mayBeMisfiled = (type: Subject['type'], typeName: string): boolean => type === 'MD5' && typeName === 'domain';

/** The records of the very subject that the caller may read, deleted ones included. */
export const recordsOf = (
  { listed }: World,
  caller: Caller,
  { value, type }: Subject,
  withMisfiled = false,
): readonly Listed[] =>
  [...listed.values()].filter(
    one =>
      one.value === value &&
      (one.typeName === typeNames[type] || (withMisfiled && mayBeMisfiled(type, one.typeName))) &&
      mayRead(caller, one),
  );

export const recordsAround = ({ listed }: World, caller: Caller, { around }: Subject): readonly Listed[] =>
  [...listed.values()].filter(one => around.includes(one.value) && mayRead(caller, one) && one.state !== 'old');

export interface ChangingWorld {
  readonly now: World;
  /** A few things come, go or change. */
  change(random: Random): void;
}

const organisations = { alice: 'demo', bob: 'other' } as const satisfies Record<Caller, string>;

/** Keeps the data of the emulators like itself. */
export function createWorld({ datadog, argus }: DataSet, random: Random): ChangingWorld {
  let world: World = { known: new Map(), listed: new Map() };
  let stamps = 0;
  for (const [shortName, [confidence]] of Object.entries(lists)) argus.addList({ shortName, confidence });
  for (const type of ['md5', 'sha256', 'url', 'email']) argus.addType(type);
  argus.addDescriptor({ shortName: 'comment' });

  function changeKnown(caller: Caller, value: string): void {
    const known = new Map(world.known);
    const key = `${caller} ${value}`;
    if (known.has(key) && random.below(2) === 0) {
      known.delete(key);
      datadog.remove(value, organisations[caller]);
    } else {
      const score = random.pick([5, 45, 85]) + ++stamps / 1000;
      const entry: Known = { score, events: random.below(3), inOcsf: random.below(2) === 0 };
      known.set(key, entry);
      const history = Array.from({ length: entry.events }, (_, index) => ({
        triage_state: 'reviewed',
        triaged_at: `2026-06-0${index + 1}T00:00:00.000000Z`,
        triaged_by: '00000000-0000-4000-8000-000000000001',
      }));
      const facts = { attributes: { score }, history, ...(!entry.inOcsf && { ocsf: null }) };
      datadog.add(value, facts, organisations[caller]);
    }
    world = { ...world, known };
  }

  function changeListed({ value, typeName }: Place): void {
    const listed = new Map(world.listed);
    const present = [...listed.values()].filter(one => one.value === value);
    const old = present[random.below(present.length + 1)];
    if (old !== undefined && random.below(2) === 0) {
      listed.delete(old.id);
      argus.remove(old.id);
    } else {
      const entry: Listed = {
        ...{ value, typeName, ...(old && { typeName: old.typeName }) },
        id: old?.id ?? random.uuid(),
        list: random.pick(Object.keys(lists) as ListName[]),
        state: random.pick(['active', 'active', 'latest', 'old']),
        isDeleted: random.below(8) === 0,
        comment: `comment ${++stamps}`,
      };
      listed.set(entry.id, entry);
      const { id, list, state, comment, isDeleted } = entry;
      const seen = Date.now() - 86_400_000;
      const properties = { comment };
      argus.add({
        id,
        value,
        type: entry.typeName,
        list,
        state,
        created: seen,
        properties,
        deleted: isDeleted ? seen : 0,
      });
    }
    world = { ...world, listed };
  }

  const change = (): void => {
    const place = random.pick(places);
    if (random.below(2) === 0) changeKnown(random.pick(callers), place.value);
    else changeListed(place);
  };
  for (let times = 0; times < 30; times++) change();
  for (const place of places.slice(0, random.below(2) * places.length))
    for (let times = 0; times < 6; times++) changeListed(place);
  return {
    get now() {
      return world;
    },
    change: () => change(),
  };
}
