/** How many records an operation has to do with: many make its answer a large one. */
import { tooManyRows } from './answer-limits.ts';

export interface RowCount {
  /** So many were gathered. */
  add(rows: number): void;
  /** To be called before the operation is executed. `properties`: how many a record is asked for, or more. */
  expectProperties(properties: number): void;
  /** To be called where a field reads so many. Throws `tooManyRows` beyond what `limit` allows. */
  read(rows: number): void;
  limit(rows: number): void;
  gathered(): number;
  /** What was gathered, each as often as properties of it are asked for; endless where too many were read. */
  total(): number;
}

export function createRowCount(): RowCount {
  let [gathered, propertiesOfEach, leftToRead] = [0, 1, Number.POSITIVE_INFINITY];
  let areTooManyRead = false;
  return {
    add(rows) {
      gathered += rows;
    },
    expectProperties(properties) {
      propertiesOfEach = Math.max(1, properties);
    },
    read(rows) {
      leftToRead -= rows;
      if (leftToRead >= 0) return;
      areTooManyRead = true;
      throw tooManyRows;
    },
    limit(rows) {
      leftToRead = rows;
    },
    gathered: () => gathered,
    total: () => (areTooManyRead ? Number.POSITIVE_INFINITY : gathered * propertiesOfEach),
  };
}
