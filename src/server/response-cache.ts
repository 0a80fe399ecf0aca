/**
 * Responses that were made of facts in memory alone. A cached response is sent only while executing again would give the
 * same: each time, its validators check that its facts are still those in memory, fresh, and permitted.
 */
import { LRUCache } from 'lru-cache';
import type { OperationCost } from '../graphql/cost.ts';
import type { SourceTrace } from '../observability/trace.ts';

export interface OperationIdentity {
  /** SHA-256 of the operation's text. */
  readonly hash: string;
  readonly name: string | null;
  readonly cost: OperationCost;
}

/** A whole response to a GraphQL request; its status is 200. */
export interface GraphqlResponse {
  readonly contentType: string;
  readonly text: string;
}

export interface CachedResponse extends OperationIdentity, GraphqlResponse {
  /** The canonical values that the operation named. */
  readonly named: readonly string[];
  readonly sources: readonly SourceTrace[];
  /** Until then its facts are fresh; monotonic. */
  readonly freshUntil: number;
  readonly validators: readonly (() => boolean)[];
}

export interface ResponseCache {
  /** A response that is still valid. */
  get(key: string): CachedResponse | undefined;
  set(key: string, response: CachedResponse): void;
}

/** Characters of responses and keys. */
const maxSize = 8 * 1024 * 1024;

export function createResponseCache(now: () => number): ResponseCache {
  const responses = new LRUCache<string, CachedResponse>({
    maxSize,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });
  return {
    get(key) {
      const response = responses.get(key);
      if (response === undefined) return undefined;
      if (now() < response.freshUntil && response.validators.every(isValid => isValid())) return response;
      responses.delete(key);
      return undefined;
    },
    set: (key, response) => responses.set(key, response),
  };
}

/** Whether all facts came from memory. Only then may the response be cached. */
export const cameFromMemory = (sources: readonly SourceTrace[]): boolean =>
  sources.length > 0 &&
  sources.every(
    ({ calls, coalesced, live, hits, failures }) =>
      calls + coalesced + live + hits.redis + hits.stale === 0 && Object.keys(failures).length === 0,
  );
