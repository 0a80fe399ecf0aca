/**
 * A mutation sends its call once, for one POST, and is never answered from a cache. Here a source beside
 * ours has one, so that the rules hold for any.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpstreamResponse } from '../../src/http-client/upstream.ts';
import { openUpstream } from '../../src/sources/settings.ts';
import type { SourceDefinition, SourcePart } from '../../src/sources/source.ts';
import { values } from '../verdicts/bed.ts';
import { type BedOfThree, startBedOfThree, three } from './bed-of-three.ts';
import type { NightWatchSettings } from './night-watch/config.ts';
import { credentialOf, nightWatch } from './night-watch/index.ts';

interface WritingPart extends SourcePart {
  record(value: string): Promise<UpstreamResponse | undefined>;
}

const writing: SourceDefinition<NightWatchSettings, SourcePart> = {
  ...nightWatch,
  resolvers: {
    ...nightWatch.resolvers,
    Mutation: {
      recordSighting: async (
        _: unknown,
        { value }: { value: string },
        { sources }: { sources: { NIGHT_WATCH: WritingPart } },
      ) => (await sources.NIGHT_WATCH.record(value))?.status === 201,
      // A cacheable field beside the write.
      sighted: (_: unknown, { value }: { value: string }) => ({ type: 'DOMAIN', value }),
    },
  },
  costs: {
    ...nightWatch.costs,
    Mutation: {
      recordSighting: (_, meter) => meter.callAlone(),
      sighted: (field, meter) => meter.name(field, field.argument('value')),
    },
  },
  open(settings, dependencies) {
    const source = nightWatch.open(settings, dependencies);
    const upstream = openUpstream(nightWatch, { maxBodyBytes: 1000, unavailableBackoffMs: 1 }, settings, dependencies);
    const credential = credentialOf(settings);
    return {
      ...source,
      open(operation, permissions) {
        const record: WritingPart['record'] = value =>
          upstream.call(
            () => ({
              method: 'POST',
              path: '/v1/sightings',
              body: { value },
              headers: credential?.headers() ?? {},
              isRepeatable: false,
              operation: 'record',
            }),
            {
              signal: operation.signal,
              deadlineAt: () => operation.deadlineAt,
              caller: operation.caller,
              isSmall: true,
              partition: credential?.partition ?? '',
            },
          );
        return Object.assign(source.open(operation, permissions), { record });
      },
      async close() {
        await Promise.all([source.close(), upstream.close()]);
      },
    };
  },
};

const made = {
  sources: { ...three.sources, NIGHT_WATCH: writing as unknown as typeof nightWatch },
  schema: `${three.schema}
    extend type Mutation {
      recordSighting(value: String!): Boolean
      sighted(value: String!): Indicator
    }`,
};
const write = `mutation { recordSighting(value: "${values.MALICIOUS}") }`;

let bed: BedOfThree;
beforeEach(async () => {
  bed = await startBedOfThree({ RATE_LIMIT_INDICATORS_PER_MINUTE: '6' }, { made });
});
afterEach(() => bed.stop());

const writes = () => bed.nightWatch.requests.filter(({ method }) => method === 'POST');
const byGet = () =>
  fetch(`${bed.url}/graphql?${new URLSearchParams({ query: write })}`, {
    headers: { 'apollo-require-preflight': '1' },
  });

describe('a write', () => {
  it('is sent once for each POST, however often the same bytes come', async () => {
    for (const times of [1, 2, 3, 4]) {
      expect((await bed.ask(write)).data).toEqual({ recordSighting: true });
      expect(writes()).toHaveLength(times);
    }
  });

  it('never runs by GET, before or after it ran by POST', async () => {
    for (const _ of [1, 2, 3]) {
      const response = await byGet();
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      await bed.ask(write);
    }
    expect(writes()).toHaveLength(3);
  });

  it.each([
    ['503', { kind: 'status', status: 503, times: 1 }],
    ['429 that says when to come again', { kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 1 }],
    ['a cut connection', { kind: 'cut', times: 1 }],
    ['a body that is cut short', { kind: 'cut', at: 'midBody', times: 1 }],
  ] as const)('is not sent again after %s', async (_, fault) => {
    bed.nightWatch.faults.add(fault);
    const { errors, data } = await bed.ask(write);
    expect(data).toEqual({ recordSighting: null });
    expect(errors).toHaveLength(1);
    expect(writes()).toHaveLength(1);
  });

  it('counts in the estimate and in the rate limit', async () => {
    const three = `mutation { a: recordSighting(value: "a") b: recordSighting(value: "b") c: recordSighting(value: "c") }`;
    const first = await bed.ask(three, {}, { 'x-enrichment-estimate': '1' });
    expect(first.extensions?.estimate).toEqual({ upstreamCalls: 3, indicators: 3 });
    await bed.ask(three);
    const refused = await bed.ask(three);
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
    expect(writes()).toHaveLength(6);
  });

  it('is in no cacheable response, whatever other fields are selected', async () => {
    const beside = `mutation { sighted(value: "${values.MALICIOUS}") { threatScore } }`;
    await bed.ask(`{ indicator(value: "${values.MALICIOUS}") { threatScore } }`);
    const { headers, data } = await bed.ask(beside);
    expect(data.sighted.threatScore).toBe(92.5);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
