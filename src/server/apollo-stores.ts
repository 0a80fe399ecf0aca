/** What Apollo Server keeps by itself, each bounded by what it weighs: its own bounds count characters of JSON. */

import { hash as sha256 } from 'node:crypto';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { MemoryShares } from '../config/memory.ts';
import type { SharedState } from '../shared-state.ts';
import { bytesPerCharacter, bytesPerEntry } from './operation-cache.ts';

/** `shared`: where clients may register a query at another replica. */
export function apolloStores({ documents, persistedQueries }: MemoryShares, shared?: SharedState) {
  const queries = createStore<string>(persistedQueries, text => text.length + bytesPerEntry);
  return {
    documentStore: createStore<DocumentNode>(
      documents,
      ({ loc }) => (loc?.source.body.length ?? 0) * bytesPerCharacter + bytesPerEntry,
    ),
    cache: shared ? shareQueries(queries, shared) : queries,
  };
}

function createStore<Value extends object | string>(maxSize: number, weigh: (value: Value) => number) {
  const values = new LRUCache<string, Value>({ maxSize, sizeCalculation: weigh });
  return {
    get: async (key: string) => values.get(key),
    set: async (key: string, value: Value) => void values.set(key, value),
    delete: async (key: string) => values.delete(key),
  };
}

type Store<Value extends object | string> = ReturnType<typeof createStore<Value>>;

/** A longer query is known to one replica alone. */
const longestShared = 8 * 1024;
const sharedForMs = 3_600_000;

/** Apollo Server's keys are `apq:` and the hash of the query, which is checked: others may write into Redis. */
function shareQueries(own: Store<string>, shared: SharedState): Store<string> {
  return {
    ...own,
    async get(key) {
      const known = await own.get(key);
      if (known !== undefined || !/^apq:[0-9a-f]{64}$/.test(key)) return known;
      const query = await shared.readText(key);
      if (query === undefined || key !== `apq:${sha256('sha256', query, 'hex')}`) return undefined;
      await own.set(key, query);
      return query;
    },
    async set(key, query) {
      const known = await own.get(key);
      await own.set(key, query);
      if (known === undefined && query.length <= longestShared) shared.writeText(key, query, sharedForMs);
    },
  };
}
