/** "There is no such object" in Argus's own words, and every other 404. */
import { expect, it } from 'vitest';
import type { UpstreamResponse } from '../../src/http-client/upstream.ts';
import { classifyArgus } from '../../src/sources/argus/client.ts';

const answer = (status: number, body: unknown) => ({ status, body }) as UpstreamResponse;

it.each([
  [404, { responseCode: 404 }, 'accept'],
  [404, { responseCode: 404, messages: [] }, 'accept'],
  [404, { responseCode: 200 }, undefined],
  [404, '<html>', undefined],
  [404, undefined, undefined],
  [400, { responseCode: 404 }, undefined],
  [200, { responseCode: 404 }, undefined],
])('%j with %j is taken for %j', (status, body, expected) => {
  expect(classifyArgus(answer(status, body))).toBe(expected);
});
