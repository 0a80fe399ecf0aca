/** What lies around the values of a search, where its answer is doubted or brings more than was asked for. */
import { expect, it } from 'vitest';
import { playing, searchesOf } from './reading.ts';
import { smallWorld } from './world.ts';

const world = smallWorld();
const [below, inside] = ['www.parent.example.net', '203.0.113.20'];

it('what covers the values is put aside where they alone were asked for, and casts no doubt', async () => {
  await playing(world, { behaviours: { exactValue: 'andCovering' } }, async bed => {
    const { data } = await bed.ask(
      `{ indicators(values: ["${below}", "${inside}", "evil.example.org"]) { memberships { value } } }`,
    );
    expect(data.indicators.map(({ memberships }: { memberships: unknown[] | null }) => memberships?.length)).toEqual([
      0, 0, 1,
    ]);
    expect(searchesOf(bed)).toBe(1);
  });
});

it('of a partial answer what came is believed, and what did not is unheard', async () => {
  await playing(world, { behaviours: { partialResult: 'true' } }, async bed => {
    const ask = (value: string) =>
      bed.ask(`{ indicator(value: "${value}") { memberships { value } covering { value } } }`);
    const { data: covered } = await ask(below);
    expect(covered.indicator).toEqual({ memberships: null, covering: [{ value: 'parent.example.net' }] });
    const { data: listed } = await ask('evil.example.org');
    expect(listed.indicator).toEqual({ memberships: [{ value: 'evil.example.org' }], covering: null });
  });
});

it.each(['nothing.example.org', '192.0.2.2', '2001:db8::2'])(
  'that nothing is known of %s is believed without a list of types',
  async value => {
    await playing(world, { behaviours: { typeList: '403' } }, async bed => {
      const { data } = await bed.ask(`{ indicator(value: "${value}") { verdict { level missing } } }`);
      expect(data.indicator.verdict).toEqual({ level: 'NO_MATCH', missing: [] });
    });
  },
);
