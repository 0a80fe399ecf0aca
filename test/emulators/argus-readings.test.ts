/** What the documents of Argus leave open, as the emulator plays it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ArgusBehaviours, argusDefaults } from '../../src/emulators/argus-behaviours.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { isObject } from '../../src/emulators/json.ts';

const dataSet = createDataSet();
const { argus } = dataSet;
const hash = 'a'.repeat(64);
const at = Date.UTC(2026, 4, 1);

argus.addList({ shortName: 'sure', confidence: 0.9 });
argus.addList({ shortName: 'secret', confidence: 0.9 });
argus.addType('sha256');
argus.addDescriptor({ shortName: 'comment' });
argus.addDescriptor({ shortName: 'role', multiValue: true });
argus.add({ value: 'one.example.org', list: 'sure', created: at, properties: { comment: 'text', role: ['c2'] } });
argus.add({ value: 'two.one.example.org', list: 'sure', created: at });
argus.add({ value: 'xn--bcher-kva.example', list: 'sure', created: at, id: '00000000-0000-4000-8000-000000000001' });
argus.add({ value: '192.0.2.1', list: 'sure', created: at });
argus.add({ value: '192.0.2.0/28', list: 'sure', created: at });
argus.add({ value: '2001:db8::1', list: 'sure', created: at });
argus.add({ value: '192.0.2.9', type: 'domain', list: 'sure', created: at });
argus.add({ value: hash, type: 'sha256', list: 'sure', created: at });
argus.add({ value: 'gone.example.org', list: 'sure', created: at, deleted: at });
argus.add({ value: 'one.example.org', list: 'secret', created: at });
for (let index = 0; index < 30; index += 1)
  argus.add({ value: `n${index}.many.example.org`, list: 'sure', created: at });
argus.keys.set('some/lists', { functions: ['viewReputationIndicators'], lists: ['sure'], descriptors: 'all' });

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators({ dataSet });
});
afterAll(() => emulators.close());
afterEach(() => {
  Object.assign(emulators.argus.behaviours, argusDefaults);
  delete argus.beforePage;
});

const play = (behaviours: Partial<ArgusBehaviours>) => Object.assign(emulators.argus.behaviours, behaviours);

async function search(terms: object) {
  const headers = { 'Argus-API-Key': 'some/lists', 'Content-Type': 'application/json' };
  const url = `${emulators.argus.url}/reputation/v2/indicator/search`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ sortBy: ['value'], ...terms }) });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  return { status: answer.status, text, body: text.startsWith('{') ? (JSON.parse(text) as any) : undefined };
}

const many = { domainSearch: { domain: ['many.example.org'], includeSubdomains: true }, limit: 25 };
const valuesOf = ({ body }: Awaited<ReturnType<typeof search>>): unknown[] =>
  body.data.map(({ value }: { value: unknown }) => value);

/** The same, with `undefined` where members are missing that are expected to be. */
function withMissing(actual: unknown, expected: unknown): unknown {
  if (!isObject(actual) || !isObject(expected)) return actual;
  const members = Object.keys(expected).map(name => [name, withMissing(actual[name], expected[name])]);
  return { ...actual, ...Object.fromEntries(members) };
}

