import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

const dataSet = createSeededDataSet({ now: Date.now() });
let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({}, { dataSet });
});
afterAll(() => bed.stop());

/** A list that holds something, somewhere below. */
const tells = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : typeof value === 'object' && value !== null
      ? Object.values(value).some(tells)
      : typeof value === 'string' || typeof value === 'number';

describe('the cookbook', () => {
  it.each(blocks('graphql').map(recipe => [recipe.replace(/\s+/g, ' ').slice(0, 80), recipe]))(
    'answers %s',
    async (_, recipe) => {
      const { data, errors } = await bed.ask(recipe);
      expect(errors).toBeUndefined();
      for (const answer of Object.values(data)) expect(tells(answer)).toBe(true);
      for (const [, connection] of Object.entries<{ nodes?: unknown[] }>(data).filter(
        ([name]) => name === 'reputationRecords',
      ))
        expect(connection.nodes ?? [connection]).not.toEqual([]);
    },
  );

  it('reads all pages from its script', async () => {
    const [script = ''] = blocks('js');
    const environment = { ...process.env, GATEWAY_URL: `${bed.url}/graphql` };
    const child = spawn(process.execPath, ['--input-type=module', '-'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(script);
    const lines = (await text(child.stdout)).trim().split('\n');
    const wanted = dataSet.argus.records.filter(
      ({ state, deletedTimestamp, list }) =>
        state !== 'old' && deletedTimestamp === 0 && list.shortName !== 'sealed-investigation',
    );
    expect(lines).toHaveLength(wanted.length);
    expect(lines.length).toBeGreaterThan(2000);
    expect(new Set(lines)).toEqual(new Set(wanted.map(({ value, list }) => `${value}\t${list.shortName}`)));
  });
});
