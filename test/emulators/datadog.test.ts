import { client, v2 } from '@datadog/datadog-api-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import recorded from '../recorded/datadog-indicator-200.json' with { type: 'json' };

const path = '/api/v2/security/siem/ioc-explorer/indicator';
const credentials = { 'DD-API-KEY': 'demo-api-key', 'DD-APPLICATION-KEY': 'demo-app-key' };

let emulators: Emulators;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(() => emulators.close());

async function ask(query: Record<string, string>, headers: Record<string, string> = credentials) {
  const answer = await fetch(`${emulators.datadog.url}${path}?${new URLSearchParams(query)}`, { headers });
  const text = await answer.text();
  return { answer, text, body: JSON.parse(text) };
}

async function attributes(query: Record<string, string>) {
  const { body } = await ask(query);
  return body.data.attributes.data;
}

describe('the official client', () => {
  function official() {
    const configuration = client.createConfiguration({
      baseServer: new client.BaseServerConfiguration(emulators.datadog.url, {}),
      authMethods: { apiKeyAuth: 'demo-api-key', appKeyAuth: 'demo-app-key' },
    });
    configuration.unstableOperations['v2.getIndicatorOfCompromise'] = true;
    return new v2.SecurityMonitoringApi(configuration);
  }

  it('reads a whole answer with triage history', async () => {
    const read = await official().getIndicatorOfCompromise({
      indicator: 'evil.example.org',
      includeTriageHistory: true,
    });
    const facts = read.data?.attributes?.data;
    expect(facts).not.toHaveProperty('unparsedObject');
    expect(facts).toMatchObject({ id: 'evil.example.org', score: 92.5, logMatches: 1337, mAsType: 'LOWER_SCORE' });
    expect(facts?.asGeo).toMatchObject({ countryCode: 'NO' });
    expect(facts?.triageHistory).toHaveLength(5);
    expect(facts?.users).toEqual({ email: ['alice@example.com', 'bob@example.com'], iam: ['deploy-role'] });
  });

  it('reads an answer with null sources and absent members', async () => {
    const read = await official().getIndicatorOfCompromise({ indicator: '192.0.2.1' });
    expect(read.data?.attributes?.data).toMatchObject({
      indicatorType: 'IP Address',
      score: 4,
      maliciousSources: null,
    });
    expect(read.data?.attributes?.data?.asGeo).toBeUndefined();
  });

  it('takes an unknown indicator for a 404', async () => {
    const asked = official().getIndicatorOfCompromise({ indicator: 'quiet.example.com' });
    await expect(asked).rejects.toMatchObject({ code: 404 });
  });

  it('sends a user agent with slashes and parentheses that the emulator knows', async () => {
    const indicator = 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)';
    const read = await official().getIndicatorOfCompromise({ indicator });
    expect(read.data?.attributes?.data?.indicator).toBe(indicator);
    expect(emulators.datadog.requests[0]?.values).toEqual([indicator]);
  });
});

