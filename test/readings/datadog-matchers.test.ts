/** Which of Datadog's matchers a verdict asks, and on which scale it takes the scores to be. */
import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/observability/log.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { silentLog } from '../setup/silent-log.ts';
import { ask, behave, createReadingsDataSet, values } from './datadog-bed.ts';

async function withBed(environment: Record<string, string>, run: (bed: TestBed) => Promise<void>, log?: Log) {
  const bed = await startTestBed(environment, { dataSet: createReadingsDataSet() }, undefined, log);
  await run(bed).finally(() => bed.stop());
}

const asked = ({ emulators }: TestBed) => emulators.datadog.requests.map(({ query }) => query.get('ocsf'));

describe('DATADOG_OCSF=both', () => {
  it.each(['all', 'true', 'false'] as const)(
    'counts either matcher, whatever "no ocsf" means: %s',
    async ocsfOmitted => {
      await withBed({ DATADOG_OCSF: 'both' }, async bed => {
        behave(bed, { ocsfOmitted });
        for (const value of [values.ocsfOnly, values.messageOnly, values.accused]) {
          bed.emulators.datadog.clearRequests();
          const { data } = await bed.ask(
            `{ indicator(value: "${value}") { verdict { level missing } sources { status } } }`,
          );
          expect(data.indicator.verdict).toEqual({ level: 'MALICIOUS', missing: [] });
          expect(asked(bed).toSorted()).toEqual(['false', 'true']);
        }
        const { data } = await bed.ask(
          `{ indicator(value: "${values.unknown}") { verdict { level summary } sources { limits } } }`,
        );
        expect(data.indicator.verdict.level).toBe('NO_MATCH');
        expect(data.indicator.verdict.summary).not.toContain('default matcher');
        expect(data.indicator.sources[0].limits).not.toContain('DEFAULT_MATCHER_ONLY');
      });
    },
  );

  it('keeps the accusation of one matcher where the other fails, and concludes nothing from the absence of one', async () => {
    await withBed({ DATADOG_OCSF: 'both' }, async bed => {
      const when = ({ query }: { query: URLSearchParams }) => query.get('ocsf') === 'false';
      bed.emulators.datadog.faults.add({ kind: 'status', status: 400, when });
      expect(await ask(bed, values.ocsfOnly)).toMatchObject({ level: 'MALICIOUS', missing: ['DATADOG'] });
      expect(await ask(bed, values.calm)).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
      expect(await ask(bed, values.unknown)).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
    });
  });

  it.each([
    ['default', { upstreamCalls: 2, indicators: 1 }],
    ['both', { upstreamCalls: 3, indicators: 1 }],
  ])('is what %s is not: estimated at one call more', async (setting, estimate) => {
    await withBed({ DATADOG_OCSF: setting }, async bed => {
      const query = `{ indicator(value: "${values.accused}") { verdict { level } } }`;
      expect((await bed.ask(query, {}, { 'x-enrichment-estimate': '1' })).extensions?.estimate).toEqual(estimate);
    });
  });
});

it('a verdict is the same whatever is selected beside it', async () => {
  await withBed({}, async bed => {
    behave(bed, { ocsfOmitted: 'false' });
    const beside = [
      '',
      'threat(ocsf: true) { score }',
      'datadog(ocsf: true) { report { status } }',
      'triageHistory { at }',
    ];
    for (const fields of beside) {
      const query = `{ indicator(value: "${values.ocsfOnly}", maxAgeSeconds: 0) { ${fields} verdict { level missing } } }`;
      expect((await bed.ask(query)).data.indicator.verdict).toEqual({ level: 'NO_MATCH', missing: [] });
    }
  });
});

describe('scores that are all at most 1', () => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_, message) => void warnings.push(message) };

  it.each([
    ['are warned of once', 0.5, 30, 1],
    ['are not warned of where they are 0', 0, 30, 0],
    ['are not warned of while they are few', 0.5, 19, 0],
  ])('%s', async (_, score, count, expected) => {
    warnings.length = 0;
    const run = async (bed: TestBed) => {
      const list = Array.from({ length: count }, (__, index) => `score-${index}.example.org`);
      for (const value of list) bed.emulators.dataSet.datadog.add(value, { attributes: { score } });
      await bed.ask('query ($list: [String!]!) { indicators(values: $list) { threatScore } }', { list });
    };
    await withBed({}, run, log);
    expect(warnings.filter(message => message.includes('at most 1'))).toHaveLength(expected);
  });

  it('are not warned of where one was above', async () => {
    warnings.length = 0;
    const run = async (bed: TestBed) => {
      await bed.ask(`{ indicator(value: "${values.accused}") { threatScore } }`);
      for (let index = 0; index < 25; index++) {
        bed.emulators.dataSet.datadog.add(`low-${index}.example.org`, { attributes: { score: 0.5 } });
        await bed.ask(`{ indicator(value: "low-${index}.example.org") { threatScore } }`);
      }
    };
    await withBed({}, run, log);
    expect(warnings.filter(message => message.includes('at most 1'))).toEqual([]);
  });
});
