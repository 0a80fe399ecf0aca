/** Behaviours that are read and changed at run time, by a route of each emulator. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { argusDefaults } from '../../src/emulators/argus-behaviours.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';

let emulators: Emulators;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(() => emulators.close());

async function route(method: string, body?: unknown, name: 'argus' | 'datadog' = 'argus') {
  const url = `${emulators[name].url}/_emulator/behaviours`;
  const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  return { status: answer.status, json: (await answer.json()) as any };
}

describe('the behaviours of an emulator', () => {
  it('are shown with what each may be', async () => {
    const { status, json } = await route('GET');
    expect(status).toBe(200);
    expect(json.behaviours).toEqual(argusDefaults);
    expect(Object.keys(json.choices)).toEqual(Object.keys(argusDefaults));
    expect(json.choices.size).toMatchObject({ enum: ['exact', 'tooLarge', 'text', 'absent'], default: 'exact' });
    for (const { description } of Object.values<{ description: string }>(json.choices))
      expect(description).toBeTruthy();
  });

  it('change for the next request, and go back to how they were at the start', async () => {
    const url = `${emulators.argus.url}/reputation/v2/type`;
    const ask = async () => (await fetch(url, { headers: { 'Argus-API-Key': 'demo/key/full' } })).status;
    expect(await ask()).toBe(200);
    const changed = await route('PATCH', { typeList: '403', limitCap: 100 });
    expect(changed).toMatchObject({
      status: 200,
      json: { behaviours: { typeList: '403', limitCap: 100, count: 'exact' } },
    });
    expect(await ask()).toBe(403);
    expect((await route('DELETE')).json.behaviours).toEqual(argusDefaults);
    expect(await ask()).toBe(200);
  });

  it.each([
    ['an unknown behaviour', { mood: 'good', count: 'zero' }],
    ['an unknown word', { count: 'lots', size: 'text' }],
    ['a number below zero', { limitCap: -1 }],
    ['a list', [{ count: 'zero' }]],
    ['nothing', undefined],
  ])('are refused with %s, and none is changed', async (_, body) => {
    const { status, json } = await route('PATCH', body);
    expect(status).toBe(400);
    expect(json.error).toBeTruthy();
    expect(emulators.argus.behaviours).toEqual(argusDefaults);
  });

  it('of Datadog too', async () => {
    const { json } = await route('PATCH', { errorShape: 'strings' }, 'datadog');
    expect(json.behaviours).toMatchObject({ errorShape: 'strings' });
    expect(emulators.datadog.behaviours.errorShape).toBe('strings');
    expect((await route('PATCH', { errorShape: 7 }, 'datadog')).status).toBe(400);
    expect((await route('PATCH', { noSuch: 'strings' }, 'datadog')).status).toBe(400);
  });
});
