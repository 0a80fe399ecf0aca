import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { argusAs } from './ask-argus.ts';

let emulators: Emulators;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(() => emulators.close());

const full = argusAs(() => emulators, 'demo/key/full');
const partner = argusAs(() => emulators, 'demo/key/partner');
const narrow = argusAs(() => emulators, 'demo/key/narrow');
const evilId = '15ab1f7b-a032-47d9-97a2-97871fb2f9b4';

describe('the envelope', () => {
  it('has its members in the captured order, size last', async () => {
    const { body } = await full.get('indicator?limit=2');
    expect(Object.keys(body)).toHaveLength(8);
    const { text } = await full.get('indicator?limit=2');
    const order = [...text.matchAll(/"(responseCode|limit|offset|count|metaData|messages|data|size)":/g)].map(
      hit => hit[1],
    );
    expect(order).toEqual(['responseCode', 'limit', 'offset', 'count', 'metaData', 'messages', 'data', 'size']);
  });

  it('counts all matches of a list and none of a single object', async () => {
    const list = await full.get('indicator?limit=2');
    expect(list.body).toMatchObject({ responseCode: 200, limit: 2, offset: 0, size: 2, messages: [] });
    expect(list.body.count).toBeGreaterThan(1000);
    const single = await full.get(`indicator/${evilId}`);
    expect(single.body).toMatchObject({ limit: 0, offset: 0, count: 0, size: 0 });
  });

  it('has every documented member of a record', async () => {
    const { body } = await full.get(`indicator/${evilId}`);
    expect(body.data).toMatchObject({
      id: evilId,
      indicatorList: { shortName: 'botnet-c2', name: 'Botnet command and control', confidence: 0.9 },
      type: { shortName: 'domain', name: 'Domain' },
      value: 'evil.example.org',
      state: 'active',
      deletedTimestamp: 0,
      flags: [],
      properties: [],
    });
  });
});

describe('GET type', () => {
  it('lists the types by short name, also one that was added later', async () => {
    emulators.world.argus.addType('asn', 'AS number');
    const { body } = await full.get('type');
    expect(body.data).toEqual([
      { shortName: 'asn', name: 'AS number' },
      { shortName: 'domain', name: 'Domain' },
      { shortName: 'ip', name: 'IP' },
    ]);
  });

  it('needs its own function', async () => {
    expect((await narrow.get('type')).status).toBe(403);
    expect((await narrow.get('indicator')).status).toBe(200);
  });
});

