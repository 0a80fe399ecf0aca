/** Small worlds whose right answers are known. */
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';

/** What the records of a value say. */
export type Kind =
  | 'activeCertain'
  | 'activeHigh'
  | 'activeMedium'
  | 'activeLow'
  | 'latestHigh'
  | 'latestMedium'
  | 'covered'
  | 'deleted'
  | 'hidden'
  | 'unknown'
  | 'unknownHash';

export interface Entry {
  readonly value: string;
  readonly kind: Kind;
  /** Records of the value itself that the key may read: those that count, and those that are deleted. */
  readonly records: number;
  readonly deleted: number;
  /** Records around it. */
  readonly covering: number;
}

export interface World {
  readonly dataSet: DataSet;
  readonly entries: readonly Entry[];
}

/** May read every list but `secret`. */
export const apiKey = 'some/lists';

type Records = readonly { readonly list: string; readonly state?: string; readonly deleted?: boolean }[];

const recordsOf: Readonly<Record<Kind, Records>> = {
  activeCertain: [{ list: 'certain' }],
  activeHigh: [{ list: 'sure' }],
  activeMedium: [{ list: 'medium' }],
  activeLow: [{ list: 'low' }],
  latestHigh: [{ list: 'sure', state: 'latest' }],
  latestMedium: [{ list: 'medium', state: 'latest' }],
  covered: [],
  deleted: [{ list: 'sure', deleted: true }],
  hidden: [{ list: 'secret' }],
  unknown: [],
  unknownHash: [],
};

const seenBefore = 5 * 86_400_000;

/** `copies`: how many records each list has of each value. */
function createWorld(listed: readonly (readonly [Kind, string, type?: string])[], copies: (index: number) => number) {
  const dataSet = createDataSet({ now: Date.now() });
  const { argus } = dataSet;
  for (const [shortName, confidence] of Object.entries({ certain: 1, sure: 0.9, medium: 0.5, low: 0.1, secret: 0.9 }))
    argus.addList({ shortName, confidence });
  for (const type of ['md5', 'sha256', 'url']) argus.addType(type);
  argus.addDescriptor({ shortName: 'comment' });
  const functions = ['viewReputationIndicators', 'viewReputationIndicatorTypes'];
  argus.keys.set(apiKey, { functions, lists: ['certain', 'sure', 'medium', 'low'], descriptors: 'all' });
  const seen = Date.now() - seenBefore;
  const properties = { comment: 'from a feed' };
  const entries = listed.map(([kind, value, type], index): Entry => {
    const records = recordsOf[kind].flatMap(record => Array.from({ length: copies(index) }, () => record));
    for (const { list, state = 'active', deleted = false } of records)
      argus.add({ value, list, state, created: seen, properties, ...(type && { type }), deleted: deleted ? seen : 0 });
    const readable = records.filter(({ list }) => list !== 'secret').length;
    const isDeleted = kind === 'deleted';
    return {
      value,
      kind,
      records: isDeleted ? 0 : readable,
      deleted: isDeleted ? readable : 0,
      covering: kind === 'covered' ? 1 : 0,
    };
  });
  for (const value of ['parent.example.net', '203.0.113.16/28', '2001:db8:bad::/48'])
    argus.add({ value, list: 'sure', created: seen });
  return { dataSet, entries };
}

const hex = (digit: string, length: number): string => digit.repeat(length);

/** Domains, addresses, a block, hashes and a URL: some listed, some covered, some deleted or hidden, some unknown. */
export const smallWorld = (): World =>
  createWorld(
    [
      ['activeCertain', 'certain.example.org'],
      ['activeHigh', 'evil.example.org'],
      ['activeHigh', 'xn--bcher-kva.example'],
      ['activeMedium', 'medium.example.org'],
      ['activeLow', 'low.example.org'],
      ['latestHigh', 'faded.example.org'],
      ['latestMedium', 'fading.example.org'],
      ['deleted', 'deleted.example.org'],
      ['hidden', 'hidden.example.org'],
      ['covered', 'www.parent.example.net'],
      ['unknown', 'nothing.example.org'],
      ['unknown', 'example.com'],
      // What an exact search by substrings takes for its own.
      ['unknown', 'il.example.org'],
      ['activeHigh', '192.0.2.1'],
      ['activeMedium', '192.0.2.20'],
      ['latestHigh', '198.51.100.7'],
      ['activeHigh', '2001:db8::1'],
      ['covered', '203.0.113.20'],
      ['covered', '2001:db8:bad::5'],
      ['unknown', '192.0.2.2'],
      ['unknown', '2001:db8::2'],
      ['activeHigh', '198.51.100.64/28'],
      ['activeHigh', hex('a', 32), 'md5'],
      ['activeHigh', hex('b', 64), 'sha256'],
      ['unknownHash', hex('c', 64)],
      ['activeHigh', 'https://site.example.com/path', 'url'],
    ],
    () => 1,
  );

/** Sixty values: every other one of them listed several times, so that a search has more rows than a small page. */
export const crowdedWorld = (): World =>
  createWorld(
    Array.from({ length: 60 }, (_, index) => {
      const kind = (['activeHigh', 'latestHigh', 'unknown'] as const)[index % 3] ?? 'unknown';
      return index < 40 ? [kind, `n${index}.example.org`] : [kind, `198.51.100.${index}`];
    }),
    index => (index % 2 === 0 ? 9 : 1),
  );

/** An address that is listed under the type `domain`. */
export const misfiledWorld = (): World =>
  createWorld(
    [
      ['activeHigh', '192.0.2.1', 'domain'],
      ['activeHigh', '192.0.2.3'],
      ['unknown', '192.0.2.2'],
    ],
    () => 1,
  );
