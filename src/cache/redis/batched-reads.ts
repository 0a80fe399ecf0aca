/** Reads that begin in one turn leave as one MGET: an operation asks for the facts of each source apart. */

/** What comes of a read is made by `use`, of the rows in the order of the keys; undefined: there were none in time. */
export type Read<Row> = <T>(keys: readonly string[], use: (rows: readonly Row[]) => T) => Promise<T | undefined>;

interface Waiting<Row> {
  readonly keys: readonly string[];
  readonly use: (rows: readonly Row[]) => unknown;
  resolve(used: unknown): void;
}

/** A longer reply would hold up what waits behind it on the connection. */
const mostKeys = 1000;

/** `read` never rejects. */
export function shareReads<Row>(read: Read<Row>): Read<Row> {
  let waiting: Waiting<Row>[] = [];

  async function leave(together: readonly Waiting<Row>[]): Promise<void> {
    const used = await read(
      together.flatMap(({ keys }) => keys),
      rows => {
        let to = 0;
        return together.map(({ keys, use }) => {
          to += keys.length;
          return use(rows.slice(to - keys.length, to));
        });
      },
    );
    together.forEach(({ resolve }, index) => {
      resolve(used?.[index]);
    });
  }

  function leaveAll(): void {
    const all = waiting;
    waiting = [];
    let together: Waiting<Row>[] = [];
    let count = 0;
    for (const one of all) {
      if (count > 0 && count + one.keys.length > mostKeys) {
        leave(together);
        together = [];
        count = 0;
      }
      together.push(one);
      count += one.keys.length;
    }
    leave(together);
  }

  return <T>(keys: readonly string[], use: (rows: readonly Row[]) => T) =>
    new Promise<T | undefined>(resolve => {
      waiting.push({ keys, use, resolve: used => resolve(used as T | undefined) });
      if (waiting.length === 1) setImmediate(leaveAll);
    });
}