describe('the envelope of a search', () => {
  const cases: readonly [Partial<ArgusBehaviours>, object][] = [
    [{}, { count: 30, size: 25, limit: 25, offset: 0, responseCode: 200 }],
    [{ count: 'zero' }, { count: 0, size: 25 }],
    [{ count: 'page' }, { count: 25 }],
    [{ count: 'stopsEarly' }, { count: 20 }],
    [{ count: 'unknown' }, { count: -1 }],
    [{ count: 'text' }, { count: '30' }],
    [{ count: 'absent' }, { count: undefined }],
    [{ size: 'tooLarge' }, { size: 26 }],
    [{ size: 'text' }, { size: '25' }],
    [{ size: 'absent' }, { size: undefined }],
    [{ echo: 'text' }, { limit: '25', offset: '0' }],
    [{ echo: 'absent' }, { limit: undefined, offset: undefined }],
    [{ responseCode: 'text' }, { responseCode: '200' }],
    [{ responseCode: 'absent' }, { responseCode: undefined }],
    [{ limitCap: 10 }, { limit: 10, size: 10, count: 30 }],
    [
      { limitCap: 10, limitOver: 'silent' },
      { limit: 25, size: 10, count: 30 },
    ],
    [{ successMessages: 'null' }, { messages: null }],
    [{ successMessages: 'WARNING' }, { messages: [{ type: 'WARNING' }], size: 25 }],
    [
      { successMessages: 'INFO', partialRows: 'none' },
      { messages: [{ type: 'INFO' }], size: 25 },
    ],
    [
      { successMessages: 'WARNING', partialRows: 'none' },
      { size: 0, count: 0, data: [] },
    ],
    [
      { partialResult: 'true', partialRows: 'none' },
      { metaData: { partialResult: true }, data: [] },
    ],
    [
      { partialResult: 'false', partialRows: 'none' },
      { metaData: { partialResult: false }, size: 25 },
    ],
  ];
  it.each(cases)('with %j is %j', async (behaviours, expected) => {
    play(behaviours);
    const { status, body } = await search(many);
    expect(status).toBe(200);
    expect(withMissing(body, expected)).toMatchObject(expected);
  });

  it('may count rows that the key may not read', async () => {
    play({ count: 'withHidden' });
    expect((await search({ value: ['one.example.org'] })).body).toMatchObject({ count: 2, size: 1 });
  });

  it('may leave some rows out of a partial answer, always the same', async () => {
    play({ partialResult: 'true', partialRows: 'some' });
    const { length } = valuesOf(await search(many));
    expect(length).toBeGreaterThan(3);
    expect(length).toBeLessThan(25);
    expect(valuesOf(await search({ value: ['xn--bcher-kva.example'] }))).toEqual([]);
  });

  it.each([
    ['emptyList', 200, []],
    ['nullData', 200, null],
    ['404', 404, null],
  ] as const)('that finds nothing is %s', async (noMatch, status, data) => {
    play({ noMatch });
    expect(await search({ value: ['nothing.example.org'] })).toMatchObject({ status, body: { data } });
  });
});

