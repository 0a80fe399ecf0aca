import type { Random } from './random.ts';

export interface SeededValue {
  readonly value: string;
  /** Whether Argus has a documented type for it. */
  readonly isForArgus: boolean;
}

const colours = [
  'amber',
  'black',
  'blue',
  'coral',
  'green',
  'grey',
  'ivory',
  'olive',
  'red',
  'silver',
  'teal',
  'white',
];
const animals = [
  'badger',
  'crow',
  'falcon',
  'gecko',
  'heron',
  'lynx',
  'moth',
  'otter',
  'raven',
  'stoat',
  'toad',
  'wolf',
];
const zones = ['example.org', 'example.com', 'example.net', 'test', 'example'];
const blocks = ['192.0.2', '198.51.100', '203.0.113'];

/**
 * Unique values in documentation ranges: 2,400 names, 700 IPv4, 500 IPv6, 300 URLs, 300 hashes, 100 e-mail addresses.
 */
export function createValues(random: Random): SeededValue[] {
  const forArgus = [...names(random, 2400), ...ipv4(random), ...ipv6(500)];
  const others = [...urls(random, 300), ...hashes(random, 300), ...mailboxes(random, 100)];
  return [
    ...forArgus.map(value => ({ value, isForArgus: true })),
    ...others.map(value => ({ value, isForArgus: false })),
  ];
}

function names(random: Random, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${random.pick(colours)}-${random.pick(animals)}-${index}.${random.pick(zones)}`,
  );
}

/** Without .0 to .15, which are reserved for the scenarios. */
function ipv4(random: Random): string[] {
  const all = blocks.flatMap(block => Array.from({ length: 239 }, (_, host) => `${block}.${host + 16}`));
  return random.shuffled(all).slice(0, 700);
}

function ipv6(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `2001:db8:${(index % 16) + 1}::${(index + 256).toString(16)}`);
}

function urls(random: Random, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `http://${random.pick(colours)}-${random.pick(animals)}.example.com/${random.pick(animals)}/${index}`,
  );
}

function hashes(random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, index) => random.hex([32, 40, 64][index % 3] ?? 64));
}

function mailboxes(random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${random.pick(animals)}${index}@example.net`);
}
