/** Joins the reads of one turn of the event loop into one MGET: an operation reads the facts of each source apart. */

/** Passes the rows, in the keys' order, to `use` and resolves to its result; undefined if they did not come in time. */
export type BatchRead<Row> = <T>(keys: readonly string[], use: (rows: readonly Row[]) => T) => Promise<T | undefined>;

interface PendingRead<Row> {
  readonly keys: readonly string[];
  readonly use: (rows: readonly Row[]) => unknown;
  resolve(result: unknown): void;
}

/** A longer reply would delay the commands that wait behind it on the connection. */
const maxKeysPerBatch = 1000;

/** `read` never rejects. */
export function batchReads<Row>(read: BatchRead<Row>): BatchRead<Row> {
  let pending: PendingRead<Row>[] = [];

  async function send(batch: readonly PendingRead<Row>[]): Promise<void> {
    const results = await read(
      batch.flatMap(({ keys }) => keys),
      rows => {
        let end = 0;
        return batch.map(({ keys, use }) => {
          end += keys.length;
          return use(rows.slice(end - keys.length, end));
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
    let batch: PendingRead<Row>[] = [];
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

  return <T>(keys: readonly string[], use: (rows: readonly Row[]) => T) =>
    new Promise<T | undefined>(resolve => {
      pending.push({ keys, use, resolve: result => resolve(result as T | undefined) });
      if (pending.length === 1) setImmediate(sendAll);
    });
}