describe('a row', () => {
  const domain = 'one.example.org';
  const stamp = '2026-05-01T00:00:00.000';
  const cases: readonly [Partial<ArgusBehaviours>, string, object][] = [
    [{ valueForm: 'block' }, '192.0.2.1', { value: '192.0.2.1/32' }],
    [{ valueForm: 'block' }, '2001:db8::1', { value: '2001:db8::1/128' }],
    [{ valueForm: 'range' }, '192.0.2.1', { value: '192.0.2.1-192.0.2.1' }],
    [{ valueForm: 'mapped' }, '192.0.2.1', { value: '::ffff:192.0.2.1' }],
    [{ valueForm: 'padded' }, '192.0.2.1', { value: '192.000.002.001' }],
    [{ valueForm: 'padded' }, '2001:db8::1', { value: '2001:0db8:0000:0000:0000:0000:0000:0001' }],
    [{ valueForm: 'upperCase' }, domain, { value: 'ONE.EXAMPLE.ORG' }],
    [{ valueForm: 'finalDot' }, domain, { value: 'one.example.org.' }],
    [{ valueForm: 'finalDot' }, '192.0.2.1', { value: '192.0.2.1' }],
    [{ valueForm: 'unicode' }, 'xn--bcher-kva.example', { value: 'bücher.example' }],
    [{ valueForm: 'blanks' }, domain, { value: ' one.example.org ' }],
    [{ idForm: 'number' }, domain, { id: expect.any(Number) }],
    [{ idForm: 'absent' }, domain, { id: undefined }],
    [{ listForm: 'numericId' }, domain, { indicatorList: { id: expect.any(Number), shortName: 'sure' } }],
    [{ listForm: 'withoutId' }, domain, { indicatorList: { id: undefined, shortName: 'sure' } }],
    [{ listForm: 'withoutShortName' }, domain, { indicatorList: { shortName: undefined } }],
    [{ listForm: 'withoutBoth' }, domain, { indicatorList: { id: undefined, shortName: undefined, confidence: 0.9 } }],
    [{ listForm: 'text' }, domain, { indicatorList: 'sure' }],
    [{ listForm: 'null' }, domain, { indicatorList: null }],
    [{ confidenceForm: 'text', recordConfidence: 'sent' }, domain, { confidence: '0.9' }],
    [{ confidenceForm: 'text' }, domain, { indicatorList: { confidence: '0.9' } }],
    [{ confidenceForm: 'percent' }, domain, { indicatorList: { confidence: 90 } }],
    [{ confidenceForm: 'percentText' }, domain, { indicatorList: { confidence: '90' } }],
    [{ confidenceForm: 'null' }, domain, { indicatorList: { confidence: null } }],
    [{ confidenceForm: 'absent' }, domain, { indicatorList: { confidence: undefined } }],
    [{ typeForm: 'upperCase' }, domain, { type: { shortName: 'DOMAIN' } }],
    [{ typeForm: 'text' }, domain, { type: 'domain' }],
    [{ typeForm: 'null' }, domain, { type: null }],
    [{ typeNames: 'long' }, domain, { type: { shortName: 'domainName' } }],
    [{ typeNames: 'long' }, hash, { type: { shortName: 'fileSha256' } }],
    [{ typeNames: 'short' }, '192.0.2.1', { type: { shortName: 'ipv4' } }],
    [{ typeNames: 'short' }, '2001:db8::1', { type: { shortName: 'ipv6' } }],
    [{ typeNames: 'capitalised' }, '192.0.2.1', { type: { shortName: 'IP' } }],
    [{ stateForm: 'upperCase' }, domain, { state: 'ACTIVE' }],
    [{ stateForm: 'object' }, domain, { state: { shortName: 'active' } }],
    [{ stateForm: 'unknown' }, domain, { state: 'dormant' }],
    [{ stateForm: 'null' }, domain, { state: null }],
    [{ stateForm: 'absent' }, domain, { state: undefined }],
    [{ timeForm: 'digits' }, domain, { createdTimestamp: String(at), deletedTimestamp: '0' }],
    [{ timeForm: 'iso' }, domain, { createdTimestamp: `${stamp}Z`, deletedTimestamp: '1970-01-01T00:00:00.000Z' }],
    [{ timeForm: 'isoWithoutZone' }, domain, { createdTimestamp: stamp }],
    [{ timeForm: 'isoWithOffset' }, domain, { createdTimestamp: `${stamp}+0000` }],
    [{ timeForm: 'huge' }, domain, { createdTimestamp: 2 ** 63, deletedTimestamp: 0 }],
    [{ timeForm: 'leapSecond' }, domain, { createdTimestamp: '2026-05-01T00:00:60Z' }],
    [{ unsetTime: 'minusOne' }, domain, { createdTimestamp: at, deletedTimestamp: -1 }],
    [{ unsetTime: 'null' }, domain, { deletedTimestamp: null }],
    [{ unsetTime: 'absent' }, domain, { deletedTimestamp: undefined }],
    [{ deletedInSearch: 'returned' }, 'gone.example.org', { flags: ['deleted'], deletedTimestamp: at }],
    [{ deletedInSearch: 'returned', deletedMark: 'flag' }, 'gone.example.org', { deletedTimestamp: 0 }],
    [{ deletedInSearch: 'returned', deletedMark: 'timestamp' }, 'gone.example.org', { flags: [] }],
    [{ deletedInSearch: 'returned', flagsForm: 'objects' }, 'gone.example.org', { flags: [{ shortName: 'deleted' }] }],
    [{ deletedInSearch: 'returned', flagsForm: 'text' }, 'gone.example.org', { flags: 'deleted' }],
    [{ flagsForm: 'null' }, domain, { flags: null }],
    [{ flagsForm: 'absent' }, domain, { flags: undefined }],
    [{ propertiesForm: 'null' }, domain, { properties: null }],
    [{ propertiesForm: 'object' }, domain, { properties: { comment: 'text', role: ['c2'] } }],
    [{ propertiesForm: 'texts' }, domain, { properties: ['text', 'c2'] }],
    [{ propertiesForm: 'oddEntries' }, domain, { properties: [null, { descriptor: null }, { value: 7 }] }],
  ];
  it.each(cases)('with %j, of %s, has %j', async (behaviours, value, expected) => {
    play(behaviours);
    const includeProperties = [{ descriptor: 'comment' }, { descriptor: 'role' }];
    const { body } = await search({ value: [value], includeProperties });
    expect(body.data).toHaveLength(1);
    expect(withMissing(body.data[0], expected)).toMatchObject(expected);
  });
});

