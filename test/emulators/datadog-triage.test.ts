/** The emulator of Datadog's triage endpoint, by its recorded answers and the official client. */
import { client, v2 } from '@datadog/datadog-api-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import recorded from '../recorded/datadog-triage-201.json' with { type: 'json' };
import refused from '../recorded/datadog-triage-400.json' with { type: 'json' };

let dataSet: DataSet;
let emulators: Emulators;
beforeEach(async () => {
  dataSet = createDataSet();
  dataSet.datadog.add('192.0.2.1', { attributes: { score: 4 } });
  emulators = await startEmulators({ dataSet });
});
afterEach(() => emulators.close());

const keys = { 'dd-api-key': 'demo-api-key', 'dd-application-key': 'demo-app-key' };
const post = async (triage_state: string, headers: Record<string, string> = keys) => {
  const answer = await fetch(`${emulators.datadog.url}${recorded.request.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ data: { type: 'ioc_triage_state', attributes: { indicator: '192.0.2.1', triage_state } } }),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
};

describe('a triage state', () => {
  it('satisfies the official client, whose three operations see each other', async () => {
    const configuration = client.createConfiguration({
      baseServer: new client.BaseServerConfiguration(emulators.datadog.url, {}),
      authMethods: { apiKeyAuth: 'demo-api-key', appKeyAuth: 'demo-app-key' },
    });
    for (const name of ['listIndicatorsOfCompromise', 'createIoCTriageState', 'getIndicatorOfCompromise'])
      configuration.unstableOperations[`v2.${name}`] = true;
    const api = new v2.SecurityMonitoringApi(configuration);
    const written = await api.createIoCTriageState({
      body: { data: { type: 'ioc_triage_state', attributes: { indicator: '192.0.2.1', triageState: 'reviewed' } } },
    });
    expect(written.data?.attributes).toMatchObject({ indicator: '192.0.2.1', triageState: 'reviewed' });
    expect(written.data).not.toHaveProperty('unparsedObject');
    const listed = await api.listIndicatorsOfCompromise({ triageState: 'reviewed' });
    expect(listed.data?.attributes?.data?.map(({ indicator }) => indicator)).toEqual(['192.0.2.1']);
    const read = await api.getIndicatorOfCompromise({ indicator: '192.0.2.1', includeTriageHistory: true });
    expect(read.data?.attributes?.data?.triageHistory).toHaveLength(1);
  });

  it('is answered as recorded', async () => {
    const { status, type, body } = await post('reviewed');
    expect([status, type]).toEqual([recorded.response.status, recorded.response.headers['content-type']]);
    const shapeOf = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]))
        : typeof value;
    expect(shapeOf(body)).toEqual(shapeOf(recorded.response.body));
    expect(body.data.attributes.triaged_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('that is none is refused as recorded', async () => {
    expect(await post('invalid_state')).toMatchObject({ status: 400, body: refused.response.body });
  });

  it('is a new event each time, also where nothing changes', async () => {
    for (const _ of [1, 2]) await post('reviewed');
    expect(dataSet.datadog.find('192.0.2.1', 'absent')?.history.map(({ triage_state }) => triage_state)).toEqual([
      'reviewed',
      'reviewed',
    ]);
  });

  it('is not written with keys or a token that may only read', async () => {
    dataSet.datadog.credentials.readers.add('demo-app-key');
    expect((await post('reviewed')).status).toBe(403);
    expect((await post('reviewed', { authorization: 'Bearer demo-token-reading' })).status).toBe(403);
    expect((await post('reviewed', { authorization: 'Bearer demo-token' })).status).toBe(201);
    expect(dataSet.datadog.find('192.0.2.1', 'absent')?.history).toHaveLength(1);
  });
});
