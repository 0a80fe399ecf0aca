/** Reads rows, and claims those that have to be asked for. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Metrics } from '../../observability/metrics.ts';
import { type BatchRead, batchReads } from './batched-reads.ts';
import { claimKey, type FoundRow, isScriptRefusal, readAndClaimRows, type WantedKey } from './claims.ts';
import { codeOf } from './client.ts';
import type { RedisServer } from './node.ts';
import type { RedisNodes } from './nodes.ts';

export interface RedisReads {
  readonly read: BatchRead<WantedKey, FoundRow>;
  /** Key → the keys in Redis of the claims that this replica holds on it. */
  readonly held: Map<string, Set<string>>;
}

/** A read that has to look elsewhere waits no longer than any other. */
const longestLookMs = 50;

interface ReadsOptions {
  readonly nodes: RedisNodes;
  readonly holder: string;
  readonly metrics: Metrics;
  /** Called with keys that were claimed too late. */
  onLate(keys: readonly string[]): void;
  /** Called once, where Redis lets nobody run scripts. */
  onNoScripts(): void;
}

export function createReads({ nodes, holder, metrics, onLate, onNoScripts }: ReadsOptions): RedisReads {
  const held = new Map<string, Set<string>>();
  const hold = (wanted: WantedKey): void => {
    const claims = held.get(wanted.key) ?? new Set();
    held.set(wanted.key, claims.add(claimKey(wanted)));
  };
  let hasScripts = true;

  /** Where scripts may not be run, rows are read without claims. */
  async function readRows(server: RedisServer, wanted: readonly WantedKey[]): Promise<readonly FoundRow[]> {
    if (hasScripts && wanted.some(({ claimMs }) => claimMs > 0))
      try {
        const found = await readAndClaimRows(server.client, holder, wanted);
        if (found !== undefined) return found;
        server.disconnect();
        return wanted.map(() => ({ text: undefined, claim: 'none' }));
      } catch (refusal) {
        if (!isScriptRefusal(refusal)) throw refusal;
        hasScripts = false;
        onNoScripts();
      }
    const rows: readonly (string | undefined)[] = await server.keyv.getMany(wanted.map(({ key }) => key));
    return rows.map(text => ({ text, claim: 'none' }));
  }

  // The guard is around the whole command, so that a late reply counts as one timeout.
  const readOnce =
    (isAgain: boolean): BatchRead<WantedKey, FoundRow> =>
    async (wanted, use) => {
      const node = nodes.nodeOf(wanted[0]?.key ?? '');
      let isLate = false;
      const outcome = await node?.read(async server => {
        const rows = await readRows(server, wanted);
        server.answered();
        const ours = wanted.filter((_, index) => rows[index]?.claim === 'ours');
        ours.forEach(hold);
        // The operation that wanted them asks by now without a claim.
        if (isLate) onLate(ours.map(({ key }) => key));
        return use(rows, server.disconnect);
      });
      isLate = true;
      if (outcome !== undefined && 'value' in outcome) return outcome.value;
      if (!isAgain && outcome !== undefined && 'error' in outcome && codeOf(outcome.error) === 'MOVED') {
        await Promise.race([nodes.look(), pause(longestLookMs)]);
        return readOnce(true)(wanted, use);
      }
      metrics.cache('redis', outcome?.failure === 'timeout' ? 'timeout' : 'error', wanted.length);
      return undefined;
    };

  const batches = new Map<string, BatchRead<WantedKey, FoundRow>>();
  function batchOf(wanted: readonly WantedKey[]): BatchRead<WantedKey, FoundRow> {
    const slot = nodes.slotOf(wanted[0]?.key ?? '');
    const known = batches.get(slot);
    if (known !== undefined) return known;
    const batch = batchReads(readOnce(false));
    batches.set(slot, batch);
    return batch;
  }

  return {
    held,
    async read(wanted, use) {
      const groups = nodes.group(wanted.map(({ key }) => key));
      if (groups.length === 1) return batchOf(wanted)(wanted, use);
      const found: (FoundRow | undefined)[] = wanted.map(() => undefined);
      const ends: (() => void)[] = [];
      const readGroup = async (group: readonly number[]) => {
        const together = group.map(index => wanted[index] as WantedKey);
        await batchOf(together)(together, (rows, end) => {
          ends.push(end);
          rows.forEach((row, at) => {
            found[group[at] as number] = row;
          });
        });
      };
      await Promise.all(groups.map(readGroup));
      if (found.every(row => row === undefined)) return undefined;
      return use(
        found.map(row => row ?? { text: undefined, claim: 'none' }),
        () => {
          for (const end of ends) end();
        },
      );
    },
  };
}