describe('what is found', () => {
  const cases: readonly [Partial<ArgusBehaviours>, object, unknown[]][] = [
    [{}, { value: ['two.one.example.org'] }, ['two.one.example.org']],
    [{ exactValue: 'andCovering' }, { value: ['two.one.example.org'] }, ['one.example.org', 'two.one.example.org']],
    [{ exactValue: 'andCovering' }, { value: ['192.0.2.1'] }, ['192.0.2.0/28', '192.0.2.1']],
    [{ exactValue: 'andSubstrings' }, { value: ['one.example.org'] }, ['one.example.org', 'two.one.example.org']],
    [{}, { ipSearch: { ip: ['192.0.2.9'] } }, ['192.0.2.0/28', '192.0.2.9']],
    [{ ipSearchTypes: 'ip' }, { ipSearch: { ip: ['192.0.2.9'] } }, ['192.0.2.0/28']],
    [{ ipSearchMatch: 'within' }, { ipSearch: { ip: ['192.0.2.1'] } }, ['192.0.2.1']],
    [{}, { value: ['192.0.2.9'] }, ['192.0.2.9']],
    [{ foreignRow: 'domain' }, { value: [hash] }, ['foreign.example.com', hash]],
    [{ foreignRow: 'address' }, { ipSearch: { ip: ['192.0.2.1'] } }, ['203.0.113.251', '192.0.2.0/28', '192.0.2.1']],
    [{ foreignRow: 'nullValue' }, { domainSearch: { domain: ['one.example.org'] } }, [null, 'one.example.org']],
    [{ hiddenRows: 'withoutList' }, { value: ['one.example.org'] }, ['one.example.org', 'one.example.org']],
    [{ typeNames: 'long' }, { type: ['ipAddress'], value: ['192.0.2.1', hash] }, ['192.0.2.1']],
  ];
  it.each(cases)('with %j by %j is %j', async (behaviours, terms, expected) => {
    play(behaviours);
    expect(valuesOf(await search(terms))).toEqual(expected);
  });

  it('has no list where the key may not read it', async () => {
    play({ hiddenRows: 'withoutList' });
    const { body } = await search({ value: ['one.example.org'], sortBy: ['indicatorList'] });
    expect(body.data).toMatchObject([{ indicatorList: null }, { indicatorList: { shortName: 'sure' } }]);
  });

  it('goes on after a value as rows have it', async () => {
    play({ valueForm: 'upperCase', limitCap: 10 });
    const read: unknown[] = [];
    for (let afterValue: unknown; ; afterValue = read.at(-1)) {
      const rows = valuesOf(await search({ ...many, ...(afterValue !== undefined && { afterValue }) }));
      if (rows.length === 0) break;
      read.push(...rows);
    }
    expect(new Set(read).size).toBe(30);
  });
});

