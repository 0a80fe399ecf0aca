/** Absences of kinds that a source may not hold, asked of the running gateway. */
import { expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import type { TestBed } from '../setup/gateway.ts';
import { withBed } from './bed.ts';

const md5 = '0cc175b9c0f1b6a831c399e269772661';
const userAgent = 'unheard-of/1.0';
const query = `query ($value: String!, $type: IndicatorType) { indicator(value: $value, type: $type) {
  threatScore memberships { value } verdict { level summary missing } sources { status limits } } }`;

async function ask(bed: TestBed, value: string, type?: string) {
  const { data, errors } = await bed.ask(query, { value, ...(type !== undefined && { type }) });
  expect(errors).toBeUndefined();
  return data.indicator;
}

const typeCalls = ({ emulators }: TestBed) => emulators.argus.requests.filter(({ path }) => path.endsWith('/type'));
const limitsOf = (answer: { sources: readonly { limits: readonly string[] }[] }) =>
  answer.sources.map(({ limits }) => limits.filter(limit => /TYPE|HOST/.test(limit)));

it('a kind that nobody is known to hold is INCONCLUSIVE, by one call to each source', async () => {
  await withBed({}, createSeededDataSet(), async bed => {
    const answer = await ask(bed, md5);
    expect(answer).toMatchObject({
      threatScore: null,
      memberships: [],
      verdict: { level: 'INCONCLUSIVE', missing: [] },
    });
    expect(answer.verdict.summary).toContain('no source that answered is known to hold MD5 hashes');
    expect(limitsOf(answer)).toEqual([['TYPE_NOT_DOCUMENTED'], ['TYPE_NOT_DOCUMENTED']]);
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
    const searches = bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
    expect(searches.map(({ body }) => body)).toMatchObject([{ value: [md5] }]);
    expect(searches[0]?.body).not.toHaveProperty('type');
  });
});

it('a record under any type name is found, and its source counts as one that knows', async () => {
  const dataSet = createSeededDataSet();
  dataSet.argus.addType('fileMd5');
  dataSet.argus.add({ value: md5, list: 'phishing', type: 'fileMd5' });
  dataSet.argus.addType('domain-like');
  dataSet.argus.add({ value: '198.18.7.7', list: 'phishing', type: 'domain-like' });
  await withBed({}, dataSet, async bed => {
    expect(await ask(bed, md5)).toMatchObject({ memberships: [{ value: md5 }], verdict: { level: 'MALICIOUS' } });
    expect(await ask(bed, '198.18.7.7')).toMatchObject({
      memberships: [{ value: '198.18.7.7' }],
      verdict: { level: 'MALICIOUS' },
    });
  });
});

it('the list of types is asked for only where it can tell something, once, and makes Argus a witness', async () => {
  const dataSet = createSeededDataSet();
  dataSet.argus.addType('md5');
  await withBed({ CACHE_NEGATIVE_SECONDS: '0' }, dataSet, async bed => {
    await ask(bed, 'nothing.example.org');
    await ask(bed, '192.0.2.200');
    expect(typeCalls(bed)).toEqual([]);
    await ask(bed, md5); // the list may come later than the search: nothing waits for it
    const { data } = await bed.ask('{ reputationTypes { shortName } }');
    expect(data.reputationTypes).toContainEqual({ shortName: 'md5' });
    expect(await ask(bed, md5)).toMatchObject({ verdict: { level: 'NO_MATCH' } });
    expect(typeCalls(bed)).toHaveLength(1);
  });
});

it('a refused list of types makes nobody a witness, costs no lookup, and is not asked for again', async () => {
  await withBed({ CACHE_NEGATIVE_SECONDS: '0' }, createSeededDataSet(), async bed => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 403, match: { path: '/type' } });
    for (let times = 0; times < 3; times += 1)
      expect(await ask(bed, md5)).toMatchObject({ memberships: [], verdict: { level: 'INCONCLUSIVE' } });
    expect(typeCalls(bed)).toHaveLength(1);
  });
});

it("Datadog's 400 about a kind that it does not document is NOT_APPLICABLE, and remembered", async () => {
  await withBed({}, createSeededDataSet(), async bed => {
    bed.emulators.datadog.faults.add({ kind: 'status', status: 400 });
    for (let times = 0; times < 2; times += 1)
      expect(await ask(bed, userAgent, 'OTHER')).toMatchObject({
        threatScore: null,
        verdict: { level: 'INCONCLUSIVE', missing: [] },
        sources: [{ status: 'NOT_APPLICABLE' }, { status: 'NOT_APPLICABLE' }],
      });
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
    const { data, errors } = await bed.ask(query, { value: 'documented.example.org' });
    expect(data.indicator).toMatchObject({
      threatScore: null,
      verdict: { level: 'INCONCLUSIVE', missing: ['DATADOG'] },
    });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_REJECTED', source: 'DATADOG' } }]);
  });
});

it('text is an absence only where the caller says that it is OTHER, and an id does not say so', async () => {
  await withBed({}, createSeededDataSet(), async bed => {
    expect(await ask(bed, userAgent, 'OTHER')).toMatchObject({ verdict: { level: 'NO_MATCH' } });
    expect(await ask(bed, userAgent)).toMatchObject({ verdict: { level: 'INCONCLUSIVE' } });
    const { data } = await bed.ask(`{ indicator(value: "${userAgent}", type: OTHER) { id } }`);
    const node = await bed.ask(`{ node(id: "${data.indicator.id}") { ... on Indicator { verdict { level } } } }`);
    expect(node.data.node.verdict.level).toBe('INCONCLUSIVE');
  });
});

it('the absence of a URL rests on its host, as limits and sentence say', async () => {
  await withBed({}, createSeededDataSet(), async bed => {
    const answer = await ask(bed, 'https://nothing.example.org/x');
    expect(answer.verdict).toMatchObject({ level: 'NO_MATCH', missing: [] });
    expect(answer.verdict.summary).toContain('no match for its host nothing[.]example[.]org');
    expect(limitsOf(answer)).toEqual([
      ['TYPE_NOT_DOCUMENTED', 'HOST_ONLY'],
      ['TYPE_NOT_DOCUMENTED', 'HOST_ONLY'],
    ]);
  });
});
