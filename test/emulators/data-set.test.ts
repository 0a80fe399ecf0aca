import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encloses, parseIpRange } from '../../src/emulators/ip-range.ts';
import { createSeededDataSet, type SeededDataSet } from '../../src/emulators/seed.ts';

const dataSet = createSeededDataSet();
const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map(parseIpRange);
const documentationName = /(?:^|[.@/])(?:example\.(?:org|com|net)|[a-z0-9-]+\.(?:test|example))(?:[/:]|$)/;

function everyValue({ datadog, argus, catalogue }: SeededDataSet): string[] {
  return [...datadog.indicators(), ...argus.records.map(({ value }) => value), ...catalogue.neither];
}

function isForDocumentation(value: string): boolean {
  const range = parseIpRange(value);
  if (range) return documentation.some(block => block !== undefined && encloses(block, range));
  if (/^[0-9a-f]{32,128}$/.test(value)) return true;
  return documentationName.test(value);
}

describe('the seeded data set', () => {
  it('is the same for the same seed and another for another', () => {
    const told = (made: SeededDataSet) =>
      JSON.stringify([everyValue(made), made.argus.records], (_, v) => (typeof v === 'bigint' ? `${v}` : v));
    expect(told(createSeededDataSet())).toBe(told(dataSet));
    expect(told(createSeededDataSet({ seed: 2 }))).not.toBe(told(dataSet));
  });

  it('holds values of documentation ranges only, but for a few', () => {
    const recorded = ['43.228.157.121', 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)'];
    const text = ['"><img src=x onerror=alert(1)>', 'curl/8 is known only as benign: Datadog'];
    const specialUse = ['10.0.0.5', '0.0.0.0', 'localhost', '198.18.0.16/28', '240.0.0.0/8'];
    const shared = ['duckdns.org', 'c2.duckdns.org'];
    const others = new Set(everyValue(dataSet).filter(value => !isForDocumentation(value)));
    expect([...others].sort()).toEqual([...recorded, ...text, ...specialUse, ...shared].sort());
  });

  it('has a thousand and more of what both, one and neither know', () => {
    const { both, datadogOnly, argusOnly, neither } = dataSet.catalogue;
    for (const group of [both, datadogOnly, argusOnly, neither]) expect(group.length).toBeGreaterThan(700);
    expect(both.every(value => dataSet.datadog.find(value, 'absent') && dataSet.argus.byValue(value).length > 0)).toBe(
      true,
    );
    expect(
      datadogOnly.every(value => dataSet.datadog.find(value, 'absent') && dataSet.argus.byValue(value).length === 0),
    ).toBe(true);
    expect(
      argusOnly.every(value => !dataSet.datadog.find(value, 'absent') && dataSet.argus.byValue(value).length > 0),
    ).toBe(true);
    expect(
      neither.every(value => !dataSet.datadog.find(value, 'absent') && dataSet.argus.byValue(value).length === 0),
    ).toBe(true);
    expect(new Set([...both, ...datadogOnly, ...argusOnly, ...neither]).size).toBe(
      both.length + datadogOnly.length + argusOnly.length + neither.length,
    );
  });

  it('has indicators with history and without, of every state and many kinds', () => {
    const histories = dataSet.catalogue.both.map(value => dataSet.datadog.find(value, 'absent')?.history.length ?? 0);
    expect(histories.filter(length => length > 0).length).toBeGreaterThan(100);
    expect(histories.filter(length => length === 0).length).toBeGreaterThan(100);
    expect(new Set(dataSet.argus.records.map(({ state }) => state))).toEqual(new Set(['active', 'latest', 'old']));
    expect(dataSet.catalogue.both.some(value => isIP(value) === 4)).toBe(true);
    expect(dataSet.catalogue.both.some(value => isIP(value) === 6)).toBe(true);
  });

  it('lies in the past of the clock that reads it', () => {
    expect(Math.max(...dataSet.argus.records.map(record => record.lastUpdatedTimestamp))).toBeLessThanOrEqual(
      dataSet.now,
    );
  });
});