describe('a search is refused', () => {
  const values = ['a.example.org', 'b.example.org', 'c.example.org'];
  const cases: readonly [Partial<ArgusBehaviours>, object, number, (string | null)[]][] = [
    [{ limitCap: 10, limitOver: '412' }, { value: values }, 412, ['limit']],
    [{ valuesCap: 2 }, { value: values }, 412, ['value']],
    [{ valuesCap: 2 }, { ipSearch: { ip: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] } }, 412, ['ipSearch.ip']],
    [{ valuesCap: 2, valuesOver: 'item' }, { domainSearch: { domain: values } }, 412, ['domainSearch.domain[2]']],
    [{ valuesCap: 2, valuesOver: 'nothing' }, { value: values }, 412, [null]],
    [{ valuesCap: 2, valuesOver: '413' }, { value: values }, 413, [null]],
    [{ valuesCap: 2, valuesOver: '400' }, { value: values }, 400, [null]],
    [{ refusedValue: 'b.example.org' }, { value: values }, 412, ['value[1]']],
    [{ refusedValue: 'b.example.org', refusedValueAs: 'criterion' }, { value: values }, 412, ['value']],
    [{ refusedValue: 'b.example.org', refusedValueAs: 'nothing' }, { value: values }, 412, [null]],
    [{ valuesCap: 3, refusedValue: 'x.example.org' }, { value: values }, 200, []],
    [{ typeNames: 'long' }, { type: ['domain'] }, 412, ['type[0]']],
  ];
  it.each(cases)('with %j, asked %j: %i %j', async (behaviours, terms, status, fields) => {
    play(behaviours);
    const answer = await search(terms);
    expect(answer.status).toBe(status);
    expect(answer.body.messages.map(({ field }: { field: string | null }) => field)).toEqual(fields);
  });
});

describe('the list of types', () => {
  const types = async () => {
    const url = `${emulators.argus.url}/reputation/v2/type`;
    const answer = await fetch(url, { headers: { 'Argus-API-Key': 'demo/key/full' } });
    // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
    const { data } = (await answer.json()) as any;
    return data?.map(({ shortName }: { shortName: string }) => shortName) ?? answer.status;
  };

  it.each([
    [{}, ['domain', 'ip', 'sha256']],
    [{ typeNames: 'long' }, ['domainName', 'fileSha256', 'ipAddress']],
    [{ typeNames: 'short' }, ['checksum', 'fqdn', 'ipv4', 'ipv6']],
    [{ typeNames: 'capitalised' }, ['Domain', 'IP', 'SHA256']],
    [{ typeList: '403' }, 403],
  ] as const)('with %j is %j', async (behaviours, expected) => {
    play(behaviours);
    expect(await types()).toEqual(expected);
  });
});

describe('before each page of a search', () => {
  it('a test is told its number and the records before and from it on, and may change them', async () => {
    const told: unknown[] = [];
    const moved: string[] = [];
    argus.beforePage = ({ page, before, from }) => {
      told.push([page, before.length, from.length]);
      if (page === 2 && before[0]) {
        moved.push(before[0].id);
        argus.add({ value: before[0].value, list: 'sure', id: before[0].id, state: 'old', created: at });
      }
    };
    const first = valuesOf(await search({ ...many, limit: 10 }));
    const second = await search({ ...many, limit: 10, offset: 10 });
    await search(many);
    expect(told).toEqual([
      [1, 0, 30],
      [2, 10, 20],
      [1, 0, 29],
    ]);
    expect(second.body.count).toBe(29);
    expect(valuesOf(second)).toHaveLength(10);
    argus.add({ value: String(first[0]), list: 'sure', id: moved[0] ?? '', created: at });
  });

  it('records that compare equal may come in another order on the second page', async () => {
    const ties = { ...many, limit: 10, sortBy: ['-createdTimestamp'] };
    const stable = valuesOf(await search({ ...ties, offset: 10 }));
    play({ tieOrder: 'changing' });
    const first = valuesOf(await search(ties));
    const second = valuesOf(await search({ ...ties, offset: 10 }));
    expect(second).toEqual(stable.toReversed());
    expect(first).not.toEqual(second);
  });

  it('the same after a value', async () => {
    const told: unknown[] = [];
    argus.beforePage = ({ page, before, from }) => void told.push([page, before.length, from.length]);
    const rows = valuesOf(await search({ ...many, limit: 10 }));
    await search({ ...many, limit: 10, afterValue: rows.at(-1) });
    expect(told).toEqual([
      [1, 0, 30],
      [2, 10, 20],
    ]);
  });
});
