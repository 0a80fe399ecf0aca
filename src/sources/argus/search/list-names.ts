/**
 * Which lists a credential is known to be able to read. A name that is misspelt, or of a list that the key may not read,
 * finds no record, which must not pass for "not on that list".
 */
import { LRUCache } from 'lru-cache';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { OnUnreadable } from '../../tolerant-read.ts';
import type { CallParts } from '../../traced-call.ts';
import type { ArgusClient } from '../client.ts';
import { isNamed, type MappedRecord, mapRecord } from '../mapping.ts';
import { readRecord } from '../wire.ts';

const confirmedMs = 86_400_000;
const unconfirmedMs = 60_000;
const maxNames = 10_000;
/** No list has a longer name, and none is asked about or remembered. */
const longestName = 256;

export interface ListNames {
  /** The lists of these records are confirmed. */
  see(credential: Credential, records: readonly MappedRecord[]): void;
  /**
   * Whether Argus has shown a record on a list of this name; it is asked where no record has confirmed it yet. Rejects with
   * UpstreamError. `optionsOf`: called only where it is asked.
   */
  isConfirmed(credential: Credential, name: string, optionsOf: () => CallParts): boolean | Promise<boolean>;
}

export function createListNames(
  client: Pick<ArgusClient, 'search'>,
  onUnreadable: OnUnreadable,
  now: () => number,
): ListNames {
  const known = new LRUCache<string, { readonly isConfirmed: boolean }>({ max: maxNames, perf: { now } });
  const inFlight = new Map<string, Promise<boolean>>();
  const keyOf = (partition: string, name: string): string => `${partition} ${name.toLowerCase()}`;
  const note = (key: string, isConfirmed: boolean): boolean => {
    known.set(key, { isConfirmed }, { ttl: isConfirmed ? confirmedMs : unconfirmedMs });
    return isConfirmed;
  };

  const isOnList = async (credential: Credential, name: string, options: CallParts): Promise<boolean> => {
    const state = ['active', 'latest', 'old'];
    const criteria = { indicatorList: [name], state, offset: 0, limit: 1, sortBy: ['value'] };
    try {
      const page = await client.search(() => ({ criteria, values: 0 }), credential, options);
      const [record] = (page?.rows ?? []).map(row => readRecord(row, onUnreadable));
      return record !== undefined && isNamed(mapRecord(record).list, name);
    } catch (problem) {
      const isRefused = problem instanceof UpstreamError && (problem.kind === 'REJECTED' || problem.httpStatus === 403);
      if (isRefused) return false;
      throw problem;
    }
  };

  /** Argus may tell upper from lower case, which people do not. */
  const ask = async (credential: Credential, name: string, options: CallParts): Promise<boolean> => {
    const spellings = [...new Set([name, name.toLowerCase()])];
    for (const spelling of spellings) if (await isOnList(credential, spelling, options)) return true;
    return false;
  };

  const isConfirmed: ListNames['isConfirmed'] = (credential, name, optionsOf) => {
    if (name.length > longestName) return false;
    const key = keyOf(credential.partition, name);
    const answer = known.get(key)?.isConfirmed ?? inFlight.get(key);
    if (answer !== undefined) return answer;
    const asked = ask(credential, name, optionsOf())
      .then(answer => note(key, answer))
      .finally(() => inFlight.delete(key));
    inFlight.set(key, asked);
    return asked;
  };

  /** By id, the list that was noted last, so that each of many records on it does not note it again. */
  const noted = new Map<
    string,
    { readonly list: MappedRecord['list']; readonly partition: string; readonly at: number }
  >();
  const isNoted = ({ id, shortName }: MappedRecord['list'], partition: string): boolean => {
    const last = noted.get(id);
    return last?.partition === partition && last.list.shortName === shortName && now() - last.at < unconfirmedMs;
  };

  return {
    see(credential, records) {
      const { partition } = credential;
      for (const { list } of records) {
        if (isNoted(list, partition)) continue;
        for (const name of [list.id, list.shortName]) note(keyOf(partition, name), true);
        if (noted.size >= maxNames) noted.clear();
        noted.set(list.id, { list, partition, at: now() });
      }
    },
    isConfirmed,
  };
}
