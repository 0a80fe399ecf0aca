/** `Query.extract`: what stands where in a text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

const query = `query ($text: String!) {
  extract(text: $text) { start length problem indicator { type value } }
}`;

interface Place {
  readonly start: number;
  readonly length: number;
  readonly problem: string | null;
  readonly indicator: { readonly type: string; readonly value: string } | null;
}

/** The piece of the text as it was given, and what it was taken for. */
async function placesIn(text: string): Promise<readonly (readonly [string, string])[]> {
  const { data } = await bed.ask(query, { text });
  return (data.extract as readonly Place[]).map(({ start, length, indicator, problem }) => [
    text.slice(start, start + length),
    indicator === null ? `problem: ${problem}` : `${indicator.type} ${indicator.value}`,
  ]);
}

describe('each entry names the piece of the text as it was given', () => {
  it.each([
    [
      'plain',
      'see evil.example.org, and 192.0.2.1.',
      [
        ['evil.example.org', 'DOMAIN evil.example.org'],
        ['192.0.2.1', 'IPV4 192.0.2.1'],
      ],
    ],
    [
      'defanged, with spaces in the marks',
      'at evil [.] example[.]org today',
      [['evil [.] example[.]org', 'DOMAIN evil.example.org']],
    ],
    [
      'behind an emoji of two units',
      '🚨🚨evil[.]example[.]org🚨',
      [['evil[.]example[.]org', 'DOMAIN evil.example.org']],
    ],
    [
      'a URL with a broken scheme',
      '- hxxps[:]///evil[.]example.org/x.',
      [['hxxps[:]///evil[.]example.org/x', 'URL https://evil.example.org/x']],
    ],
    [
      'a URL with HTML entities',
      '&lt;http://evil.example.org/?a=1&amp;b=2&gt;',
      [['http://evil.example.org/?a=1&amp;b=2', 'URL http://evil.example.org/?a=1&b=2']],
    ],
    [
      'a URL with JSON escapes',
      '{"u":"http:\\/\\/evil.example.org\\/x\\nnext"}',
      [['http:\\/\\/evil.example.org\\/x', 'URL http://evil.example.org/x']],
    ],
    [
      'a URL of a mail, broken over two lines',
      'Content-Transfer-Encoding: quoted-printable\n\nhttp://evil.example.=\norg/?a=3Db',
      [['http://evil.example.=\norg/?a=3Db', 'URL http://evil.example.org/?a=b']],
    ],
    [
      'in a text in Japanese',
      'IPは192.0.2.1、evil.example.orgに',
      [
        ['192.0.2.1', 'IPV4 192.0.2.1'],
        ['evil.example.org', 'DOMAIN evil.example.org'],
      ],
    ],
    [
      'a hash in the name of a file',
      'sample_d41d8cd98f00b204e9800998ecf8427e.zip',
      [['d41d8cd98f00b204e9800998ecf8427e', 'MD5 d41d8cd98f00b204e9800998ecf8427e']],
    ],
    [
      'a mail address behind a label',
      'mailto:bob[@]evil.example.org?x',
      [['bob[@]evil.example.org', 'EMAIL bob@evil.example.org']],
    ],
    ['a block', '(198.51.100.0[/]24)', [['198.51.100.0[/]24', 'CIDR 198.51.100.0/24']]],
  ] as const)('%s', async (_, text, expected) => {
    expect(await placesIn(text)).toEqual(expected);
  });

  it('once for each time that it appears, and a wrapper beside what it wraps', async () => {
    const link = 'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example.org%2Fx&data=1';
    expect(await placesIn(`evil.example.org ${link} evil[.]example.org`)).toEqual([
      ['evil.example.org', 'DOMAIN evil.example.org'],
      [link, `URL ${link}`],
      [link, 'URL https://evil.example.org/x'],
      ['evil[.]example.org', 'DOMAIN evil.example.org'],
    ]);
  });
});

describe('what looks like an indicator and is none', () => {
  it.each(['10.0.0.256', 'foo://-/x', 'http://:80/', 'evil[.]example[.]exe'])(
    'has an entry that says why: %s',
    async text => {
      const [[piece, problem] = ['', '']] = await placesIn(`see ${text} there`);
      expect(text.startsWith(piece)).toBe(true);
      expect(problem).toMatch(/^problem: .{20,}\.$/u);
    },
  );

  it.each(['setup.exe', 'version 1.2.3', 'firmware 10.2.0.1', 'e.g. this, i.e. that', 'foo.bar()'])(
    'has none where nobody means one: %s',
    async text => {
      expect(await placesIn(text)).toEqual([]);
    },
  );
});

it('counts an indicator once for the limit, however often it appears, and refuses more places than anybody can use', async () => {
  const many = Array.from({ length: 2_000 }, (_, i) => `host-${i % 400}.example.org`).join('\n');
  expect((await bed.ask(query, { text: many })).data.extract).toHaveLength(2_000);
  const different = Array.from({ length: 501 }, (_, i) => `host-${i}.example.org`).join('\n');
  const places = '192.0.2.1\n'.repeat(10_001);
  for (const text of [different, places]) {
    const { status, data, errors } = await bed.ask(query, { text });
    expect([status, data ?? null, errors?.[0]?.extensions.code]).toEqual([400, null, 'OPERATION_TOO_LARGE']);
  }
  expect(bed.emulators.datadog.lookups).toHaveLength(0);
});

it('joins what the sources know about each, and asks about a repeated one once', async () => {
  const text = 'evil.example.org and evil[.]example[.]org';
  const { data } = await bed.ask(`{ extract(text: "${text}") { indicator { verdict { level } threatScore } } }`);
  expect(data.extract).toHaveLength(2);
  expect(bed.emulators.datadog.lookups).toHaveLength(1);
});
