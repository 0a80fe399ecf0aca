import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ ARGUS_KEY_FROM: 'caller' }, { dataSet });
});
afterAll(() => bed.stop());
beforeEach(() => bed.emulators.argus.clearRequests());

interface Sent {
  readonly includeProperties?: readonly { readonly descriptor: string }[];
  readonly limit: number;
}

/** Names sent, and how many rows were requested. */
const sent = () =>
  bed.emulators.argus.requests
    .filter(({ path }) => path.endsWith('/search'))
    .map(({ body }) => body as Sent)
    .map(({ includeProperties = [], limit }) => [includeProperties.map(({ descriptor }) => descriptor), limit]);

const ask = (value: string, names: readonly string[], key = 'demo/key/full') =>
  bed.ask(
    'query ($value: String!, $names: [String!]!) { indicator(value: $value) { memberships { list { shortName } properties(names: $names) { shortName value values } } } }',
    { value, names },
    { 'argus-api-key': key },
  );

describe('a refused property', () => {
  it('costs one call without any, one for each name that Argus does not tell, one with what is left; then nothing', async () => {
    const names = ['role', 'informant', 'no-such-property', 'comment'];
    const { data, errors } = await ask('evil.example.org', names);
    const [first] = data.indicator.memberships;
    expect(first.properties).toEqual([
      { shortName: 'role', value: null, values: ['c2', 'redirector'] },
      null,
      null,
      { shortName: 'comment', value: 'Imported from external feed', values: ['Imported from external feed'] },
    ]);
    expect(data.indicator.memberships).toHaveLength(4);
    const codes = (errors ?? []).map(({ path, extensions }) => [path[4], extensions.code]);
    expect(new Set(codes.map(String))).toEqual(new Set(['1,UPSTREAM_DENIED', '2,BAD_USER_INPUT']));
    expect(sent()).toEqual([
      [['comment', 'informant', 'no-such-property', 'role'], 2500], // 412 names the third
      [['comment', 'informant', 'role'], 2500], // 403 names nobody
      [[], 2500],
      [['comment'], 1],
      [['informant'], 1],
      [['role'], 1],
      [['comment', 'role'], 2500],
    ]);
    bed.emulators.argus.clearRequests();
    await ask('listed.example.net', names);
    expect(sent()).toEqual([[['comment', 'role'], 2500]]);
  });

  it('that Argus does not know costs one further call, however many there are', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `no-such-${at}`);
    const { data, errors } = await ask('parked.example.com', [...names, 'comment']);
    expect(data.indicator.memberships).toHaveLength(1);
    expect(errors).toHaveLength(30);
    expect(sent()).toEqual([
      [['comment', ...names].sort(), 2500],
      [['comment'], 2500],
    ]);
  });

  it('of one key is tried again with another', async () => {
    await ask('listed.example.net', ['campaign', 'comment'], 'demo/key/narrow');
    bed.emulators.argus.clearRequests();
    const { data, errors } = await ask('evil.example.org', ['campaign'], 'demo/key/partner');
    expect(errors).toBeUndefined();
    expect(data.indicator.memberships.flatMap((one: { properties: unknown[] }) => one.properties)).toContainEqual(
      expect.objectContaining({ shortName: 'campaign', value: 'campaign-7' }),
    );
    expect(sent()).toEqual([[['campaign'], 2500]]);
  });

  it('does not hide that the whole lookup was refused', async () => {
    const { data, errors } = await ask('evil.example.org', ['comment'], 'demo/key/blind');
    expect(data.indicator.memberships).toBeNull();
    expect(errors).toMatchObject([
      { path: ['indicator', 'memberships'], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } },
    ]);
  });

  it('that Argus merely leaves out is null without an error', async () => {
    bed.emulators.argus.behaviours.hiddenProperty = 'omitted';
    const { data, errors } = await ask('crowded.example.org', ['analyst-note'], 'demo/key/partner');
    bed.emulators.argus.behaviours.hiddenProperty = '403';
    expect(errors).toBeUndefined();
    expect(data.indicator.memberships.every((one: { properties: unknown[] }) => one.properties[0] === null)).toBe(true);
  });
});
