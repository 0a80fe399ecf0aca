/** A verdict is the same in a table, in CSV and in NDJSON, with all that it rests on and all that it lacks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandBench, plain, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

/** Each line's cells by column; no cell may hold a line break. */
function readCsv(text: string): readonly Record<string, string>[] {
  const [head = [], ...lines] = text
    .trimEnd()
    .split('\r\n')
    .map(line => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)])
    .map(cells => cells.map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare));
  return lines.map(cells => Object.fromEntries(head.map((column, at) => [column, cells[at] ?? ''])));
}

const ask = (format: string, values: readonly string[], of = bench) =>
  of.enrich([format, '--list', '-'], { stdin: values.join('\n') });
const csvOf = async (...values: readonly string[]) => readCsv((await ask('--csv', values)).out);
const linesOf = (out: string) => out.trimEnd().split('\n');
const jsonOf = async (...values: readonly string[]) =>
  linesOf((await ask('--ndjson', values)).out).map(line => JSON.parse(line).indicator);
const rowOf = (out: string, shown: string) => linesOf(plain(out)).find(line => line.includes(shown)) ?? '';

describe('what is listed around a value', () => {
  it('is in its line of CSV: parent domains, blocks, the host of a URL or e-mail address and what is around that', async () => {
    const lines = await csvOf(
      'login.parked.example.com',
      'mail.evil.example.org',
      '198.51.100.5',
      'http://parked.example.com/x',
      'bob@login.parked.example.com',
      'quiet.example.com',
    );
    const evilLists = 'Botnet command and control, Phishing, Partner exchange, Suspicious infrastructure';
    const blocks = [
      'inside 198[.]51[.]100[.]0/28 (Internet scanners)',
      'inside 198[.]51[.]100[.]4-198[.]51[.]100[.]9 (Spam sources)',
    ];
    expect(lines.map(({ verdict, lists, covering }) => [verdict, lists, covering])).toEqual([
      ['INFORMATIONAL', '0', 'below parked[.]example[.]com (Suspicious infrastructure)'],
      ['SUSPICIOUS', '0', `below evil[.]example[.]org (${evilLists})`],
      ['INFORMATIONAL', '0', blocks.join('; ')],
      ['SUSPICIOUS', '0', 'on host parked[.]example[.]com (Suspicious infrastructure)'],
      ['INFORMATIONAL', '0', 'on a host below parked[.]example[.]com (Suspicious infrastructure)'],
      ['NO_MATCH', '0', ''],
    ]);
  });

  it('costs no upstream call beyond those of the verdict, also around the host of a URL', async () => {
    const { argus, datadog } = bench.bed.emulators;
    for (const emulator of [argus, datadog]) emulator.clearRequests();
    await csvOf('deep.parked.example.com', '198.51.100.6', 'http://deeper.parked.example.com/x');
    expect(argus.requests.filter(({ path }) => path.endsWith('/search')).length).toBe(3);
    expect(datadog.lookups.length).toBe(4);
  });

  it('is whole in NDJSON, value by value and list by list', async () => {
    const [domain, url] = await jsonOf('login.parked.example.com', 'http://parked.example.com/x');
    const list = { shortName: 'suspicious', name: 'Suspicious infrastructure', confidence: 0.5 };
    expect(domain.covering).toEqual([{ value: 'parked.example.com', state: 'ACTIVE', list }]);
    expect(url).toMatchObject({
      covering: null,
      host: { defanged: 'parked[.]example[.]com', covering: [], argus: { memberships: [{ state: 'ACTIVE', list }] } },
    });
  });

  it('stands in the table in place of a zero', async () => {
    const { out } = await ask('--table', ['mail.evil.example.org', '198.51.100.5', 'quiet.example.com']);
    expect(rowOf(out, 'mail[.]evil')).toMatch(/^SUSPICIOUS .* 4 around .* its parent/);
    expect(rowOf(out, '198[.]51')).toMatch(/^INFORMATIONAL .* 2 around .* the block/);
    expect(rowOf(out, 'quiet[.]')).toMatch(/^NO_MATCH .* 0 .* no match in/);
  });

  it('is unknown, not nothing, where Argus could not be asked, and the other answers still come', async () => {
    const { faults } = bench.bed.emulators.argus;
    const fault = faults.add({ kind: 'status', status: 403 });
    const values = ['unasked.example.org', 'http://unasked.example.org/x', 'a'.repeat(64)];
    const { code, out } = await ask('--csv', values);
    const table = await ask('--table', values);
    faults.clear(fault.id);
    expect(readCsv(out).map(({ verdict, missing, covering }) => [verdict, missing, covering])).toEqual([
      ['INCONCLUSIVE', 'ARGUS', 'unknown'],
      ['INCONCLUSIVE', 'ARGUS', 'unknown'],
      ['INCONCLUSIVE', 'ARGUS', ''],
    ]);
    expect(code).toBe(1);
    expect(rowOf(table.out, 'unasked[.]')).toMatch(/^INCONCLUSIVE +\S+ +- +- +- +argus /);
  });

  it('is text in a spreadsheet, whatever a list is called', async () => {
    const { argus } = bench.bed.emulators.dataSet;
    argus.addList({ shortName: 'formula', name: '=HYPERLINK("http://x.example.org","y")' });
    argus.add({ value: 'formula.example.org', list: 'formula' });
    const { out } = await ask('--csv', ['www.formula.example.org']);
    expect(out).not.toMatch(/(^|,)["']*[=+\-@]/m);
    expect(out).not.toContain('x.example');
    expect(readCsv(out)[0]?.covering).toMatch(/^below formula\[\.\]example\[\.\]org \(=HYPERLINK/);
  });
});

describe('sources that contradict each other', () => {
  it('are told with both sides, in every format', async () => {
    const sentence =
      'disputed[.]example[.]com is malicious: Argus has it on the list "Botnet command and control" (active, confidence 90); but Datadog scores it 1, called benign by "SOURCE4".';
    expect(await csvOf('disputed.example.com', 'evil.example.org')).toMatchObject([
      { verdict: 'MALICIOUS', conflicting: 'true', summary: sentence },
      { verdict: 'MALICIOUS', conflicting: 'false' },
    ]);
    const [{ verdict }] = await jsonOf('disputed.example.com');
    expect(verdict).toMatchObject({ conflicting: true, summary: sentence });
    const { out } = await bench.atTerminal([bench.fileOf('disputed.example.com\nevil.example.org')], 260);
    expect(rowOf(out, 'disputed[.]')).toMatch(
      /^MALICIOUS disputed .*; but Datadog scores it 1, called benign by "SOURCE4"\./,
    );
    expect(rowOf(out, 'evil[.]')).toMatch(/^MALICIOUS {2,}/);
  });
});

describe('a kind that no source is known to hold', () => {
  it('is inconclusive without a missing source, says so, and exits with 1', async () => {
    const { code, out, err } = await ask('--csv', ['19339fb728cc2597cddc742ce7f8d911', 'just some words']);
    const lines = readCsv(out);
    expect(lines.map(({ verdict, missing }) => [verdict, missing])).toEqual(Array(2).fill(['INCONCLUSIVE', '']));
    expect(lines.map(({ summary }) => summary)).toEqual([
      expect.stringContaining('no source that answered is known to hold MD5 hashes'),
      expect.stringContaining('it was taken for text of no known type'),
    ]);
    expect(err).toBe('2 looked up, 0 malicious, 0 suspicious, 2 inconclusive, 0 not answered in full, 0 unusable.\n');
    expect(code).toBe(1);
  });
});

describe('a source without credentials', () => {
  it('is not missing and fails nothing, and every format says that it is not connected', async () => {
    const alone = await startCommandBench({ ARGUS_API_KEY: '' });
    const { code, out, err } = await ask('--csv', ['quiet.example.com'], alone);
    const { out: table } = await alone.atTerminal([alone.fileOf('quiet.example.com')], 260);
    await alone.stop();
    const [line] = readCsv(out);
    expect(line).toMatchObject({ verdict: 'NO_MATCH', missing: '', argus_status: 'UNCONFIGURED', covering: 'unknown' });
    expect(line?.summary).toContain('Argus is not connected here');
    expect(rowOf(table, 'quiet[.]')).toContain('Argus is not connected here');
    expect(err).toContain('argus is not connected here');
    expect(code).toBe(0);
  });
});
