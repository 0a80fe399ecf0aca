/** How one upstream serves: how fast, how many at once, and what it refuses. */
import type { ServerResponse } from 'node:http';
import { createRandom } from '../src/emulators/random.ts';

export interface Behaviour {
  /** How long an answer takes once it has its turn. */
  readonly latencyMs: number;
  /** So many are served at once, and the others wait for their turn; null: all of them. */
  readonly atOnce: number | null;
  /** The share of calls that are answered 503. */
  readonly failing: number;
  /** Calls beyond so many in a second are answered 429; null: none. */
  readonly perSecond: number | null;
  /** Connections are cut. */
  readonly isDown: boolean;
}

export interface ServiceCounts {
  /** That have arrived since the start. */
  readonly calls: number;
  /** That are being served or wait; a caller that has left does not shorten the line. */
  readonly inFlight: number;
}

interface Service {
  behave(change?: Partial<Behaviour>): void;
  counts(): ServiceCounts;
  serve(response: ServerResponse, text: string): void;
}

export function createService(): Service {
  const random = createRandom(1);
  const waiting: (() => void)[] = [];
  const calledInThisSecond = createCounter();
  let behaviour: Behaviour = { latencyMs: 0, atOnce: null, failing: 0, perSecond: null, isDown: false };
  let calls = 0;
  let busy = 0;

  /** Says what is left, in Datadog's headers. */
  function isBeyond(response: ServerResponse, perSecond: number): boolean {
    const left = perSecond - calledInThisSecond();
    const window = { limit: perSecond, period: 1, remaining: Math.max(0, left), reset: 1 };
    for (const [name, value] of Object.entries(window)) response.setHeader(`x-ratelimit-${name}`, value);
    return left < 0;
  }

  function takeTurn(response: ServerResponse, status: number, text: string): void {
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      write(response, status, text);
      if (busy < (behaviour.atOnce ?? Number.POSITIVE_INFINITY)) waiting.shift()?.();
    }, behaviour.latencyMs);
  }

  return {
    behave(change = {}) {
      behaviour = { ...behaviour, ...change };
    },
    counts: () => ({ calls, inFlight: busy + waiting.length }),
    serve(response, text) {
      calls += 1;
      if (behaviour.isDown) return void response.destroy();
      if (behaviour.perSecond !== null && isBeyond(response, behaviour.perSecond)) return write(response, 429, '{}');
      const isFailing = behaviour.failing > 0 && random.next() < behaviour.failing;
      const [status, body] = isFailing ? [503, '{}'] : [200, text];
      if (behaviour.latencyMs === 0) return write(response, status, body);
      if (busy < (behaviour.atOnce ?? Number.POSITIVE_INFINITY)) return takeTurn(response, status, body);
      waiting.push(() => takeTurn(response, status, body));
    },
  };
}

function createCounter(): () => number {
  let second = 0;
  let count = 0;
  return () => {
    const present = Math.floor(performance.now() / 1000);
    count = present === second ? count + 1 : 1;
    second = present;
    return count;
  };
}

function write(response: ServerResponse, status: number, text: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}