describe('an answer', () => {
  it('has the content type of JSON:API whatever was accepted, and a fresh id', async () => {
    const first = await ask({ indicator: 'evil.example.org' }, { ...credentials, accept: 'application/json' });
    const second = await ask({ indicator: 'evil.example.org' });
    expect(first.answer.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(first.body.data.type).toBe('get_indicator_response');
    expect(first.body.data.id).not.toBe(second.body.data.id);
  });

  it('is the recorded one of 192.0.2.1, word for word', async () => {
    const { body } = await ask({ indicator: '192.0.2.1', include_triage_history: 'true' });
    const { id: _, ...expected } = recorded.response.body.data;
    expect(body.data).toEqual({ ...expected, id: expect.any(String) });
  });

  it('of April has no triage fields, times without fraction and empty texts', async () => {
    const indicator = 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)';
    for (const facts of [await attributes({ indicator }), await attributes({ indicator: '43.228.157.121' })]) {
      expect(Object.keys(facts).filter(name => name.startsWith('triage'))).toEqual([]);
      expect(facts.first_seen).toMatch(/T\d\d:\d\d:\d\dZ$/);
      expect(facts.last_seen).toMatch(/T\d\d:\d\d:\d\dZ$/);
    }
    expect(await attributes({ indicator })).toMatchObject({
      indicator_type: 'User Agent',
      as_type: 'hosting',
      as_number: '',
      as_organization: '',
      as_cidr_block: '',
      score: 4,
    });
    expect(await attributes({ indicator: '43.228.157.121' })).toMatchObject({
      score: 8,
      malicious_sources: [{ name: 'threatfox' }],
      suspicious_sources: [{ name: 'tor' }, { name: 'SPUR' }],
      benign_sources: null,
      categories: ['malware', 'tor', 'hosting_proxy'],
      as_geo: { city: 'Frankfurt am Main', country_code: 'DE', country_name: 'Germany' },
      log_matches: 14,
      max_trust_score: 'RAISE_SCORE',
      m_sources: 'RAISE_SCORE',
    });
  });

  it('writes 64-bit counts with all their digits', async () => {
    const { text } = await ask({ indicator: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f' });
    expect(text).toContain('"log_matches":9007199254740993');
    expect(text).toContain('"signal_matches":9223372036854775807');
  });

  it('has triage history only when asked for it, and the window that was asked', async () => {
    const all = await attributes({ indicator: 'evil.example.org', include_triage_history: 'true' });
    const without = await attributes({ indicator: 'evil.example.org', triage_history_limit: '2' });
    const page = { include_triage_history: 'true', triage_history_limit: '2', triage_history_offset: '1' };
    const some = await attributes({ indicator: 'evil.example.org', ...page });
    expect(without).not.toHaveProperty('triage_history');
    expect(some.triage_history).toEqual(all.triage_history.slice(1, 3));
    expect({ ...some, triage_history: undefined }).toEqual({ ...without, triage_history: undefined });
  });

  it('orders history by microseconds, newest first', async () => {
    const facts = await attributes({ indicator: 'evil.example.org', include_triage_history: 'true' });
    const times = facts.triage_history.map((event: { triaged_at: string }) => event.triaged_at);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('depends on the matcher: ocsf true, false and absent are three questions', async () => {
    const matches = async (ocsf: Record<string, string>) =>
      (await attributes({ indicator: 'evil.example.org', ...ocsf })).log_matches;
    expect(await matches({})).toBe(1337);
    expect(await matches({ ocsf: 'true' })).toBe(1200);
    expect(await matches({ ocsf: 'false' })).toBe(137);
    expect((await ask({ indicator: 'ocsf.example.com', ocsf: 'false' })).answer.status).toBe(404);
  });
});

describe('a refusal', () => {
  it('is 404 with error objects for an unknown indicator, as recorded', async () => {
    const { answer, body } = await ask({ indicator: 'quiet.example.com' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(body).toEqual({ errors: [{ title: 'Generic Error', detail: 'indicator not found' }] });
  });

  it('has strings for errors, as documented, when configured so', async () => {
    emulators.datadog.behaviours.errorShape = 'strings';
    expect((await ask({ indicator: 'quiet.example.com' })).body).toEqual({ errors: ['indicator not found'] });
  });

  it.each([
    ['no credentials', {}, 401],
    ['half a key pair', { 'DD-API-KEY': 'demo-api-key' }, 401],
    ['a wrong key pair', { 'DD-API-KEY': 'demo-api-key', 'DD-APPLICATION-KEY': 'other' }, 403],
    ['an unknown token', { Authorization: 'Bearer other' }, 401],
    ['a token without the scope', { Authorization: 'Bearer demo-token-without-scope' }, 403],
    ['the demo token', { Authorization: 'Bearer demo-token' }, 200],
  ])('meets %s with its status', async (_what, headers, status) => {
    expect((await ask({ indicator: 'evil.example.org' }, headers)).answer.status).toBe(status);
  });

  it.each([
    ['no indicator', {}],
    ['an empty indicator', { indicator: '' }],
    ['ocsf that is no boolean', { indicator: 'evil.example.org', ocsf: 'maybe' }],
    ['a negative offset', { indicator: 'evil.example.org', triage_history_offset: '-1' }],
  ])('is 400 for %s', async (_what, query) => {
    const { answer, body } = await ask(query);
    expect(answer.status).toBe(400);
    expect(body.errors).toHaveLength(1);
  });
});

describe('the data set', () => {
  it('has another word for another organisation', async () => {
    const other = { 'DD-API-KEY': 'other-api-key', 'DD-APPLICATION-KEY': 'other-app-key' };
    const { body } = await ask({ indicator: 'evil.example.org' }, other);
    expect(body.data.attributes.data).toMatchObject({ score: 12, tags: ['other-org'] });
    emulators.dataSet.datadog.add('theirs.example.org', {}, 'other');
    expect((await ask({ indicator: 'theirs.example.org' }, other)).answer.status).toBe(200);
    expect((await ask({ indicator: 'theirs.example.org' })).answer.status).toBe(404);
  });

  it('can be added to and taken from while the emulator runs', async () => {
    const { datadog } = emulators.dataSet;
    datadog.add('new.example.org', { attributes: { score: 12, as_geo: undefined, brand_new: { a: 1 } } });
    expect(await attributes({ indicator: 'new.example.org' })).toMatchObject({ score: 12, brand_new: { a: 1 } });
    datadog.remove('new.example.org');
    expect((await ask({ indicator: 'new.example.org' })).answer.status).toBe(404);
  });
});

it.each([
  ['empty', 404],
  ['noContent', 204],
] as const)('an unknown indicator may be %s: a whole answer without a body', async (unknown, status) => {
  emulators.datadog.behaviours.unknown = unknown;
  const answer = await fetch(`${emulators.datadog.url}${path}?indicator=nobody.example`, { headers: credentials });
  expect([answer.status, await answer.text()]).toEqual([status, '']);
});
