import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { openControlled, type SentCall, turn } from './controlled-source.ts';

const last = (sent: readonly SentCall[]): SentCall => sent.at(-1) as SentCall;

describe('a call in flight', () => {
  it('is one for five hundred who ask at once, and each of them is answered', async () => {
    const { ask, sent, metrics } = openControlled();
    const asked = await Promise.all(Array.from({ length: 500 }, () => ask()));
    expect(sent).toHaveLength(1);
    await last(sent).succeed('here');
    const outcomes = await Promise.all(asked.map(({ outcome }) => outcome));
    expect(new Set(outcomes.map(({ fact }) => fact?.note))).toEqual(new Set(['here']));
    expect((await metrics.expose()).text).toContain('gateway_coalesced_total{source="ARGUS"} 499');
  });

  it('that asks for more also answers who asks for less, never the other way round', async () => {
    const { ask, sent, request } = openControlled();
    const wide = await ask(request(['a', 'b']));
    const narrow = await ask(request(['a']));
    expect(sent).toHaveLength(1);
    const other = await ask(request(['c']));
    expect(sent).toHaveLength(2);
    await sent[0]?.succeed('ab');
    await sent[1]?.succeed('c');
    expect((await wide.outcome).fact?.note).toBe('ab');
    expect((await narrow.outcome).fact?.note).toBe('ab');
    expect((await other.outcome).fact?.note).toBe('c');
  });

  it('is still joined when another one for the same fact has ended', async () => {
    const { ask, sent, request } = openControlled();
    const one = await ask(request(['a']));
    const other = await ask(request(['b']));
    await sent[0]?.fail('UNAVAILABLE');
    expect((await one.outcome).error?.kind).toBe('UNAVAILABLE');
    await ask(request(['b']));
    expect(sent).toHaveLength(2);
    await sent[1]?.succeed('b');
    expect((await other.outcome).fact?.note).toBe('b');
  });

  it('goes on when one of two leaves, and ends, if it was not sent, when the last one does', async () => {
    const { ask, sent, context, request } = openControlled();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = await ask(request(), context({ signal: first.signal }));
    const two = await ask(request(), context({ signal: second.signal }));
    first.abort();
    expect((await one.outcome).error?.kind).toBe('TIMED_OUT');
    expect(last(sent).call.signal.aborted).toBe(false);
    second.abort();
    expect((await two.outcome).error?.kind).toBe('TIMED_OUT');
    expect(last(sent).call.signal.aborted).toBe(true);
  });

  it('that was given up is not joined by who comes next', async () => {
    const { ask, sent, context, request } = openControlled();
    const gone = new AbortController();
    const left = await ask(request(), context({ signal: gone.signal }));
    gone.abort();
    const next = await ask();
    expect(sent).toHaveLength(2);
    await sent[1]?.succeed('here');
    expect((await next.outcome).fact?.note).toBe('here');
    expect((await left.outcome).error).toBeDefined();
  });

  it('is not begun for who has left while the cache was asked', async () => {
    const { facts, sent, context, request } = openControlled();
    const gone = new AbortController();
    const asked = facts.getMany([request()], context({ signal: gone.signal }));
    gone.abort();
    expect((await asked)[0]?.error).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
    expect(sent).toEqual([]);
  });

  it('lives as long as its latest waiter may wait', async () => {
    const { ask, sent, context, request } = openControlled();
    await ask(request(), context({ deadlineAt: 2_000_000 }));
    await ask(request(), context({ deadlineAt: 3_000_000 }));
    await ask(request(), context({ deadlineAt: 1_500_000 }));
    expect(last(sent).call.deadlineAt()).toBe(3_000_000);
  });

  it('tells who leaves whether the source had been asked', async () => {
    const { ask, sent, context, request } = openControlled();
    const gone = new AbortController();
    const asked = await ask(request(), context({ signal: gone.signal }));
    last(sent).call.markSent();
    gone.abort();
    expect((await asked.outcome).error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
  });

  it('that was sent is finished and kept though all have left, and is joined by who comes next', async () => {
    const { ask, sent, context, request, facts } = openControlled();
    const gone = new AbortController();
    const left = await ask(request(), context({ signal: gone.signal }));
    const { call, succeed } = last(sent);
    call.markSent();
    gone.abort();
    expect((await left.outcome).error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
    expect([call.signal.aborted, call.isAwaited()]).toEqual([false, false]);
    const next = await ask();
    expect([sent.length, call.isAwaited()]).toEqual([1, true]);
    await succeed('here');
    expect((await next.outcome).fact?.note).toBe('here');
    expect(facts.peek([request()], context())?.outcome).toMatchObject({ fact: { note: 'here' } });
  });

  it('leaves no listener on the signal of who waited', async () => {
    const { facts, sent, context, request } = openControlled();
    const { signal } = new AbortController();
    const asked = facts.getMany([request()], context({ signal }));
    await turn();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await last(sent).succeed('here');
    await asked;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not hang when the source throws instead of rejecting, and the next one is asked again', async () => {
    let isBroken = true;
    const bed = openControlled({
      fetch(calls) {
        if (isBroken) throw new Error('a bug');
        return calls.map(() => Promise.resolve({ parts: [], note: 'here' }));
      },
    });
    await expect(bed.facts.getMany([bed.request()], bed.context())).rejects.toThrow('a bug');
    isBroken = false;
    expect((await (await bed.ask()).outcome).fact?.note).toBe('here');
  });

  it('begun before an operation that accepts nothing cached is not joined by it; one begun after is', async () => {
    const { ask, sent, context, request, pass } = openControlled();
    await ask();
    pass(1);
    const now = request([], { maxAgeMs: 0 });
    const strict = context();
    await ask(now, strict);
    expect(sent).toHaveLength(2);
    await ask(now, strict);
    expect(sent).toHaveLength(2);
  });
});

describe('a fact', () => {
  const succeeded = async (
    bed: ReturnType<typeof openControlled>,
    note: string | null,
    need: readonly string[] = [],
  ) => {
    const { outcome } = await bed.ask(bed.request(need));
    await last(bed.sent).succeed(note);
    return outcome;
  };

  it('is served fresh from memory, and counted as the hit that it is', async () => {
    const bed = openControlled();
    await succeeded(bed, 'here');
    const context = bed.context();
    expect(bed.facts.peek([bed.request()], context)?.outcome).toMatchObject({
      fact: { note: 'here' },
      servedFrom: 'CACHE',
    });
    expect(context.trace.summary()).toMatchObject([{ source: 'ARGUS', calls: 0, hits: { memory: 1 } }]);
    expect((await bed.metrics.expose()).text).toContain('gateway_cache_total{tier="memory",outcome="hit"} 1');
  });

  it('answers what it contains and nothing else', async () => {
    const bed = openControlled();
    await succeeded(bed, 'here', ['a', 'b']);
    expect(bed.facts.peek([bed.request(['a'])], bed.context())).toBeDefined();
    expect(bed.facts.peek([bed.request(['c'])], bed.context())).toBeUndefined();
  });

  it('that is absent answers every need, for its own short time', async () => {
    const bed = openControlled();
    await succeeded(bed, null);
    expect(bed.facts.peek([bed.request(['a'])], bed.context())?.outcome).toMatchObject({ fact: { note: null } });
    bed.pass(100);
    expect(bed.facts.peek([bed.request()], bed.context())).toBeUndefined();
  });

  it('is asked for again with all that it holds, so that nothing fresh is lost', async () => {
    const bed = openControlled();
    await succeeded(bed, 'a', ['a']);
    const { outcome } = await bed.ask(bed.request(['b']));
    expect(last(bed.sent).call.request.need).toEqual(['a', 'b']);
    await last(bed.sent).succeed('ab');
    expect((await outcome).fact?.parts).toEqual(['a', 'b']);
    expect(bed.facts.peek([bed.request(['a'])], bed.context())?.outcome).toMatchObject({ fact: { note: 'ab' } });
  });

  it('keeps what it holds beside what an operation wants anew', async () => {
    const bed = openControlled();
    await succeeded(bed, 'a', ['a']);
    bed.pass(10);
    await bed.ask(bed.request([], { maxAgeMs: 0 }));
    expect(last(bed.sent).call.request.need).toEqual(['a']);
  });

  it('of a wider call is not overwritten by a narrower one that began before it', async () => {
    const bed = openControlled();
    await bed.ask(bed.request(['a']));
    await bed.ask(bed.request(['a', 'b']));
    await bed.sent[1]?.succeed('wide');
    await bed.sent[0]?.succeed('narrow');
    expect(bed.facts.peek([bed.request(['b'])], bed.context())?.outcome).toMatchObject({ fact: { note: 'wide' } });
  });

  it('that is partial, or failed to come, is not kept', async () => {
    const bed = openControlled();
    const partial = await bed.ask();
    await last(bed.sent).succeed('half', { isPartial: true });
    expect((await partial.outcome).fact?.note).toBe('half');
    await bed.ask();
    await last(bed.sent).fail('UNAVAILABLE');
    await bed.ask();
    expect(bed.sent).toHaveLength(3);
  });

  it('asked with a secret that was exchanged meanwhile is not kept for the old one', async () => {
    const bed = openControlled();
    const { outcome } = await bed.ask();
    bed.secrets.current = 'another';
    await last(bed.sent).succeed('here');
    expect((await outcome).fact?.note).toBe('here');
    expect(bed.facts.peek([bed.request()], bed.context())).toBeUndefined();
  });
});

describe('a stale fact', () => {
  const staleBed = async (options: Parameters<typeof openControlled>[0] = {}) => {
    const bed = openControlled(options);
    await bed.ask(bed.request(['a']));
    await last(bed.sent).succeed('old');
    bed.pass(1000);
    return bed;
  };
  const failed = async (bed: Awaited<ReturnType<typeof staleBed>>, kind: UpstreamErrorKind, status?: number) => {
    const { outcome } = await bed.ask(bed.request(['a']));
    await last(bed.sent).fail(kind, status);
    return outcome;
  };

  it('is served if the source fails, with the reason, and not for ever', async () => {
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
    'is served after %s',
    async kind => {
      expect(await failed(await staleBed(), kind)).toMatchObject({ servedFrom: 'STALE_CACHE', staleBecause: kind });
    },
  );

  it('is not served for what it does not contain, nor where it is older than was asked for', async () => {
    const bed = await staleBed();
    const wider = await bed.ask(bed.request(['b']));
    await last(bed.sent).fail('UNAVAILABLE');
    expect((await wider.outcome).error?.kind).toBe('UNAVAILABLE');
    const aged = await bed.ask(bed.request(['a'], { maxAgeMs: 1000 }));
    await last(bed.sent).fail('UNAVAILABLE');
    expect((await aged.outcome).error?.kind).toBe('UNAVAILABLE');
  });

  it('that is an absence is never served', async () => {
    const bed = openControlled({ windows: { freshMs: 1000, staleMs: 10_000, negativeMs: 5000 } });
    await bed.ask();
    await last(bed.sent).succeed(null);
    bed.pass(5000);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  it.each([401, 403])(
    'is gone after a refusal (%d), even if the source fails otherwise the next time',
    async status => {
      const bed = await staleBed();
      expect((await failed(bed, 'DENIED', status)).error?.kind).toBe('DENIED');
      expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
    },
  );

  it('of another value is not served either once their credential was denied', async () => {
    const bed = await staleBed();
    await bed.ask(bed.request([], { key: 'other' }));
    await last(bed.sent).fail('DENIED', 403);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  it('is not served for as long as any is kept, once its credential was denied', async () => {
    const bed = await staleBed();
    await bed.ask(bed.request([], { key: 'other' }));
    await last(bed.sent).fail('DENIED', 403);
    bed.pass(9000);
    expect((await failed(bed, 'UNAVAILABLE')).error?.kind).toBe('UNAVAILABLE');
  });

  it('of one credential stays though another one was refused', async () => {
    const bed = await staleBed();
    await bed.ask(bed.request([], { key: 'other', partition: 'q' }));
    await last(bed.sent).fail('DENIED', 401);
    expect(await failed(bed, 'UNAVAILABLE')).toMatchObject({ servedFrom: 'STALE_CACHE' });
  });

  it('is served at once while one refresh runs, where that is wanted', async () => {
    const bed = await staleBed({ revalidates: true });
    const asked = await Promise.all([bed.ask(bed.request(['a'])), bed.ask(bed.request(['a']))]);
    for (const { outcome } of asked)
      expect(await outcome).toMatchObject({ fact: { note: 'old' }, servedFrom: 'STALE_CACHE', staleBecause: null });
    expect(bed.sent).toHaveLength(2);
    await last(bed.sent).succeed('new');
    expect(bed.facts.peek([bed.request(['a'])], bed.context())?.outcome).toMatchObject({ fact: { note: 'new' } });
  });
});

describe('a credential that is refused as a whole (401)', () => {
  it('is shown nothing more of what was cached for it, however fresh', async () => {
    const bed = openControlled();
    await bed.ask();
    await last(bed.sent).succeed('here');
    bed.pass(1);
    await bed.ask(bed.request([], { key: 'other' }));
    await last(bed.sent).fail('DENIED', 401);
    expect(bed.facts.peek([bed.request()], bed.context())).toBeUndefined();
    bed.pass(1);
    await bed.ask();
    await last(bed.sent).succeed('again');
    expect(bed.facts.peek([bed.request()], bed.context())?.outcome).toMatchObject({ fact: { note: 'again' } });
  });

  it('is remembered for a bounded number of credentials; beyond that, nothing older is served stale to anybody', async () => {
    const bed = openControlled();
    await bed.ask();
    await last(bed.sent).succeed('old');
    bed.pass(1000);
    for (let index = 0; index <= 10_000; index++) {
      await Promise.all([
        bed.facts.getMany([bed.request([], { key: `k${index}`, partition: `p${index}` })], bed.context()),
        turn().then(() => last(bed.sent).fail('DENIED', 401)),
      ]);
    }
    const { outcome } = await bed.ask();
    await last(bed.sent).fail('UNAVAILABLE');
    expect((await outcome).error?.kind).toBe('UNAVAILABLE');
  });
});

describe('the age of a fact', () => {
  const windows = { freshMs: 300_000, staleMs: 86_400_000, negativeMs: 60_000 };
  const hour = 3_600_000;
  const known = async (note: string | null) => {
    const bed = openControlled({ windows });
    await bed.ask();
    await last(bed.sent).succeed(note);
    return bed;
  };

  it.each([-hour, -50, 50, hour])('does not depend on the clock of the machine, set by %d ms', async step => {
    const bed = await known(null);
    bed.step(step);
    await bed.ask(bed.request([], { maxAgeMs: 0 }));
    expect(bed.sent).toHaveLength(2);
    bed.pass(59_999);
    expect(bed.facts.peek([bed.request()], bed.context())).toBeDefined();
    bed.pass(1);
    expect(bed.facts.peek([bed.request()], bed.context())).toBeUndefined();
  });

  it.each([
    ['inside the fresh window', 100_000, 200_000],
    ['past it', 1_000_000, 2_000_000],
    ['as long as it is kept', 86_000_000, 90_000_000],
  ])('is what an operation accepts, %s', async (_, ageMs, maxAgeMs) => {
    const bed = await known('here');
    bed.pass(ageMs);
    const outcome = await (await bed.ask(bed.request([], { maxAgeMs }))).outcome;
    expect(outcome).toMatchObject({ fact: { note: 'here' }, servedFrom: 'CACHE', staleBecause: null });
    expect(bed.sent).toHaveLength(1);
    await bed.ask(bed.request([], { maxAgeMs: ageMs }));
    expect(bed.sent).toHaveLength(2);
  });

  it('of an absence is never past its own window, whatever an operation accepts', async () => {
    const bed = await known(null);
    bed.pass(60_000);
    await bed.ask(bed.request([], { maxAgeMs: hour }));
    expect(bed.sent).toHaveLength(2);
  });

  it('that is nothing to who asked, by what they left out, has the window of an absence', async () => {
    const bed = await known('here');
    const filtered = (maxAgeMs?: number) => bed.request([], { maxAgeMs, isAbsence: ({ note }) => note !== 'other' });
    bed.pass(59_999);
    expect(bed.facts.peek([filtered()], bed.context())).toBeDefined();
    bed.pass(1);
    expect(bed.facts.peek([filtered()], bed.context())).toBeUndefined();
    expect(bed.facts.peek([bed.request()], bed.context())).toBeDefined();
    await bed.ask(filtered(hour));
    expect(bed.sent).toHaveLength(2);
  });

  it('past its fresh window answers nobody once its credential was denied', async () => {
    const bed = await known('here');
    bed.pass(400_000);
    await bed.ask(bed.request([], { key: 'other' }));
    await last(bed.sent).fail('DENIED', 403);
    await bed.ask(bed.request([], { maxAgeMs: hour }));
    expect(bed.sent).toHaveLength(3);
  });
});

describe('facts that were fetched together', () => {
  const many = Array.from({ length: 200 }, (_, index) => `k${index}`);
  const expiries = async (sharesCalls: boolean, note: string | null) => {
    const bed = openControlled({ sharesCalls, windows: { freshMs: 300_000, staleMs: 600_000, negativeMs: 60_000 } });
    const requests = many.map(key => bed.request([], { key }));
    const asked = bed.facts.getMany(requests, bed.context());
    await turn();
    await Promise.all(bed.sent.map(({ succeed }) => succeed(note)));
    await asked;
    const left = () => requests.filter(request => bed.facts.peek([request], bed.context()) !== undefined).length;
    const counts: number[] = [];
    for (let second = 0; second <= 300; second++) {
      counts.push(left());
      bed.pass(1000);
    }
    return counts;
  };

  it('and each by a call of its own expire one after the other, within the last tenth of their window', async () => {
    const left = await expiries(false, 'here');
    expect(left[269]).toBe(200);
    expect(left[285]).toBeGreaterThan(60);
    expect(left[285]).toBeLessThan(140);
    expect(left[300]).toBe(0);
    expect(Math.max(...left.slice(1).map((count, index) => (left[index] ?? 0) - count))).toBeLessThan(25);
  });

  it('and by one call expire together, so that one call fetches them again', async () => {
    const left = await expiries(true, 'here');
    expect([left[299], left[300]]).toEqual([200, 0]);
  });

  it.each([true, false])('and are absences have all of their window (in one call: %s)', async sharesCalls => {
    const left = await expiries(sharesCalls, null);
    expect([left[59], left[60]]).toEqual([200, 0]);
  });
});
