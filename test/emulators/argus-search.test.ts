import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { argusAs } from './ask-argus.ts';

let emulators: Emulators;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(() => emulators.close());

const full = argusAs(() => emulators, 'demo/key/full');

describe('criteria', () => {
  it('are ORed inside one and ANDed between them', async () => {
    const { rows } = await full.search({
      value: ['evil.example.org', 'listed.example.net'],
      indicatorList: ['phishing'],
      sortBy: ['value'],
    });
    expect(rows.map(({ value, indicatorList }) => [value, indicatorList.shortName])).toEqual([
      ['evil.example.org', 'phishing'],
      ['listed.example.net', 'phishing'],
    ]);
  });

  it('name lists by id as well as by short name', async () => {
    const id = emulators.dataSet.argus.lists.get('botnet-c2')?.id;
    const { rows } = await full.search({ value: ['evil.example.org'], indicatorList: [id] });
    expect(rows.map(row => row.indicatorList.shortName)).toEqual(['botnet-c2']);
  });

  it('take repeated query parameters as several values', async () => {
    const { body } = await full.get('indicator/domain/evil.example.org?state=active&state=latest&state=old');
    expect(body.count).toBe(5);
  });

  it('leave deleted records out unless asked for or configured so; the flag alone hides none', async () => {
    const found = async (terms: object = {}) =>
      (await full.search({ value: ['deleted.example.org', 'withdrawn.example.org'], sortBy: ['value'], ...terms }))
        .rows;
    expect((await found()).map(({ value, flags }) => [value, flags])).toEqual([['withdrawn.example.org', ['deleted']]]);
    expect((await found({ includeDeleted: true })).map(({ value }) => value)).toEqual([
      'deleted.example.org',
      'withdrawn.example.org',
    ]);
    emulators.argus.behaviours.deletedInSearch = 'returned';
    const [deleted] = await found();
    expect(deleted).toMatchObject({ value: 'deleted.example.org', flags: ['deleted'] });
    expect(deleted?.deletedTimestamp).toBeGreaterThan(0);
  });

  it('compare the confidence of the list', async () => {
    const lists = async (terms: object) =>
      (await full.search({ value: ['evil.example.org'], sortBy: ['indicatorList'], ...terms })).rows.map(
        row => row.indicatorList.shortName,
      );
    expect(await lists({ minConfidence: 0.7 })).toEqual(['botnet-c2', 'phishing']);
    expect(await lists({ minConfidence: 0.6, maxConfidence: 0.75 })).toEqual(['partner-exchange', 'phishing']);
  });

  it('match exact values in the path form, without parents or blocks', async () => {
    expect((await full.get('indicator/domain/login.parked.example.com')).rows).toEqual([]);
    expect((await full.get('indicator/ip/198.51.100.5')).rows).toEqual([]);
    expect((await full.get('indicator/domain/EVIL.example.org')).body.count).toBe(3);
    emulators.argus.behaviours.domainCase = 'exact';
    expect((await full.get('indicator/domain/EVIL.example.org')).body.count).toBe(0);
  });

  it('sort by several fields in turn, ties as they were added', async () => {
    const { argus } = emulators.dataSet;
    const added = ['b', 'a', 'b', 'a'].map(
      name => argus.add({ value: `${name}.tie.test`, list: 'phishing', updated: 5 }).id,
    );
    const ids = async (sortBy: string[]) =>
      (await full.search({ value: ['a.tie.test', 'b.tie.test'], sortBy })).rows.map(row => added.indexOf(row.id));
    expect(await ids(['value'])).toEqual([1, 3, 0, 2]);
    expect(await ids(['-value'])).toEqual([0, 2, 1, 3]);
    expect(await ids(['indicatorList', 'lastUpdatedTimestamp', '-value'])).toEqual([0, 2, 1, 3]);
  });
});

describe('ipSearch', () => {
  const values = async (...ip: string[]) =>
    (await full.search({ type: ['ip'], ipSearch: { ip }, sortBy: ['value'], limit: 1000 })).values;

  it('finds blocks and ranges that enclose an address', async () => {
    expect(await values('198.51.100.5')).toEqual(['198.51.100.0/28', '198.51.100.4-198.51.100.9']);
    expect(await values('198.51.100.12')).toEqual(['198.51.100.0/28']);
    expect(await values('2001:0DB8:BAD::1')).toEqual(['2001:db8:bad::/48']);
  });

  it('finds what lies inside a block or a range, or overlaps it', async () => {
    emulators.dataSet.argus.add({ value: '198.51.100.14', list: 'phishing' });
    expect(await values('198.51.100.0/28')).toEqual(['198.51.100.0/28', '198.51.100.14', '198.51.100.4-198.51.100.9']);
    expect(await values('198.51.100.9-198.51.100.13')).toEqual(['198.51.100.0/28', '198.51.100.4-198.51.100.9']);
  });

  it('finds only what lies wholly inside when configured so', async () => {
    emulators.argus.behaviours.ipSearchMatch = 'within';
    expect(await values('198.51.100.5')).toEqual([]);
    expect(await values('198.51.100.0-198.51.100.13')).toEqual(['198.51.100.4-198.51.100.9']);
  });

  it.each(['198.51.100.256', '198.51.100.1/33', '0300.0.2.1', '198.51.100.9-198.51.100.1', '::1-192.0.2.1', ''])(
    'refuses %j by its place in the list',
    async unusable => {
      const { status, fields } = await full.search({ ipSearch: { ip: ['192.0.2.1', unusable] } });
      expect(status).toBe(412);
      expect(fields).toEqual(['ipSearch.ip[1]']);
    },
  );
});

