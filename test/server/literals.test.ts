/** Texts that differ in the values written into them are one operation, and are answered as if each were read by itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

const shown = ({ status, data, errors }: Awaited<ReturnType<TestBed['ask']>>) => ({ status, data, errors });

/** The first text makes the operation known, and the second one has its shape. */
async function expectSame(first: string, second: string): Promise<void> {
  await bed.ask(first);
  const again = shown(await bed.ask(second));
  const other = await startTestBed();
  try {
    expect(again).toEqual(shown(await other.ask(second)));
  } finally {
    await other.stop();
  }
}

const one = (value: string) => `{ a: indicator(value: ${value}) { value threatScore } }`;

describe('A text of known shape', () => {
  it.each([
    ['another value', one('"evil.example.org"'), one('"192.0.2.1"')],
    ['an escape', one('"evil.example.org"'), one('"ev\\u0069l.example.org"')],
    ['a block string', one('"""evil.example.org"""'), one('"""\n  192.0.2.1\n  """')],
    ['quotes and a hash in a block string', one('"""x"""'), one('"""a "b" # \\""" c"""')],
    ['a value that can not be used', one('"evil.example.org"'), one('""')],
    [
      'lists',
      '{ indicators(values: ["evil.example.org", "192.0.2.1"]) { value } }',
      '{ indicators(values: ["192.0.2.1", "nobody.example"]) { value } }',
    ],
    [
      'values in a fragment',
      '{ indicator(value: "evil.example.org") { ...F } } fragment F on Indicator { memberships { properties(names: ["comment"]) { value } } }',
      '{ indicator(value: "192.0.2.1") { ...F } } fragment F on Indicator { memberships { properties(names: ["role"]) { value } } }',
    ],
    [
      'numbers',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: 60) { threatScore } }',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: 3600) { threatScore } }',
    ],
    [
      'a number below what is allowed',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: 60) { threatScore } }',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: -1) { threatScore } }',
    ],
    [
      'a number that is too large',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: 60) { threatScore } }',
      '{ indicator(value: "evil.example.org", maxAgeSeconds: 9999999999) { threatScore } }',
    ],
    ['a comment with quotes', `# "x"\n${one('"evil.example.org"')}`, `# "x"\n${one('"192.0.2.1"')}`],
    [
      'a default of a variable',
      'query ($v: String! = "evil.example.org") { indicator(value: $v) { value } }',
      'query ($v: String! = "192.0.2.1") { indicator(value: $v) { value } }',
    ],
    [
      'two fields of one name that no longer merge',
      '{ a: indicator(value: "evil.example.org") { value } a: indicator(value: "evil.example.org") { type } }',
      '{ a: indicator(value: "evil.example.org") { value } a: indicator(value: "192.0.2.1") { type } }',
    ],
    [
      'errors behind longer values, on one line',
      '{ a: indicator(value: "evil.example.org") { value } b: indicator(value: "") { value } c: indicator(value: "192.0.2.1", maxAgeSeconds: -1) { value } }',
      '{ a: indicator(value: "a.much.longer.name.than.evil.example.org") { value } b: indicator(value: "") { value } c: indicator(value: "1.2.3.4", maxAgeSeconds: -12) { value } }',
    ],
    [
      'errors behind a value of several lines',
      `{ a: indicator(value: """evil.example.org""") { value } b: indicator(value: "") { value } }`,
      `{ a: indicator(value: """\n\nevil.example.org\n""") { value } b: indicator(value: "") { value } }`,
    ],
  ])('is answered as if it were read by itself: %s', async (_, first, second) => {
    await expectSame(first, second);
  });

  it('is known under its own hash in the audit, with its own values', async () => {
    await bed.ask(one('"evil.example.org"'));
    const lines: Record<string, unknown>[] = [];
    for (const value of ['"192.0.2.1"', '"192.0.2.2"']) {
      await bed.ask(one(value));
      lines.push(JSON.parse(bed.audit.at(-1) ?? '{}'));
    }
    expect(lines.map(({ indicators }) => indicators)).toEqual([['192.0.2.1'], ['192.0.2.2']]);
    expect(lines[0]?.operationHash).not.toBe(lines[1]?.operationHash);
  });
});
