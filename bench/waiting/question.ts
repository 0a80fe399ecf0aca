/** Questions about values that were never asked before; with each the number of its values, by which answers are judged. */
import type { Shot } from '../connection.ts';
import { fields, post } from '../shots.ts';
import { reports } from './answer.ts';

export interface Question extends Shot {
  readonly values: number;
}

const full = `query Full($v: [String!]!) { indicators(values: $v) { ${fields} ${reports} } }`;
const brief = `query Brief($v: [String!]!) {
  indicators(values: $v) { value datadog { threat { score } } argus { membershipCount } ${reports} }
}`;

let number = 0;
const newValues = (count: number) => Array.from({ length: count }, () => `waiting-${++number}.example.net`);

/** Nearly every field. */
export const wholeOf = (count: number): Question => ask(full, newValues(count));

/** Two numbers. */
export const briefOf = (count: number): Question => ask(brief, newValues(count));

/** Values that are known; `request` makes the bytes of each question differ. */
export const againOf = (values: readonly string[], request: number): Question => ask(full, values, { request });

const ask = (query: string, v: readonly string[], extensions?: object): Question => ({
  ...post(query, { v }, extensions),
  values: v.length,
});