describe('the documented defaults', () => {
  it('are 25 active records, newest update first, whichever endpoint is asked', async () => {
    const listed = await full.get('indicator');
    const searched = await full.search({});
    expect(listed.body).toMatchObject({ limit: 25, size: 25 });
    expect(listed.rows.every(({ state }) => state === 'active')).toBe(true);
    const updates = listed.rows.map(row => Number(row.lastUpdatedTimestamp));
    expect(updates).toEqual(updates.toSorted((a, b) => b - a));
    expect(searched.rows).toEqual(listed.rows);
  });

  it('cut a crowded value at 25 of 40', async () => {
    const { body } = await full.get('indicator/domain/crowded.example.org');
    expect(body).toMatchObject({ count: 40, size: 25 });
  });

  it('leave deleted records out, and show them flagged on request', async () => {
    expect((await full.search({ value: ['deleted.example.org'] })).rows).toEqual([]);
    const { rows } = await full.search({ value: ['deleted.example.org'], includeDeleted: true });
    expect(rows).toMatchObject([{ flags: ['deleted'] }]);
    expect(rows[0]?.deletedTimestamp).not.toBe(0);
  });

  it('look for parent domains and not for subdomains', async () => {
    emulators.world.argus.add({ value: 'a.login.parked.example.com', list: 'phishing' });
    const search = (more: object) =>
      full.search({ domainSearch: { domain: ['login.parked.example.com'], ...more }, sortBy: ['value'] });
    expect((await search({})).values).toEqual(['parked.example.com']);
    expect((await search({ includeSubdomains: true })).values).toEqual([
      'a.login.parked.example.com',
      'parked.example.com',
    ]);
    expect((await search({ includeParentDomains: false })).values).toEqual([]);
  });
});

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
    const id = emulators.world.argus.lists.get('botnet-c2')?.id;
    const { rows } = await full.search({ value: ['evil.example.org'], indicatorList: [id] });
    expect(rows.map(row => row.indicatorList.shortName)).toEqual(['botnet-c2']);
  });

  it('take repeated query parameters as several values', async () => {
    const { body } = await full.get('indicator/domain/evil.example.org?state=active&state=latest&state=old');
    expect(body.count).toBe(5);
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
    emulators.argus.switches.domainCase = 'exact';
    expect((await full.get('indicator/domain/EVIL.example.org')).body.count).toBe(0);
  });

  it('sort by several fields in turn, ties as they were added', async () => {
    const { argus } = emulators.world;
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
    emulators.world.argus.add({ value: '198.51.100.14', list: 'phishing' });
    expect(await values('198.51.100.0/28')).toEqual(['198.51.100.0/28', '198.51.100.14', '198.51.100.4-198.51.100.9']);
    expect(await values('198.51.100.9-198.51.100.13')).toEqual(['198.51.100.0/28', '198.51.100.4-198.51.100.9']);
  });

  it('finds only what lies wholly inside when switched so', async () => {
    emulators.argus.switches.ipSearchMatch = 'within';
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
    const { argus } = emulators.world;
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

  it('that are unset count under the strategy all only when switched to the literal reading', async () => {
    expect(await hits({ startTimestamp: at, endTimestamp: at + 6 * day })).toBe(1);
    emulators.argus.switches.unsetTimestamps = 'literal';
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

  it('gives way to an empty result where a name is unknown, when switched so', async () => {
    emulators.argus.switches.unknownName = 'empty';
    expect((await full.search({ indicatorList: ['nobody-has-this'] })).body).toMatchObject({ count: 0, data: [] });
  });
});

describe('permissions', () => {
  it.each([
    ['no key', '', 401],
    ['a key that nobody has', 'demo/key/other', 401],
    ['an expired key', 'demo/key/expired', 401],
    ['a key without functions', 'demo/key/blind', 403],
  ])('refuse %s', async (_what, key, status) => {
    const { status: answered, body } = await argusAs(() => emulators, key).search({});
    expect(answered).toBe(status);
    expect(body.messages).toMatchObject([{ type: 'ACTION_ERROR', field: null }]);
  });

  it('leave records of unreadable lists out, also of the count', async () => {
    const lists = async (who: typeof full) =>
      (await who.search({ value: ['evil.example.org'], sortBy: ['indicatorList'] })).rows.map(
        row => row.indicatorList.shortName,
      );
    expect(await lists(full)).toEqual(['botnet-c2', 'partner-exchange', 'phishing']);
    expect(await lists(partner)).toEqual(['botnet-c2', 'partner-exchange', 'phishing']);
    expect(await lists(narrow)).toEqual(['phishing']);
    expect((await partner.search({ value: ['restricted.example.org'] })).body).toMatchObject({ count: 0, data: [] });
    expect((await full.search({ value: ['sealed.example.org'] })).body.count).toBe(0);
  });

  it('change at run time', async () => {
    emulators.world.argus.keys.delete('demo/key/partner');
    expect((await partner.search({})).status).toBe(401);
  });

  it('refuse a property without saying which, and an unknown one by its name', async () => {
    const ask = (who: typeof full, ...names: string[]) =>
      who.search({ value: ['evil.example.org'], includeProperties: names.map(descriptor => ({ descriptor })) });
    const refused = await ask(partner, 'comment', 'analyst-note');
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('analyst-note');
    expect((await ask(full, 'informant')).status).toBe(403);
    expect((await ask(full, 'analyst-note')).status).toBe(200);
    emulators.argus.switches.hiddenProperty = 'omitted';
    expect((await ask(partner, 'comment', 'analyst-note')).rows[0]?.properties).toHaveLength(1);
  });

  it('refuse a hidden record by id with 403, or 404 when switched so', async () => {
    const id = emulators.world.argus.byValue('restricted.example.org')[0]?.id;
    expect((await full.get(`indicator/${id}`)).status).toBe(200);
    expect((await partner.get(`indicator/${id}`)).status).toBe(403);
    emulators.argus.switches.hiddenRecordById = '404';
    expect((await partner.get(`indicator/${id}`)).status).toBe(404);
  });
});

describe('properties', () => {
  it('come when asked for, as value or as values', async () => {
    const { body } = await full.get(`indicator/${evilId}?includeProperties=comment&includeProperties=role`);
    expect(body.data).toMatchObject({
      properties: [
        {
          descriptor: { shortName: 'comment', name: 'Comment' },
          dataType: 'fullText',
          multiValue: false,
          value: 'Imported from external feed',
          values: null,
        },
        { descriptor: { shortName: 'role' }, multiValue: true, value: null, values: ['c2', 'redirector'] },
      ],
    });
  });

  it('are named by descriptor id as well', async () => {
    const id = emulators.world.argus.descriptors.get('role')?.id;
    const { body } = await full.get(`indicator/${evilId}?includeProperties=${id}`);
    expect(body.data).toMatchObject({ properties: [{ descriptor: { id, shortName: 'role' } }] });
  });
});

describe('one record by id', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';

  it('is 412 for what is no UUID, 404 for one that nobody has', async () => {
    expect(await full.get('indicator/search')).toMatchObject({ status: 412, fields: ['id'] });
    expect(await full.get(`indicator/${unknown}`)).toMatchObject({ status: 404, fields: ['id'] });
    emulators.argus.switches.unknownId = 'nullData';
    expect(await full.get(`indicator/${unknown}`)).toMatchObject({ status: 200, body: { data: null } });
  });

  it('is 404 for a deleted one, or returned when switched so', async () => {
    const id = emulators.world.argus.byValue('deleted.example.org')[0]?.id;
    expect((await full.get(`indicator/${id}`)).status).toBe(404);
    emulators.argus.switches.deletedById = 'returned';
    expect((await full.get(`indicator/${id}`)).body.data).toMatchObject({ flags: ['deleted'] });
  });
});

describe('paths', () => {
  it('have one segment for a value: a raw slash is 404, an encoded one is read', async () => {
    emulators.world.argus.addType('url', 'URL');
    emulators.world.argus.add({ value: 'http://a.test/b', type: 'url', list: 'phishing' });
    expect((await full.get('indicator/url/http://a.test/b')).status).toBe(404);
    expect((await full.get(`indicator/url/${encodeURIComponent('http://a.test/b')}`)).body.count).toBe(1);
  });

  it('answer an encoded slash with a page that is no envelope, when switched so', async () => {
    emulators.argus.switches.encodedSlash = '400';
    const headers = { 'Argus-API-Key': 'demo/key/full' };
    const answer = await fetch(`${emulators.argus.url}/reputation/v2/indicator/domain/a%2Fb`, { headers });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Ambiguous URI');
  });

  it('that nobody documented are 404, and other methods 405', async () => {
    expect((await full.get('list')).status).toBe(404);
    const headers = { 'Argus-API-Key': 'demo/key/full' };
    expect((await fetch(`${emulators.argus.url}/reputation/v2/type`, { method: 'POST', headers })).status).toBe(405);
  });
});
