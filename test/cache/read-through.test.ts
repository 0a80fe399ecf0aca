import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { type Departed, openInHand, turn } from './source-in-hand.ts';

const last = (departed: readonly Departed[]): Departed => departed.at(-1) as Departed;

describe('a flight', () => {
  // T-SW-2
  it('is one for five hundred who ask at once, and each of them is answered', async () => {
    const { ask, departed, metrics } = openInHand();
    const asked = await Promise.all(Array.from({ length: 500 }, () => ask()));
    expect(departed).toHaveLength(1);
    await last(departed).land('here');
    const outcomes = await Promise.all(asked.map(({ outcome }) => outcome));
    expect(new Set(outcomes.map(({ fact }) => fact?.note))).toEqual(new Set(['here']));
    expect(await metrics.text()).toContain('gateway_coalesced_total{source="ARGUS"} 499');
  });

  it('that asks for more also answers who asks for less, never the other way round', async () => {
    const { ask, departed, question } = openInHand();
    const wide = await ask(question(['a', 'b']));
    const narrow = await ask(question(['a']));
    expect(departed).toHaveLength(1);
    const other = await ask(question(['c']));
    expect(departed).toHaveLength(2);
    await departed[0]?.land('ab');
    await departed[1]?.land('c');
    expect((await wide.outcome).fact?.note).toBe('ab');
    expect((await narrow.outcome).fact?.note).toBe('ab');
    expect((await other.outcome).fact?.note).toBe('c');
  });

  // T-CAN-1
  it('goes on when one of two leaves, and ends when the last one does', async () => {
    const { ask, departed, asker, question } = openInHand();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = await ask(question(), asker({ signal: first.signal }));
    const two = await ask(question(), asker({ signal: second.signal }));
    first.abort();
    expect((await one.outcome).error?.kind).toBe('TIMED_OUT');
    expect(last(departed).flight.signal.aborted).toBe(false);
    second.abort();
    expect((await two.outcome).error?.kind).toBe('TIMED_OUT');
    expect(last(departed).flight.signal.aborted).toBe(true);
  });

  it('that was given up is not joined by who comes next', async () => {
    const { ask, departed, asker, question } = openInHand();
    const gone = new AbortController();
    const left = await ask(question(), asker({ signal: gone.signal }));
    gone.abort();
    const next = await ask();
    expect(departed).toHaveLength(2);
    await departed[1]?.land('here');
    expect((await next.outcome).fact?.note).toBe('here');
    expect((await left.outcome).error).toBeDefined();
  });

  it('is not begun for who has left while the cache was asked', async () => {
    const { facts, departed, asker, question } = openInHand();
    const gone = new AbortController();
    const asked = facts.getMany([question()], asker({ signal: gone.signal }));
    gone.abort();
    expect((await asked)[0]?.error).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
    expect(departed).toEqual([]);
  });

  it('lives as long as its latest waiter may wait', async () => {
    const { ask, departed, asker, question } = openInHand();
    await ask(question(), asker({ deadlineAt: 2_000_000 }));
    await ask(question(), asker({ deadlineAt: 3_000_000 }));
    await ask(question(), asker({ deadlineAt: 1_500_000 }));
    expect(last(departed).flight.deadlineAt()).toBe(3_000_000);
  });

  it('tells who leaves whether the source had been asked', async () => {
    const { ask, departed, asker, question } = openInHand();
    const gone = new AbortController();
    const asked = await ask(question(), asker({ signal: gone.signal }));
    last(departed).flight.markSent();
    gone.abort();
    expect((await asked.outcome).error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
  });

  it('leaves no listener on the signal of who waited', async () => {
    const { facts, departed, asker, question } = openInHand();
    const { signal } = new AbortController();
    const asked = facts.getMany([question()], asker({ signal }));
    await turn();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await last(departed).land('here');
    await asked;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not hang when the source throws instead of rejecting, and the next one is asked again', async () => {
    let isBroken = true;
    const bed = openInHand({
      fetch(flights) {
        if (isBroken) throw new Error('a bug');
        return flights.map(() => Promise.resolve({ parts: [], note: 'here' }));
      },
    });
    await expect(bed.facts.getMany([bed.question()], bed.asker())).rejects.toThrow('a bug');
    isBroken = false;
    expect((await (await bed.ask()).outcome).fact?.note).toBe('here');
  });

  it('begun before an operation that accepts nothing cached is not joined by it; one begun after is', async () => {
    const { ask, departed, asker, question, pass } = openInHand();
    await ask();
    pass(1);
    const now = question([], { maxAgeMs: 0 });
    const strict = asker();
    await ask(now, strict);
    expect(departed).toHaveLength(2);
    await ask(now, strict);
    expect(departed).toHaveLength(2);
  });
});

describe('a fact', () => {
  const landed = async (bed: ReturnType<typeof openInHand>, note: string | null, need: readonly string[] = []) => {
    const { outcome } = await bed.ask(bed.question(need));
    await last(bed.departed).land(note);
    return outcome;
  };

  it('is served fresh from memory, and counted as the hit that it is', async () => {
    const bed = openInHand();
    await landed(bed, 'here');
    const asker = bed.asker();
    expect(bed.facts.peek(bed.question(), asker)).toMatchObject({ fact: { note: 'here' }, servedFrom: 'CACHE' });
    expect(asker.trace.summary()).toMatchObject([{ source: 'ARGUS', calls: 0, hits: { memory: 1 } }]);
    expect(await bed.metrics.text()).toContain('gateway_cache_total{tier="memory",outcome="hit"} 1');
  });

  it('answers what it contains and nothing else', async () => {
    const bed = openInHand();
    await landed(bed, 'here', ['a', 'b']);
    expect(bed.facts.peek(bed.question(['a']), bed.asker())).toBeDefined();
    expect(bed.facts.peek(bed.question(['c']), bed.asker())).toBeUndefined();
  });

  it('that is absent answers every need, for its own short time', async () => {
    const bed = openInHand();
    await landed(bed, null);
    expect(bed.facts.peek(bed.question(['a']), bed.asker())).toMatchObject({ fact: { note: null } });
    bed.pass(100);
    expect(bed.facts.peek(bed.question(), bed.asker())).toBeUndefined();
  });

  it('is asked for again with all that it holds, so that nothing fresh is lost', async () => {
    const bed = openInHand();
    await landed(bed, 'a', ['a']);
    const { outcome } = await bed.ask(bed.question(['b']));
    expect(last(bed.departed).flight.request.need).toEqual(['a', 'b']);
    await last(bed.departed).land('ab');
    expect((await outcome).fact?.parts).toEqual(['a', 'b']);
    expect(bed.facts.peek(bed.question(['a']), bed.asker())).toMatchObject({ fact: { note: 'ab' } });
  });

  it('keeps what it holds beside what an operation wants anew', async () => {
    const bed = openInHand();
    await landed(bed, 'a', ['a']);
    bed.pass(10);
    await bed.ask(bed.question([], { maxAgeMs: 0 }));
    expect(last(bed.departed).flight.request.need).toEqual(['a']);
  });

  it('of a wider flight is not overwritten by a narrower one that began before it', async () => {
    const bed = openInHand();
    await bed.ask(bed.question(['a']));
    await bed.ask(bed.question(['a', 'b']));
    await bed.departed[1]?.land('wide');
    await bed.departed[0]?.land('narrow');
    expect(bed.facts.peek(bed.question(['b']), bed.asker())).toMatchObject({ fact: { note: 'wide' } });
  });

  // T-CACHE-3
  it('that is partial, or failed to come, is not kept', async () => {
    const bed = openInHand();
    const partial = await bed.ask();
    await last(bed.departed).land('half', { isPartial: true });
    expect((await partial.outcome).fact?.note).toBe('half');
    await bed.ask();
    await last(bed.departed).fail('UNAVAILABLE');
    await bed.ask();
    expect(bed.departed).toHaveLength(3);
  });

  it('asked with a secret that was exchanged meanwhile is not kept for the old one', async () => {
    const bed = openInHand();
    const { outcome } = await bed.ask();
    bed.secrets.current = 'another';
    await last(bed.departed).land('here');
    expect((await outcome).fact?.note).toBe('here');
    expect(bed.facts.peek(bed.question(), bed.asker())).toBeUndefined();
  });
});

describe('a stale fact', () => {
  const staleBed = async (options: Parameters<typeof openInHand>[0] = {}) => {
    const bed = openInHand(options);
    await bed.ask(bed.question(['a']));
    await last(bed.departed).land('old');
    bed.pass(1000);
    return bed;
  };
  const failed = async (bed: Awaited<ReturnType<typeof staleBed>>, kind: UpstreamErrorKind, status?: number) => {
    const { outcome } = await bed.ask(bed.question(['a']));
    await last(bed.departed).fail(kind, status);
    return outcome;
  };

  // T-SW-1
  it('stands in for a source that fails, says why, and not for ever', async () => {
    const bed = await staleBed();
    expect(await failed(bed, 'UNAVAILABLE')).toMatchObject({
      fact: { note: 'old' },
      servedFrom: 'STALE_CACHE',
      staleBecause: 'UNAVAILABLE',
      fetchedAt: 1_000_000,
    });
    bed.pass(10_000);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  it.each(['UNAVAILABLE', 'TIMED_OUT', 'RATE_LIMITED', 'MALFORMED', 'REJECTED'] as const)(
    'stands in after %s',
    async kind => {
      expect(await failed(await staleBed(), kind)).toMatchObject({ servedFrom: 'STALE_CACHE', staleBecause: kind });
    },
  );

  it('does not stand in for what it does not hold, nor for an operation that set an age', async () => {
    const bed = await staleBed();
    const wider = await bed.ask(bed.question(['b']));
    await last(bed.departed).fail('UNAVAILABLE');
    expect((await wider.outcome).error?.kind).toBe('UNAVAILABLE');
    const aged = await bed.ask(bed.question(['a'], { maxAgeMs: 60_000 }));
    await last(bed.departed).fail('UNAVAILABLE');
    expect((await aged.outcome).error?.kind).toBe('UNAVAILABLE');
  });

  it('that is an absence never stands in', async () => {
    const bed = openInHand({ windows: { freshMs: 1000, staleMs: 10_000, negativeMs: 5000 } });
    await bed.ask();
    await last(bed.departed).land(null);
    bed.pass(5000);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  // T-TEN-6
  it.each([401, 403])(
    'is gone after a refusal (%d), even if the source fails otherwise the next time',
    async status => {
      const bed = await staleBed();
      expect((await failed(bed, 'DENIED', status)).error?.kind).toBe('DENIED');
      expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
    },
  );

  it('of another value does not stand in either once their credential was refused', async () => {
    const bed = await staleBed();
    await bed.ask(bed.question([], { key: 'other' }));
    await last(bed.departed).fail('DENIED', 403);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  it('of one credential stays though another one was refused', async () => {
    const bed = await staleBed();
    await bed.ask(bed.question([], { key: 'other', partition: 'q' }));
    await last(bed.departed).fail('DENIED', 401);
    expect(await failed(bed, 'UNAVAILABLE')).toMatchObject({ servedFrom: 'STALE_CACHE' });
  });

  it('is served at once while one refresh runs, where that is wanted', async () => {
    const bed = await staleBed({ revalidates: true });
    const asked = await Promise.all([bed.ask(bed.question(['a'])), bed.ask(bed.question(['a']))]);
    for (const { outcome } of asked)
      expect(await outcome).toMatchObject({ fact: { note: 'old' }, servedFrom: 'STALE_CACHE', staleBecause: null });
    expect(bed.departed).toHaveLength(2);
    await last(bed.departed).land('new');
    expect(bed.facts.peek(bed.question(['a']), bed.asker())).toMatchObject({ fact: { note: 'new' } });
  });
});

describe('a credential that is refused as a whole (401)', () => {
  it('is shown nothing more of what was cached for it, however fresh', async () => {
    const bed = openInHand();
    await bed.ask();
    await last(bed.departed).land('here');
    bed.pass(1);
    await bed.ask(bed.question([], { key: 'other' }));
    await last(bed.departed).fail('DENIED', 401);
    expect(bed.facts.peek(bed.question(), bed.asker())).toBeUndefined();
    bed.pass(1);
    await bed.ask();
    await last(bed.departed).land('again');
    expect(bed.facts.peek(bed.question(), bed.asker())).toMatchObject({ fact: { note: 'again' } });
  });

  it('is remembered for a bounded number of credentials; beyond that, nothing older stands in for anybody', async () => {
    const bed = openInHand();
    await bed.ask();
    await last(bed.departed).land('old');
    bed.pass(1000);
    for (let index = 0; index <= 10_000; index++) {
      await Promise.all([
        bed.facts.getMany([bed.question([], { key: `k${index}`, partition: `p${index}` })], bed.asker()),
        turn().then(() => last(bed.departed).fail('DENIED', 401)),
      ]);
    }
    const { outcome } = await bed.ask();
    await last(bed.departed).fail('UNAVAILABLE');
    expect((await outcome).error?.kind).toBe('UNAVAILABLE');
  });
});
