/** The other addresses, each with the callers that GraphQL has: what is told there has GraphQL's codes. */
import { type Attack, list, newValues, repeat } from '../attack.ts';
import { dripping } from '../ways.ts';

interface Door {
  readonly path: string;
  readonly most: number;
  lookup(values: unknown): string;
  extract(text: string): string;
}

const rest = (path: string): Pick<Door, 'lookup' | 'extract'> & { readonly path: string } => ({
  path,
  lookup: values => JSON.stringify({ values }),
  extract: text => JSON.stringify({ text }),
});

const call = (name: string, given: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } });

const lookups: readonly Door[] = [
  { ...rest('/v1/lookup'), most: 500 },
  {
    ...{ path: '/mcp', most: 100 },
    lookup: values => call('lookup_indicators', { values }),
    extract: text => call('extract_indicators', { text }),
  },
];

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const attacksOn = ({ path, most, lookup, extract }: Door): readonly Attack[] => [
  {
    title: `${path}: one value more than it takes`,
    body: () => lookup(newValues(most + 1)),
    ...{ path, times: 20, atOnce: 5, told: ['OPERATION_TOO_LARGE'], calls: 0 },
  },
  {
    title: `${path}: as many values as it takes, none known, four times at once`,
    body: () => lookup(newValues(most)),
    ...{ path, times: 4, atOnce: 4, told: [null], points: most, calls: most + 3 },
  },
  {
    title: `${path}: values that are nested 200,000 deep`,
    body: () => lookup(0).replace('0', deep(200_000)),
    ...{ path, times: 10, atOnce: 5, told: ['BAD_USER_INPUT'], calls: 0 },
  },
  {
    title: `${path}: bodies of half a JSON`,
    body: () => `{"values":${'['.repeat(400_000)}`,
    ...{ path, times: 20, atOnce: 5, told: ['BAD_REQUEST'], calls: 0 },
  },
  {
    title: `${path}: 10,000 keys that nobody knows`,
    body: () =>
      lookup(list(1, () => 'x.example')).replace('"values"', `${repeat(10_000, i => `"k${i}":1`, ',')},"values"`),
    ...{ path, times: 10, atOnce: 5, told: ['BAD_USER_INPUT'], calls: 0 },
  },
  {
    title: `${path}: bodies that come a byte at a time, on 100 connections`,
    body: () => lookup(newValues(20)),
    ...{ path, times: 100, atOnce: 20, told: [null], way: dripping },
  },
  {
    title: `${path === '/mcp' ? path : '/v1/extract'}: 256 KiB of names of two labels`,
    body: index => extract('a.b '.repeat(64 * 1_024 - 4) + index),
    ...{ path: path === '/mcp' ? path : '/v1/extract', times: 4, atOnce: 4, told: [null], points: 60 },
  },
];

export const doors: readonly Attack[] = lookups.flatMap(attacksOn);
