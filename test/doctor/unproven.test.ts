import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { argusExamination } from '../../src/doctor/argus/index.ts';
import { indicatorShape, rowShape } from '../../src/doctor/datadog/fields.ts';
import { datadogExamination } from '../../src/doctor/datadog/index.ts';
import { compareFields } from '../../src/doctor/fields.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/decisions/unproven.md');

/** The names in the first column below a heading. */
function rowsBelow(title: string): readonly string[] {
  const section = page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

it.each([
  ['Datadog', datadogExamination.checks],
  ['Argus', argusExamination.checks],
])('the page of what is unproven has a row for each check of %s, and no other', (title, checks) => {
  expect(rowsBelow(title).toSorted()).toEqual(['access', ...Object.keys(checks)].toSorted());
});

it.each([
  ['datadog-indicator-200.json', indicatorShape],
  ['datadog-list-200.json', rowShape],
])('the doctor takes the recorded %s for what it assumes', (name, shape) => {
  const { data } = JSON.parse(read(`test/recorded/${name}`)).response.body.data.attributes;
  expect(compareFields([data].flat(), shape, { asAssumed: 'as recorded', otherwise: '' })).toEqual({
    outcome: 'ok',
    text: 'as recorded',
  });
});

it('a name that could be data is not shown', () => {
  const rows = [{ 'evil.example.org': 1, plain_name: 'x' }];
  expect(compareFields(rows, rowShape, { asAssumed: '', otherwise: 'kept' }).text).toBe(
    'not documented: an unusual name, plain_name (text): kept',
  );
});
