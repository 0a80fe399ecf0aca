/** What Datadog says beside its documents, or does not say at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createReadingsDataSet } from './datadog-bed.ts';

let bed: TestBed;
beforeAll(async () => {
  const keys = apiKeyAuth({ people: ['people'], plain: [] });
  bed = await startTestBed({ ...keys, DATADOG_PERSONAL_SCOPE: 'people' }, { dataSet: createReadingsDataSet() });
  const { datadog } = bed.emulators.dataSet;
  datadog.add('more.example.org', { attributes: { has_been_muted: true, muted_by: { user: 'ada' } } });
  datadog.add('none.example.org', {
    attributes: {
      indicator_type: '',
      as_number: '',
      as_type: '',
      as_geo: { city: '' },
      hosts: ['', 'web-1'],
      tags: '',
    },
  });
  datadog.add('large.example.org', { attributes: { large: 'x'.repeat(17_000) } });
});
afterAll(() => bed.stop());

async function ask(value: string, fields: string, caller = 'people') {
  const { data, errors } = await bed.ask(`{ indicator(value: "${value}") { ${fields} } }`, {}, as(caller));
  return { ...data.indicator, codes: errors?.map(({ extensions }) => extensions.code) };
}

const both = 'threat { otherFields } datadog { report { limits } threat { otherFields } }';

describe('fields that are not documented', () => {
  const sent = { has_been_muted: true, muted_by: { user: 'ada' } };

  it('are handed on, in both forms of an answer', async () => {
    expect(await ask('more.example.org', both)).toMatchObject({
      threat: { otherFields: sent },
      datadog: { threat: { otherFields: sent } },
      codes: undefined,
    });
  });

  it('are shown to nobody who may not see personal data, and their absence is no secret', async () => {
    const answer = await ask('more.example.org', both, 'plain');
    expect(answer.threat).toEqual({ otherFields: null });
    expect(answer.datadog.threat).toEqual({ otherFields: null });
    expect(answer.datadog.report.limits).toContain('PERSONAL_DATA_HIDDEN');
    expect(answer.codes).toEqual(['FORBIDDEN']);
    expect((await ask('none.example.org', both, 'plain')).codes).toBeUndefined();
  });

  it('are null where there are none, and where they are too large, which is counted', async () => {
    expect((await ask('none.example.org', both)).threat).toEqual({ otherFields: null });
    expect((await ask('large.example.org', both)).threat).toEqual({ otherFields: null });
    const metrics = await (await fetch(`${bed.url}/metrics`, { headers: as('people') })).text();
    expect(metrics).toContain('field="other_fields"} 1');
  });
});

it('empty texts are null, and no items of a list', async () => {
  const fields = 'indicatorType autonomousSystem { number } geo { city } hosts tags firstSeen';
  expect((await ask('none.example.org', `threat { ${fields} }`)).threat).toEqual({
    indicatorType: null,
    autonomousSystem: null,
    geo: null,
    hosts: ['web-1'],
    tags: [],
    firstSeen: null,
  });
});
