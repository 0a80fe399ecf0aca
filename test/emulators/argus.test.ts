import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { argusAs } from './ask-argus.ts';

let emulators: Emulators;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(() => emulators.close());

const full = argusAs(() => emulators, 'demo/key/full');
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
    expect(body.data).not.toHaveProperty('confidence');
  });

  it("has a confidence of its own, or its list's, where Argus is one that sends it", async () => {
    emulators.argus.behaviours.recordConfidence = 'sent';
    const of = async (value: string) => (await full.search({ value: [value] })).rows[0];
    expect(await of('sure.example.net')).toMatchObject({ confidence: 0.95, indicatorList: { confidence: 0.2 } });
    expect(await of('noisy.example.net')).toMatchObject({ confidence: 0.2, indicatorList: { confidence: 0.2 } });
  });
});

describe('GET type', () => {
  it('lists the types by short name, also one that was added later', async () => {
    emulators.dataSet.argus.addType('asn', 'AS number');
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
    emulators.dataSet.argus.add({ value: 'a.login.parked.example.com', list: 'phishing' });
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

describe('one record by id', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';

  it('is 412 for a malformed UUID and 404 for an unknown one', async () => {
    expect(await full.get('indicator/search')).toMatchObject({ status: 412, fields: ['id'] });
    expect(await full.get(`indicator/${unknown}`)).toMatchObject({ status: 404, fields: ['id'] });
    emulators.argus.behaviours.unknownId = 'nullData';
    expect(await full.get(`indicator/${unknown}`)).toMatchObject({ status: 200, body: { data: null } });
  });

  it('is 404 for a deleted one, or returned when configured so', async () => {
    const id = emulators.dataSet.argus.byValue('deleted.example.org')[0]?.id;
    expect((await full.get(`indicator/${id}`)).status).toBe(404);
    emulators.argus.behaviours.deletedById = 'returned';
    expect((await full.get(`indicator/${id}`)).body.data).toMatchObject({ flags: ['deleted'] });
  });
});

describe('paths', () => {
  it('have one segment for a value: a raw slash is 404, an encoded one is read', async () => {
    emulators.dataSet.argus.addType('url', 'URL');
    emulators.dataSet.argus.add({ value: 'http://a.test/b', type: 'url', list: 'phishing' });
    expect((await full.get('indicator/url/http://a.test/b')).status).toBe(404);
    expect((await full.get(`indicator/url/${encodeURIComponent('http://a.test/b')}`)).body.count).toBe(1);
  });

  it('answer an encoded slash with a page that is no envelope, when configured so', async () => {
    emulators.argus.behaviours.encodedSlash = '400';
    const headers = { 'Argus-API-Key': 'demo/key/full' };
    const answer = await fetch(`${emulators.argus.url}/reputation/v2/indicator/domain/a%2Fb`, { headers });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Ambiguous URI');
  });

  it('that are not documented are 404, and other methods 405', async () => {
    expect((await full.get('list')).status).toBe(404);
    const headers = { 'Argus-API-Key': 'demo/key/full' };
    expect((await fetch(`${emulators.argus.url}/reputation/v2/type`, { method: 'POST', headers })).status).toBe(405);
  });
});
