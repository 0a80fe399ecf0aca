/** Reads that begin in one turn leave as one MGET: an operation asks for the facts of each source apart. */
type Read<Row> = (keys: readonly string[]) => Promise<readonly Row[]>;

interface Waiting<Row> {
  readonly keys: readonly string[];
  resolve(rows: readonly Row[]): void;
  reject(problem: unknown): void;
}

/** A longer reply would hold up what waits behind it on the connection. */
const mostKeys = 1000;

export function shareReads<Row>(read: Read<Row>): Read<Row> {
  let waiting: Waiting<Row>[] = [];

  async function leave(together: readonly Waiting<Row>[]): Promise<void> {
    try {
      const rows = await read(together.flatMap(({ keys }) => keys));
      let from = 0;
      for (const { keys, resolve } of together) {
        resolve(rows.slice(from, from + keys.length));
        from += keys.length;
      }
    } catch (problem) {
      for (const { reject } of together) reject(problem);
    }
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

  return keys =>
    new Promise((resolve, reject) => {
      waiting.push({ keys, resolve, reject });
      if (waiting.length === 1) setImmediate(leaveAll);
    });
}
