/** Connections and senders that are no good clients. */
import { type Attack, ask } from '../attack.ts';
import { abandoned, dripping, pipelined, silent } from '../ways.ts';

const question = (length = 0): string => ask('{ __typename }', { pad: 'x'.repeat(length) });

export const connections: readonly Attack[] = [
  {
    title: 'bodies that come a byte at a time, on 300 connections',
    body: () => question(1_000),
    ...{ times: 300, atOnce: 20, told: [null], way: dripping },
  },
  {
    title: '1,000 connections that begin a request and say no more',
    body: () => question(),
    ...{ times: 1_000, atOnce: 20, told: [null], way: silent },
  },
  {
    title: '1,000 requests on one connection, none awaited',
    body: () => question(),
    ...{ times: 1_000, atOnce: 1, told: [null], way: pipelined },
  },
  {
    title: 'headers of 12 KB',
    body: () => question(12_000),
    headers: {
      'x-request-id': 'i'.repeat(4_000),
      'x-forwarded-for': '10.0.0.1, '.repeat(500),
      traceparent: 'x'.repeat(2_000),
    },
    ...{ times: 200, atOnce: 10, told: [null] },
  },
  {
    title: 'bodies of a megabyte that are no operation',
    body: () => JSON.stringify({ query: 1, variables: 'x'.repeat(950_000) }),
    ...{ times: 20, atOnce: 5, told: ['BAD_REQUEST'] },
  },
  {
    title: 'bodies of half a JSON',
    body: () => `{"query":"{ __typename }","variables":${'['.repeat(400_000)}`,
    ...{ times: 20, atOnce: 5, told: ['BAD_REQUEST'] },
  },
  {
    title: 'a large question of which nobody awaits the answer, again and again',
    body: index =>
      ask('query ($v: [String!]!) { indicators(values: $v) { threatScore verdict { level } } }', {
        v: Array.from({ length: 300 }, (_, i) => `gone-${index}-${i}.example.org`),
      }),
    ...{ times: 12, atOnce: 12, told: [null], way: abandoned },
  },
];
