/** What `@semanticNonNull` says is true: of these fields, errors alone make null. */
import { readFileSync } from 'node:fs';
import { buildSchema, getDirectiveValues, isObjectType } from 'graphql';
import { afterEach, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const directive = schema.getDirective('semanticNonNull');

/** Field → the dimensions that are not null. */
const marked = Object.values(schema.getTypeMap()).flatMap(type =>
  Object.values(isObjectType(type) ? type.getFields() : {}).flatMap(({ name, astNode }) => {
    const given = directive && astNode ? getDirectiveValues(directive, astNode) : undefined;
    return given ? [[`${type.name}.${name}`, given.levels]] : [];
  }),
);

const query = `{
  indicator(value: " ") { id }
  indicators(values: ["evil.example.org", " "]) { id }
  reputationRecords(filter: { values: ["nowhere.example.net"] }) { nodes { id } }
  reputationTypes { shortName }
  threatIndicators(filter: { query: "nowhere.example.net" }) { nodes { id } }
}`;

let bed: TestBed;
afterEach(() => bed?.stop());

it('is said of these fields alone', () => {
  expect(Object.fromEntries(marked)).toEqual({
    'Query.indicator': [0],
    'Query.indicators': [1],
    'Query.reputationRecords': [0],
    'Query.reputationTypes': [0],
    'Query.threatIndicators': [0],
  });
});

it('is true where the sources answer that they have nothing', async () => {
  bed = await startTestBed();
  const { data, errors } = await bed.ask(query);
  expect(data).toMatchObject({
    reputationRecords: { nodes: [] },
    reputationTypes: expect.any(Array),
    threatIndicators: { nodes: [] },
  });
  expect(errors?.map(({ path }: { path: unknown }) => path)).toEqual([['indicator'], ['indicators', 1]]);
});

it('is true where they fail', async () => {
  bed = await startTestBed();
  for (const emulator of [bed.emulators.argus, bed.emulators.datadog])
    emulator.faults.add({ kind: 'status', status: 403 });
  const { data, errors } = await bed.ask(query);
  expect(data).toMatchObject({
    indicator: null,
    reputationRecords: null,
    reputationTypes: null,
    threatIndicators: null,
  });
  const paths = errors?.map(({ path }: { path: readonly unknown[] }) => path.join('.')).sort();
  expect(paths).toEqual(['indicator', 'indicators.1', 'reputationRecords', 'reputationTypes', 'threatIndicators']);
});
