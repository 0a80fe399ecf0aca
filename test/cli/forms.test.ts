/** Lists, tables, JSON, STIX and MISP: what each line comes to. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandBench, fatesIn, rowsIn, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

const ask = (...lines: readonly string[]) => bench.enrich([bench.fileOf(lines.join('\n'))]);
const hash = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

describe('a list', () => {
  it('may have ports and comments, whose lines are counted', async () => {
    const { out, err } = await ask(
      '# from the firewall',
      '192.0.2.1:443',
      'evil[.]example[.]org:8080',
      '[2001:db8::bad]:443',
      'parked.example.com # the old one',
      'http://shop.example.net/pay#top',
      'quiet.example.com',
      'quiet.example.com',
    );
    expect(fatesIn(out)).toEqual([
      [':2', '192.0.2.1', 'SUSPICIOUS'],
      [':3', 'evil[.]example[.]org', 'MALICIOUS'],
      [':4', '2001:db8::bad', 'SUSPICIOUS'],
      [':5', 'parked.example.com', 'SUSPICIOUS'],
      [':6', 'http://shop.example.net/pay#top', 'SUSPICIOUS'],
      [':7', 'quiet.example.com', 'NO_MATCH'],
    ]);
    expect(rowsIn(out)[0]).toMatchObject({ input: '192.0.2.1:443', readAs: '192.0.2.1' });
    expect(err).toContain('3 read as the indicator in them.\nLeft out: 2 × comment, 1 × repeat.');
  });

  it('is one also where a few lines have spaces, and none of its lines vanishes', async () => {
    const { code, out } = await ask(
      ...['a', 'b', 'c', 'd', 'e', 'f'].map(name => `${name}.example.org`),
      'evil.example.org -> 192.0.2.1',
      '=cmd|calc',
      'Mozilla/5.0 (X11; Linux)',
      'x'.repeat(3_000),
    );
    expect(fatesIn(out).slice(6)).toEqual([
      [':7', 'evil.example.org', 'MALICIOUS'],
      [':7', '192.0.2.1', 'SUSPICIOUS'],
      [':8', '=cmd|calc', 'INCONCLUSIVE'],
      [':9', 'Mozilla/5.0 (X11; Linux)', 'INCONCLUSIVE'],
      [':10', 'x'.repeat(3_000), 'UNUSABLE'],
    ]);
    expect(rowsIn(out)[6].input).toBe('evil.example.org -> 192.0.2.1');
    expect(code).toBe(1);
  });

  it('says of a line that is read as what it holds what is wrong with it, and does not exit with 0', async () => {
    const { code, out, err } = await ask('quiet.example.com/evil');
    expect(rowsIn(out)).toMatchObject([
      {
        input: 'quiet.example.com/evil',
        readAs: 'quiet.example.com',
        problem: expect.stringContaining('for a URL write'),
      },
    ]);
    expect(err).toContain('1 unusable, 1 read as the indicator in them');
    expect(code).toBe(1);
  });

  it('shows in a table what a line held', async () => {
    const { out } = await bench.enrich(['--table', bench.fileOf('evil.example.org:443')]);
    expect(out).toMatch(/^MALICIOUS +evil\[\.\]example\[\.\]org .*\(in "evil\[\.\]example\[\.\]org:443"\)/m);
  });

  it('marks in CSV what a line was read as', async () => {
    const { out } = await bench.enrich(['--csv', bench.fileOf('evil.example.org:443\nevil.example.org/x')]);
    const cells = out.split('\r\n').map(line => line.split(',').slice(-2).join(','));
    expect(cells.slice(0, 3)).toEqual([
      'read_as,from',
      expect.stringMatching(/^evil\[\.\]example\[\.\]org,.*:1$/),
      expect.stringMatching(/^evil\[\.\]example\[\.\]org,.*:2$/),
    ]);
  });
});

describe('a table', () => {
  it('with a header is read by its columns, which are named', async () => {
    const { code, out, err } = await ask(
      'first_seen,ioc,reference,md5',
      '2024-01-02,http://shop.example.net/pay,https://blog.example.com/a,19339fb728cc2597cddc742ce7f8d911',
      '2024-01-02,evil.example.org:443,"https://blog.example.com/a, b",',
      '2024-01-03,,"two',
      'lines",',
      '2024-01-04,a,b,http://evil.example.org/a,c',
    );
    expect(err).toContain('read as CSV, indicators in ioc, md5; not looked up: reference.');
    expect(fatesIn(out)).toEqual([
      [':2', 'http://shop.example.net/pay', 'SUSPICIOUS'],
      [':2', '19339fb728cc2597cddc742ce7f8d911', 'INCONCLUSIVE'],
      [':3', 'evil.example.org', 'MALICIOUS'],
      [':4', '2024-01-03,,"two\nlines",', 'UNUSABLE'],
      [':6', expect.stringContaining('http://evil.example.org/a'), 'SUSPICIOUS'],
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['tabs', 'when\tindicator', '2024\tevil.example.org'],
    ['semicolons, and the header in a comment', '# when;"what, then";url', '2024;"x; y";evil.example.org'],
    ['names that nobody knows', 'Nr,Artefakt,Art', '1,evil.example.org,Name'],
    ['one column', 'domain', 'evil.example.org'],
  ])('may have %s', async (_, head, row) => {
    const { code, out } = await ask(head, row);
    expect(fatesIn(out)).toEqual([[':2', 'evil.example.org', 'MALICIOUS']]);
    expect(code).toBe(0);
  });

  it('needs no header', async () => {
    const { out, err } = await ask('2024-01-02,http://shop.example.net/pay,C2', '2024-01-02,evil.example.org,C2');
    expect(err).toContain('read as CSV, indicators in column 2.');
    expect(fatesIn(out)).toEqual([
      [':1', 'http://shop.example.net/pay', 'SUSPICIOUS'],
      [':2', 'evil.example.org', 'MALICIOUS'],
    ]);
  });

  it('is searched beside its columns too, but for what is a reference', async () => {
    const { out } = await ask(
      'ip,request,reference,detection',
      '192.0.2.1,GET http://evil.example.org/x,https://blog.example.com/a,Trojan.Win32.Agent',
      '192.0.2.7,GET /index.html,https://blog.example.com/b,none',
    );
    expect(fatesIn(out)).toEqual([
      [':2', '192.0.2.1', 'SUSPICIOUS'],
      [':2', 'http://evil.example.org/x', 'SUSPICIOUS'],
      [':3', '192.0.2.7', 'NO_MATCH'],
    ]);
  });

  it('with a quote that is never closed loses no line', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => `${at},"${at === 3 ? '' : '"'},q${at}.example.org`);
    const { out } = await ask('nr,note,domain', ...rows);
    const looked = JSON.stringify(rowsIn(out).map(({ input, readAs }) => [input, readAs]));
    expect(rows.map((_, at) => at).filter(at => !looked.includes(`q${at}.example.org`))).toEqual([]);
  });
});

describe('JSON', () => {
  it('lines are read by known fields, else searched, and each has a fate', async () => {
    const { code, out } = await ask(
      '{"ioc":"evil.example.org:443","reference":"https://blog.example.com","n":1}',
      '{"src_ip":"192.0.2.1","dns":{"rrname":"quiet.example.com"}}',
      '"parked.example.com"',
      'broken {"ioc":"evil.example.org"',
      '{"note":"nothing here"}',
    );
    expect(fatesIn(out)).toEqual([
      [':1', 'evil.example.org', 'MALICIOUS'],
      [':2', '192.0.2.1', 'SUSPICIOUS'],
      [':2', 'quiet.example.com', 'NO_MATCH'],
      [':3', 'parked.example.com', 'SUSPICIOUS'],
      [':4', 'evil.example.org', 'MALICIOUS'],
      [':5', '{"note":"nothing here"}', 'UNUSABLE'],
    ]);
    expect(code).toBe(1);
  });

  it('lines are searched beside the known fields too', async () => {
    const { code, out } = await ask(
      '{"ip":"192.0.2.1","message":"192.0.2.1 asked for evil.example.org","reference":"https://blog.example.com"}',
      '{"ip":"192.0.2.7","message":"nothing"}',
    );
    expect(fatesIn(out)).toEqual([
      [':1', '192.0.2.1', 'SUSPICIOUS'],
      [':1', 'evil.example.org', 'MALICIOUS'],
      [':2', '192.0.2.7', 'NO_MATCH'],
    ]);
    expect(code).toBe(0);
  });

  it('arrays hold records or values, other documents are searched whole', async () => {
    const array = await ask(JSON.stringify([{ ip: '192.0.2.1', tag: 'x' }, 'evil.example.org'], null, 2));
    expect(fatesIn(array.out)).toEqual([
      ['#1', '192.0.2.1', 'SUSPICIOUS'],
      ['#2', 'evil.example.org', 'MALICIOUS'],
    ]);
    const sandbox = { url: 'http://quiet.example.com/', network: [{ hosts: ['evil.example.org\nand 192.0.2.1'] }] };
    const document = await ask(JSON.stringify(sandbox));
    expect(rowsIn(document.out).map(({ input }) => input)).toEqual([
      'http://quiet.example.com/',
      'evil.example.org',
      '192.0.2.1',
    ]);
  });

  it('that is nested too deeply is refused in a sentence', async () => {
    const deep = `${'{"Event":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const { code, err } = await ask(deep);
    expect([code, err]).toEqual([2, expect.stringContaining('cannot be read: it is nested too deeply.')]);
  });
});

describe('several files', () => {
  it('are each read as what they are, one after the other, and a row names its file', async () => {
    const list = bench.fileOf('quiet.example.com');
    const report = bench.fileOf(Buffer.from('They used evil.example.org, then 192.0.2.1.', 'utf16le'));
    const { out } = await bench.enrich([list, report]);
    expect(rowsIn(out).map(({ from, input }) => [from, input])).toEqual([
      [`${list}:1`, 'quiet.example.com'],
      [report, 'evil.example.org'],
      [report, '192.0.2.1'],
    ]);
  });

  it('are looked for before anything is asked', async () => {
    const { code, out, err } = await bench.enrich([bench.fileOf('quiet.example.com'), 'no-such-file']);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining('no-such-file cannot be read: there is no such')]);
  });
});

describe('exchange formats', () => {
  it('a STIX bundle gives the values of its patterns and observables, the rest is counted', async () => {
    const pattern = `[ipv4-addr:value = '192.0.2.1' OR domain-name:value IN ('evil.example.org', 'parked.example.com')] AND [file:hashes.'SHA-256' = '${hash}' AND file:name = 'x.exe']`;
    const objects = [
      { type: 'indicator', id: 'indicator--1', pattern },
      { type: 'indicator', id: 'indicator--2', pattern: 'rule x { condition: true }', pattern_type: 'yara' },
      { type: 'url', id: 'url--1', value: 'http://shop.example.net/pay' },
      { type: 'file', id: 'file--1', hashes: { MD5: '19339fb728cc2597cddc742ce7f8d911' } },
      { type: 'malware', id: 'malware--1', name: 'x' },
    ];
    const { out, err } = await ask(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects }, null, 2));
    expect(fatesIn(out)).toEqual([
      ['#indicator--1', '192.0.2.1', 'SUSPICIOUS'],
      ['#indicator--1', 'evil.example.org', 'MALICIOUS'],
      ['#indicator--1', 'parked.example.com', 'SUSPICIOUS'],
      ['#indicator--1', hash, 'MALICIOUS'],
      ['#url--1', 'http://shop.example.net/pay', 'SUSPICIOUS'],
      ['#file--1', '19339fb728cc2597cddc742ce7f8d911', 'INCONCLUSIVE'],
    ]);
    expect(err).toContain('read as a STIX bundle.');
    expect(err).toContain('Left out: 1 × STIX pattern of another kind, 1 × STIX object of another type.');
  });

  it('with nothing in them that can be looked up do not exit with 0', async () => {
    const yara = { type: 'indicator', id: 'indicator--1', pattern: 'rule x { condition: true }', pattern_type: 'yara' };
    const { code, err } = await ask(JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: [yara] }));
    expect(err).toContain('No indicator was found.\nLeft out: 1 × STIX pattern of another kind.');
    expect(code).toBe(1);
  });

  it('a MISP event gives the values of its attributes and objects, the rest is counted', async () => {
    const attributes = [
      { uuid: 'u1', type: 'ip-dst|port', value: '192.0.2.1|443' },
      { uuid: 'u2', type: 'filename|sha256', value: `a.exe|${hash}` },
      { uuid: 'u3', type: 'comment', value: 'evil' },
      { uuid: 'u4', type: 'domain', value: 'gone.example.org', deleted: true },
    ];
    const inObject = [{ uuid: 'u5', type: 'hostname', value: 'evil.example.org' }];
    const event = { Event: { info: 'x', Attribute: attributes, Object: [{ Attribute: inObject }] } };
    const { out, err } = await ask(JSON.stringify({ response: [event] }));
    expect(fatesIn(out)).toEqual([
      ['#u1', '192.0.2.1', 'SUSPICIOUS'],
      ['#u2', hash, 'MALICIOUS'],
      ['#u5', 'evil.example.org', 'MALICIOUS'],
    ]);
    expect(err).toContain('Left out: 1 × MISP attribute of another type, 1 × deleted MISP attribute.');
  });
});
