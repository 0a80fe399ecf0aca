import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encloses, parseIpRange } from '../../src/emulators/ip-range.ts';
import { createSeededWorld, type SeededWorld } from '../../src/emulators/seed.ts';

const world = createSeededWorld();
const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map(parseIpRange);
const documentationName = /(?:^|[.@/])(?:example\.(?:org|com|net)|[a-z0-9-]+\.(?:test|example))(?:[/:]|$)/;

function everyValue({ datadog, argus, catalogue }: SeededWorld): string[] {
  return [...datadog.indicators(), ...argus.records.map(({ value }) => value), ...catalogue.neither];
}

function isForDocumentation(value: string): boolean {
  const range = parseIpRange(value);
  if (range) return documentation.some(block => block !== undefined && encloses(block, range));
  if (/^[0-9a-f]{32,128}$/.test(value)) return true;
  return documentationName.test(value);
}

describe('the seeded world', () => {
  it('is the same for the same seed and another for another', () => {
    const told = (made: SeededWorld) =>
      JSON.stringify([everyValue(made), made.argus.records], (_, v) => (typeof v === 'bigint' ? `${v}` : v));
    expect(told(createSeededWorld())).toBe(told(world));
    expect(told(createSeededWorld({ seed: 2 }))).not.toBe(told(world));
  });

  it('holds values of documentation ranges only', () => {
    const hostile = ['masscan/1.3 (https://github.com/robertdavidgraham/masscan)', '"><img src=x onerror=alert(1)>'];
    expect(everyValue(world).filter(value => !isForDocumentation(value) && !hostile.includes(value))).toEqual([]);
  });

  it('has a thousand and more of what both, one and neither know', () => {
    const { both, datadogOnly, argusOnly, neither } = world.catalogue;
    for (const group of [both, datadogOnly, argusOnly, neither]) expect(group.length).toBeGreaterThan(700);
    expect(both.every(value => world.datadog.find(value, 'absent') && world.argus.byValue(value).length > 0)).toBe(
      true,
    );
    expect(
      datadogOnly.every(value => world.datadog.find(value, 'absent') && world.argus.byValue(value).length === 0),
    ).toBe(true);
    expect(
      argusOnly.every(value => !world.datadog.find(value, 'absent') && world.argus.byValue(value).length > 0),
    ).toBe(true);
    expect(
      neither.every(value => !world.datadog.find(value, 'absent') && world.argus.byValue(value).length === 0),
    ).toBe(true);
    expect(new Set([...both, ...datadogOnly, ...argusOnly, ...neither]).size).toBe(
      both.length + datadogOnly.length + argusOnly.length + neither.length,
    );
  });

  it('has indicators with history and without, of every state and many kinds', () => {
    const histories = world.catalogue.both.map(value => world.datadog.find(value, 'absent')?.history.length ?? 0);
    expect(histories.filter(length => length > 0).length).toBeGreaterThan(100);
    expect(histories.filter(length => length === 0).length).toBeGreaterThan(100);
    expect(new Set(world.argus.records.map(({ state }) => state))).toEqual(new Set(['active', 'latest', 'old']));
    expect(world.catalogue.both.some(value => isIP(value) === 4)).toBe(true);
    expect(world.catalogue.both.some(value => isIP(value) === 6)).toBe(true);
  });

  it('lies in the past of the clock that reads it', () => {
    expect(Math.max(...world.argus.records.map(record => record.lastUpdatedTimestamp))).toBeLessThanOrEqual(world.now);
  });
});
