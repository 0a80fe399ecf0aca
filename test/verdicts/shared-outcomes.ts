/** What may go wrong with any source, and what must come of it: the cases that all sources share. */

import type { Environment } from '../../src/config/variables.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';

interface Outcome {
  readonly code: string;
  readonly status: string;
}
const denied: Outcome = { code: 'UPSTREAM_DENIED', status: 'DENIED' };
const rejected: Outcome = { code: 'UPSTREAM_REJECTED', status: 'REJECTED' };
const rateLimited: Outcome = { code: 'UPSTREAM_RATE_LIMITED', status: 'RATE_LIMITED' };
export const timedOut: Outcome = { code: 'UPSTREAM_TIMEOUT', status: 'TIMED_OUT' };
const unavailable: Outcome = { code: 'UPSTREAM_UNAVAILABLE', status: 'UNAVAILABLE' };
export const malformed: Outcome = { code: 'UPSTREAM_MALFORMED', status: 'MALFORMED' };
export const unconfigured: Outcome = { code: 'SOURCE_UNCONFIGURED', status: 'UNCONFIGURED' };

export interface Case {
  readonly what: string;
  readonly faults?: readonly Fault[];
  readonly environment?: Environment;
  readonly outcome: Outcome;
  /** The fault shows only where the source has something to say; elsewhere its word is whole. */
  readonly whereItMatches?: boolean;
}

export const status = (code: number, outcome: Outcome, what = `answers ${code}`): Case => ({
  what,
  faults: [{ kind: 'status', status: code }],
  outcome,
});
export const text = (what: string, body: unknown): Case => ({
  what: `answers ${what}`,
  faults: [{ kind: 'text', text: typeof body === 'string' ? body : JSON.stringify(body) }],
  outcome: malformed,
});

export const sharedCases: readonly Case[] = [
  ...[400, 405, 422].map(code => status(code, rejected)),
  status(412, rejected),
  status(401, denied),
  status(403, denied),
  status(402, rateLimited),
  status(429, rateLimited),
  ...[500, 502, 503, 504].map(code => status(code, unavailable)),
  { what: 'redirects', faults: [{ kind: 'redirect', location: 'http://127.0.0.1:1/' }], outcome: unavailable },
  { what: 'cuts the connection', faults: [{ kind: 'cut' }], outcome: unavailable },
  { what: 'cuts the connection amid its body', faults: [{ kind: 'cut', at: 'midBody' }], outcome: unavailable },
  { what: 'sends half a JSON', faults: [{ kind: 'halfJson' }], outcome: malformed },
  { what: 'sends HTML', faults: [{ kind: 'html' }], outcome: malformed },
  { what: 'sends a 404 in HTML', faults: [{ kind: 'status', status: 404, shape: 'html' }], outcome: malformed },
  { what: 'sends a 404 without a body', faults: [{ kind: 'status', status: 404, shape: 'empty' }], outcome: malformed },
  { what: 'sends a 200 without a body', faults: [{ kind: 'status', status: 200, shape: 'empty' }], outcome: malformed },
  { what: 'sends 204 No Content', faults: [{ kind: 'noContent' }], outcome: malformed },
  text('null', null),
  text('{}', {}),
  text('a list', []),
  text('a word', '"nothing"'),
  text('a number that no double can hold', '{"data":1e400}'),
  { what: 'sends wrong types', faults: [{ kind: 'wrongTypes' }], outcome: malformed, whereItMatches: true },
  {
    what: 'speaks of another indicator',
    faults: [{ kind: 'otherIndicator' }],
    outcome: malformed,
    whereItMatches: true,
  },
];
