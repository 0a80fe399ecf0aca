import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chartFolder, helm, readChartYaml, render, usableSets, valueSets } from './chart.ts';
import { lastRelease } from './released.ts';

/** The values.yaml of the last release, which an upgrade starts from. */
const lastValues = fileURLToPath(new URL(`values-${lastRelease}.yaml`, import.meta.url));

/** `helm upgrade --reuse-values` takes the last release's values for the chart's own: new ones are not there at all. */
const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync(chartFolder, folder, { recursive: true });
cpSync(lastValues, join(folder, 'values.yaml'));

const { config } = z.object({ config: z.record(z.string(), z.unknown()) }).parse(readChartYaml('values.yaml'));
const configured = new RegExp(`^  (${Object.keys(config).join('|')}): .*\\n`, 'gm');

/**
 * Without what is made up anew at each rendering, without variables that values.yaml only repeats from the gateway's own
 * defaults, and without the scale that autoscalers go by, which has changed.
 */
const settled = (text: string) =>
  text
    .replace(/(caller-key|checksum\/config): .*|API_KEYS: trial:.*/g, '')
    .replace(configured, '')
    .replace(/type: Utilization\n.*averageUtilization: 70|# Of the one core.*\n.*type: AverageValue\n.*"700m"/, '');

describe.each(usableSets)('an upgrade from the last release with the value set %s', set => {
  it('makes the same with --reuse-values as without', () => {
    const reused = helm('template', 'soc', folder, ...(valueSets[set] ?? []));
    expect(settled(reused)).toBe(settled(render(set)));
  });

  it('makes the same where all the old values are given in a file', () => {
    const given = helm('template', 'soc', chartFolder, '--values', lastValues, ...(valueSets[set] ?? []));
    expect(settled(given)).toBe(settled(render(set)));
  });
});