describe('times', () => {
  const day = 86_400_000;
  const at = Date.UTC(2026, 4, 10);
  beforeEach(() => {
    const { argus } = emulators.dataSet;
    argus.add({
      value: 'time.test',
      list: 'phishing',
      firstSeen: at,
      lastSeen: at + 5 * day,
      created: at,
      updated: at + 5 * day,
    });
  });
  const hits = async (terms: object) => (await full.search({ value: ['time.test'], ...terms })).body.count;

  it('are milliseconds, ISO in UTC or relative', async () => {
    const fields = { timeFieldStrategy: ['firstSeenTimestamp'] };
    expect(await hits({ startTimestamp: at, endTimestamp: at, ...fields })).toBe(1);
    expect(
      await hits({ startTimestamp: '2026-05-10T00:00:00Z', endTimestamp: '2026-05-10T00:00:01Z', ...fields }),
    ).toBe(1);
    expect(await hits({ startTimestamp: '-1 day', endTimestamp: 'now', ...fields })).toBe(0);
    expect(await hits({ startTimestamp: '-100000d', ...fields })).toBe(1);
  });

  it('match all of the chosen fields, or any', async () => {
    const window = {
      startTimestamp: at,
      endTimestamp: at + day,
      timeFieldStrategy: ['firstSeenTimestamp', 'lastSeenTimestamp'],
    };
    expect(await hits(window)).toBe(0);
    expect(await hits({ ...window, timeMatchStrategy: 'any' })).toBe(1);
  });

  it('that are unset count under the strategy all only when configured as literal', async () => {
    expect(await hits({ startTimestamp: at, endTimestamp: at + 6 * day })).toBe(1);
    emulators.argus.behaviours.unsetTimestamps = 'literal';
    expect(await hits({ startTimestamp: at, endTimestamp: at + 6 * day })).toBe(0);
  });

  it.each(['2026-05-10T00:00:00+02:00', '2026-05-10', '10 May', '-1 fortnight', -5])(
    'refuse %j',
    async startTimestamp => {
      const { status, fields } = await full.search({ startTimestamp });
      expect(status).toBe(412);
      expect(fields).toEqual(['startTimestamp']);
    },
  );
});

describe('a validation failure', () => {
  it.each([
    ['limit', { limit: -1 }],
    ['limit', { limit: 100_001 }],
    ['limit', { limit: '25' }],
    ['offset', { offset: -1 }],
    ['offset', { offset: 9_990, limit: 11 }],
    ['limit', { limit: 10_001 }],
    ['sortBy[0]', { sortBy: ['confidence'] }],
    ['state[1]', { state: ['active', 'gone'] }],
    ['minConfidence', { minConfidence: 0.9, maxConfidence: 0.1 }],
    ['maxConfidence', { maxConfidence: 1.1 }],
    ['indicatorList[1]', { indicatorList: ['phishing', 'nobody-has-this'] }],
    ['type[0]', { type: ['hash'] }],
    ['value', { value: 'evil.example.org' }],
    ['includeProperties[0]', { includeProperties: ['comment'] }],
    ['includeProperties[0]', { includeProperties: [{ descriptor: 'nobody-has-this' }] }],
    ['includeProperties[0].name', { includeProperties: [{ descriptor: 'comment', name: 'x' }] }],
    ['domainSearch.subdomains', { domainSearch: { domain: ['a.test'], subdomains: true } }],
    ['unheardOf', { unheardOf: 1 }],
    ['afterValue', { afterValue: 'a.test' }],
  ])('is 412 and names %s', async (field, terms) => {
    const { status, body, fields } = await full.search(terms);
    expect(status).toBe(412);
    expect(fields).toContain(field);
    expect(body).toMatchObject({ responseCode: 412, data: null, size: 0, limit: 0 });
    expect(body.messages?.[0]).toMatchObject({ type: 'FIELD_ERROR' });
  });

  it('names every argument that is wrong', async () => {
    const { fields } = await full.search({ limit: -1, state: ['x'], unheardOf: 1 });
    expect(fields.toSorted()).toEqual(['limit', 'state[0]', 'unheardOf']);
  });

  it('is 400 for a body that is no JSON object', async () => {
    expect((await full.search('{"limit":')).status).toBe(400);
    expect((await full.search('[]')).status).toBe(400);
  });

  it('gives way to an empty result where a name is unknown, when configured so', async () => {
    emulators.argus.behaviours.unknownName = 'empty';
    expect((await full.search({ indicatorList: ['nobody-has-this'] })).body).toMatchObject({ count: 0, data: [] });
  });
});
