/** Joins the reads of one turn of the event loop into one MGET: an operation reads the facts of each source apart. */
import type { Later } from '../../slices.ts';

/**
 * Passes the rows, in the keys' order, to `use` and resolves to its result; undefined if they did not come in time.
 * `disconnect` ends the connection that they came by, if it is still in use.
 */
export type BatchRead<Key, Row> = <T>(
  keys: readonly Key[],
  use: (rows: readonly Row[], disconnect: () => void) => Later<T>,
) => Promise<T | undefined>;

interface PendingRead<Key, Row> {
  readonly keys: readonly Key[];
  readonly use: (rows: readonly Row[], disconnect: () => void) => unknown;
  resolve(result: unknown): void;
}

/** A longer reply would delay the commands that wait behind it on the connection. */
const maxKeysPerBatch = 1000;

/** `read` never rejects. */
export function batchReads<Key, Row>(read: BatchRead<Key, Row>): BatchRead<Key, Row> {
  let pending: PendingRead<Key, Row>[] = [];

  async function send(batch: readonly PendingRead<Key, Row>[]): Promise<void> {
    const results = await read(
      batch.flatMap(({ keys }) => keys),
      (rows, disconnect) => {
        let end = 0;
        return batch.map(({ keys, use }) => {
          end += keys.length;
          return use(rows.slice(end - keys.length, end), disconnect);
        });
      },
    );
    batch.forEach(({ resolve }, index) => {
      resolve(results?.[index]);
    });
  }

  function sendAll(): void {
    const all = pending;
    pending = [];
    let batch: PendingRead<Key, Row>[] = [];
    let count = 0;
    for (const one of all) {
      if (count > 0 && count + one.keys.length > maxKeysPerBatch) {
        send(batch);
        batch = [];
        count = 0;
      }
      batch.push(one);
      count += one.keys.length;
    }
    send(batch);
  }

  return <T>(keys: readonly Key[], use: (rows: readonly Row[], disconnect: () => void) => Later<T>) =>
    new Promise<T | undefined>(resolve => {
      pending.push({ keys, use, resolve: result => resolve(result as T | undefined) });
      if (pending.length === 1) setImmediate(sendAll);
    });
}
