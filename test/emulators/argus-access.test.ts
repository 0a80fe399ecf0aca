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

describe('permissions', () => {
  it.each([
    ['no key', '', 401],
    ['an unknown key', 'demo/key/other', 401],
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
    emulators.dataSet.argus.keys.delete('demo/key/partner');
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
    emulators.argus.behaviours.hiddenProperty = 'omitted';
    expect((await ask(partner, 'comment', 'analyst-note')).rows[0]?.properties).toHaveLength(1);
  });

  it('refuse a hidden record by id with 403, or 404 when configured so', async () => {
    const id = emulators.dataSet.argus.byValue('restricted.example.org')[0]?.id;
    expect((await full.get(`indicator/${id}`)).status).toBe(200);
    expect((await partner.get(`indicator/${id}`)).status).toBe(403);
    emulators.argus.behaviours.hiddenRecordById = '404';
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
    const id = emulators.dataSet.argus.descriptors.get('role')?.id;
    const { body } = await full.get(`indicator/${evilId}?includeProperties=${id}`);
    expect(body.data).toMatchObject({ properties: [{ descriptor: { id, shortName: 'role' } }] });
  });
});
