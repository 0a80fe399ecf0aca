/** Questions none of which equals an earlier one, about values whose facts are in memory or about values never asked before. */
import { createRandom } from '../src/emulators/random.ts';
import type { Shot } from './connection.ts';
import { hiveMany, hiveOne } from './peer-scenarios.ts';
import { fields, post, warmMany, warmOne } from './shots.ts';

export const warmValues = Array.from({ length: 1000 }, (_, index) => `warm-${index}.example.org`);

export interface Questions {
  /** One of a thousand requests, byte for byte. */
  same(): Shot;
  /** One warm value, in a request whose bytes are new. */
  one(): Shot;
  /** Warm values in a new combination. */
  some(count: number): Shot;
  /** Ten warm values, written into a text that is new. */
  literals(): Shot;
  /** A new text of some sixty fields on one warm value. */
  text(): Shot;
  cold(count: number): Shot;
  coldForHive(count: number): Shot;
}

export function createQuestions(): Questions {
  const random = createRandom(1);
  let number = 0;
  const next = () => ++number;
  const draw = (count: number) => {
    const drawn = new Set<string>();
    while (drawn.size < count) drawn.add(random.pick(warmValues));
    return [...drawn];
  };
  const newValues = (count: number) => Array.from({ length: count }, () => `new-${next()}.example.net`);
  return {
    same: () => post(warmOne, { v: warmValues[next() % warmValues.length] }),
    one: () => post(warmOne, { v: random.pick(warmValues) }, { request: next() }),
    some: count => post(warmMany, { v: draw(count) }),
    literals: () => post(`{ ${draw(10).map(aliased).join(' ')} }`, {}),
    text: () =>
      post(`query Text($v: String!) { i${next()}: indicator(value: $v) { ${fields} } }`, { v: warmValues[0] }),
    cold: count => askFor(newValues(count), warmOne, warmMany),
    coldForHive: count => askFor(newValues(count), hiveOne, hiveMany),
  };
}

const aliased = (value: string, index: number): string =>
  `a${index}: indicator(value: "${value}") { id value threatScore memberships { list { shortName } state value } }`;

const askFor = (values: readonly string[], one: string, many: string): Shot =>
  values.length === 1 ? post(one, { v: values[0] }) : post(many, { v: values });
