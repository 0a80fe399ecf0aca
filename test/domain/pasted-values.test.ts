import { describe, expect, test } from 'vitest';
import { hostOf, indicatorFromId, indicatorKey, parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { IndicatorType } from '../../src/domain/indicator/model.ts';

const sha256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
const md5 = 'd41d8cd98f00b204e9800998ecf8427e';

/** The indicator as `TYPE:value`, or the problem after a `!`. */
function reading(text: string, type?: IndicatorType): string {
  const { indicator, problem } = parseIndicator(text, type);
  return indicator === undefined ? `! ${problem}` : indicatorKey(indicator);
}

describe('a scheme that is spelt in a way that is known for http, https or ftp is that scheme', () => {
  test.each([
    ['http', 'hxxp hxtp htxp h00p h**p h__p meow xxxx xXxX hxxxp hppt htp htpp ttp hp httx hhttp xhttp xxp http'],
    ['https', 'hxxps htxps hxtps httxs xxxxs hxps htps hxttps htxxps xhttps xxps ttps hppts httpss h**ps meows HXXPS'],
    ['ftp', 'fxp FXP f*p ftxp fxxp ftp'],
    ['ftps', 'fxps'],
  ])('%s: %s', (scheme, spellings) => {
    for (const spelling of spellings.split(' '))
      expect(reading(`${spelling}://evil.example.org/a`)).toBe(`URL:${scheme}://evil.example.org/a`);
  });

  test('brackets may stand around letters of it', () => {
    expect(reading('h[tt]p://evil.example.org/a')).toBe('URL:http://evil.example.org/a');
    expect(reading('[http]://evil.example.org/a')).toBe('URL:http://evil.example.org/a');
  });

  test('it is known inside a typed value too', () => {
    expect(reading('hxtp://evil.example.org/a', 'URL')).toBe('URL:http://evil.example.org/a');
  });
});

test.each('ldap ldaps tcp udp sftp ftps rtsp ssh smb telnet rdp irc gopher dns stratum+tcp'.split(' '))(
  'the real scheme %s stays as it is',
  scheme => {
    expect(reading(`${scheme}://evil.example.org:1389`)).toBe(`URL:${scheme}://evil.example.org:1389`);
  },
);

test.each(['evil', 'foo', 'kafka', 'httpx', 'hxxxx', 'h77p', 'chrome-extension', 'x', 'git.example'])(
  'any other scheme, such as %s, is a problem that names it, with and without the type',
  scheme => {
    for (const type of [undefined, 'URL'] as const)
      expect(reading(`${scheme}://evil.example.org/a`, type)).toContain(`! “${scheme}” is no scheme`);
  },
);

describe('text that plainly carries one indicator is that indicator', () => {
  const rows: readonly (readonly [string, string])[] = [
    // The punctuation of a sentence, or of the program that it was copied from.
    ['192.0.2.1.', 'IPV4:192.0.2.1'],
    ['2001:db8::1.', 'IPV6:2001:db8::1'],
    ['2001:db8::', 'IPV6:2001:db8::'],
    ['c2:0::1', 'IPV6:c2::1'],
    ['C2: evil.example.org', 'DOMAIN:evil.example.org'],
    [`${sha256}.`, `SHA256:${sha256}`],
    [`${sha256},`, `SHA256:${sha256}`],
    ['evil.example.org;', 'DOMAIN:evil.example.org'],
    ['"evil.example.org",', 'DOMAIN:evil.example.org'],
    ['http://evil.example.org/x>', 'URL:http://evil.example.org/x'],
    ['http://evil.example.org/x"', 'URL:http://evil.example.org/x'],
    ['http://evil.example.org/x).', 'URL:http://evil.example.org/x'],
    ['(http://evil.example.org/(x))', 'URL:http://evil.example.org/(x)'],
    ['(http://evil.example.org/(x)', 'URL:http://evil.example.org/(x'],
    [
      'http://evil.example.org/?to=http://a.example,http://b.example',
      'URL:http://evil.example.org/?to=http://a.example,http://b.example',
    ],
    ["'http://evil.example.org/?q='", 'URL:http://evil.example.org/?q='],
    // What it is called, and how lists are marked.
    [`SHA256 ${sha256}`, `SHA256:${sha256}`],
    [`SHA256 hash: ${sha256}`, `SHA256:${sha256}`],
    [`sha-256=${sha256.toUpperCase()}`, `SHA256:${sha256}`],
    [`MD5: ${md5}`, `MD5:${md5}`],
    ['domain: evil.example.org', 'DOMAIN:evil.example.org'],
    ['URL: http://evil.example.org/x', 'URL:http://evil.example.org/x'],
    ['ip=192.0.2.7', 'IPV4:192.0.2.7'],
    ['IP address: 192.0.2.7', 'IPV4:192.0.2.7'],
    ['src_ip=2001:db8::1', 'IPV6:2001:db8::1'],
    ['- evil.example.org', 'DOMAIN:evil.example.org'],
    ['1. evil.example.org', 'DOMAIN:evil.example.org'],
    ['(2) evil.example.org', 'DOMAIN:evil.example.org'],
    ['• 192.0.2.7', 'IPV4:192.0.2.7'],
    [`- SHA256: \`${sha256}\``, `SHA256:${sha256}`],
    ['{"value":"evil.example.org"}', 'DOMAIN:evil.example.org'],
    ['["evil.example.org"]', 'DOMAIN:evil.example.org'],
    ["{'ip': '203.0.113.21'}", 'IPV4:203.0.113.21'],
    // Files that are named by their digest.
    [`${sha256}.exe`, `SHA256:${sha256}`],
    [`${md5}.bin.zip`, `MD5:${md5}`],
    [`sample_${md5}.zip`, `MD5:${md5}`],
    // Mail.
    ['Bob <bob@evil.example.org>', 'EMAIL:bob@evil.example.org'],
    ['"Bob B." <bob@evil.example.org>', 'EMAIL:bob@evil.example.org'],
    ['mailto:bob@evil.example.org', 'EMAIL:bob@evil.example.org'],
    ['mailto:bob@evil.example.org?subject=x', 'EMAIL:bob@evil.example.org'],
    ['bob AT evil DOT example DOT org', 'EMAIL:bob@evil.example.org'],
    ['evil dot example dot org', 'DOMAIN:evil.example.org'],
    ['-----bob@evil.example.org', 'EMAIL:bob@evil.example.org'],
    // Broken, or defanged by half.
    ['evil[,]example[,]org', 'DOMAIN:evil.example.org'],
    ['http//evil.example.org/x', 'URL:http://evil.example.org/x'],
    ['http:/evil.example.org/x', 'URL:http://evil.example.org/x'],
    ['https:www.evil.example.org', 'URL:https://www.evil.example.org/'],
    ['hxxps[:/]/evil[.]example[.]org/a', 'URL:https://evil.example.org/a'],
    ['hxxp[:/]evil[.]example[.]org', 'URL:http://evil.example.org/'],
    ['hxxps[:]///evil.example.org/x', 'URL:https://evil.example.org/x'],
    ['hxxps:/evil.example.org/x', 'URL:https://evil.example.org/x'],
    ['http:\\\\evil.example.org\\x', 'URL:http://evil.example.org/x'],
    ['hxxp:\\evil.example.org', 'URL:http://evil.example.org/'],
    ['hxxps[]://192.0.2[.]145/', 'URL:https://192.0.2.145/'],
    ['http[://evil[.]example[.]org/x', 'URL:http://evil.example.org/x'],
    ['hxxp[:// evil[.]example[.]org', 'URL:http://evil.example.org/'],
    ['https:// evil.example.org/x', 'URL:https://evil.example.org/x'],
    ['http://evil.example.org[/]path', 'URL:http://evil.example.org/path'],
    ['hxtp://[2001:db8::1]:8080/x', 'URL:http://[2001:db8::1]:8080/x'],
    ['view-source:http://evil.example.org/x', 'URL:http://evil.example.org/x'],
    ['hxxp://192.0.2[.]64%20', 'URL:http://192.0.2.64/'],
    ['%2Fevil.example.org', 'DOMAIN:evil.example.org'],
    ['evil\\.example\\.org', 'DOMAIN:evil.example.org'],
    ['10\\.10\\.10\\.10', 'IPV4:10.10.10.10'],
    ['https://evil\\(.)example.org/', 'URL:https://evil.example.org/'],
    ['http:\\/\\/evil.example.org\\/x', 'URL:http://evil.example.org/x'],
    // Symbols and invisible characters around it; inside a name they stay.
    ['🚨evil[.]example[.]org🚨', 'DOMAIN:evil.example.org'],
    ['🔗evil.example.org', 'DOMAIN:evil.example.org'],
    ['evil.example.org🔥', 'DOMAIN:evil.example.org'],
    ['►evil.example.org', 'DOMAIN:evil.example.org'],
    ['©evil.example.org™', 'DOMAIN:evil.example.org'],
    ['№192.0.2.7', 'IPV4:192.0.2.7'],
    ['✅192.0.2.7', 'IPV4:192.0.2.7'],
    ['192.0.2.7☠️', 'IPV4:192.0.2.7'],
    ['■192.0.2.8', 'IPV4:192.0.2.8'],
    [`⚠️${md5}`, `MD5:${md5}`],
    [`${md5}\uFFFD`, `MD5:${md5}`],
    ['http://evil.example.org/x🔥', 'URL:http://evil.example.org/x'],
    ['1️⃣ evil.example.org', 'DOMAIN:evil.example.org'],
    ['\u200bevil.example.org\u200b', 'DOMAIN:evil.example.org'],
    ['\u200e192.0.2.1\u200e', 'IPV4:192.0.2.1'],
    ['\u202aevil.example.org\u202c', 'DOMAIN:evil.example.org'],
    ['\uFEFFevil.example.org', 'DOMAIN:evil.example.org'],
    ['evil.example.org。', 'DOMAIN:evil.example.org'],
    ['i❤.example.org', 'DOMAIN:xn--i-7iq.example.org'],
    ['🔥.example.org', 'DOMAIN:xn--4v8h.example.org'],
    // Names that could be files, and are known as hosts.
    ['transfer.sh', 'DOMAIN:transfer.sh'],
    ['my.test.py', 'DOMAIN:my.test.py'],
  ];
  test.each(rows)('%j is %s', (text, key) => {
    expect(reading(text)).toBe(key);
    expect(reading(text, key.slice(0, key.indexOf(':')) as IndicatorType)).toBe(key);
  });
});

describe('text that carries more, or what cannot be trimmed safely, is a problem that says what to write', () => {
  test.each([
    ['evil.example.org -> 192.0.2.1', 'evil[.]example[.]org and 192[.]0[.]2[.]1'],
    ['evil.example.org and bad.example.net', 'evil[.]example[.]org and bad[.]example[.]net'],
    ['192.0.2.10 - 192.0.2.11', '192[.]0[.]2[.]10 and 192[.]0[.]2[.]11'],
    ['["evil.example.org","quiet.example.com"]', 'evil[.]example[.]org and quiet[.]example[.]com'],
    [`${md5} ${sha256} evil.example.org`, `${md5} and ${sha256}, and 1 more`],
    ['http://evil.example.org/a,http://bad.example.net/b', 'several URLs'],
    ['http://evil.example.org;https://bad.example.net', 'several URLs'],
    ['look at evil.example.org', 'holds evil[.]example[.]org and more'],
    ['192.0.2.1 # seen twice', 'holds 192[.]0[.]2[.]1 and more'],
    ['evil.example.org 443', 'holds evil[.]example[.]org and more'],
    [`sha1: ${sha256}`, `holds ${sha256} and more`],
    ['$' + '{jndi:ldap://evil.example.org/a}', 'holds ldap[://]evil[.]example[.]org/a and more'],
    ['IPは192.0.2.1、', 'holds 192[.]0[.]2[.]1 and more'],
    ['192.0.2.7에 연결', 'holds 192[.]0[.]2[.]7 and more'],
    ['\\\\evil.example.org@80\\share\\a.msi', 'holds evil[.]example[.]org and more'],
    ['\\\\192.0.2.7\\c$', 'holds 192[.]0[.]2[.]7 and more'],
    ['evil.example.org <bob@bad.example.net>', 'evil[.]example[.]org and bob[@]bad[.]example[.]net'],
    ['"bob smith"@evil.example.org', 'write evil[.]example[.]org'],
    ['bob@[192.0.2.1]', 'write 192[.]0[.]2[.]1'],
    ['evil .example.org', 'write evil[.]example[.]org'],
    ['very-long-name-of-a. workers.dev', 'write very-long-name-of-a[.]workers[.]dev'],
    ['//evil.example.org/x', 'hxxps://evil[.]example[.]org/x, else evil[.]example[.]org alone'],
    ['evil[.]example[.]org/a%20b', 'hxxps://evil[.]example[.]org/a%20b, else evil[.]example[.]org alone'],
    ['evil.example.org%2F', 'else evil[.]example[.]org alone'],
    ['foo[-]evil.example.org', 'write foo-evil[.]example[.]org'],
    ['[www].evil.example.org', 'write www[.]evil[.]example[.]org'],
    ['(www).evil.example.org', 'write www[.]evil[.]example[.]org'],
    ['hXXp__evil[.]example[.]org', 'does not begin with hxxp__'],
    ['-evil.example.org', 'does not begin with -'],
    ['192.0.2.1-254', 'range'],
    ['192.0.2.7.51234', 'write 192[.]0[.]2[.]7'],
    ['198.51.100.1[/]24', '198.51.100.0/24'],
    ['invoice.pdf.zip', 'give type DOMAIN'],
    ['evil\u00adname.example.org', 'U+00AD'],
    ['http://evil.example.org/x"y', '%22'],
    ['http://evil.example.org/long-path...', 'ellipsis'],
    ['http://evil.example.org/long-path…', 'ellipsis'],
    ['http://evil.example.org\\@good.example.org/', 'host'],
    ['http://good.example.org\\.evil.example.net/', 'host'],
    ['file://192.0.2.7@8789/DavWWWRoot/file.bat', 'host'],
  ])('%j: %s', (text, words) => {
    expect(reading(text)).toMatch(/^! /u);
    expect(reading(text)).toContain(words);
  });
});

describe('what a playbook sends where it has no value is a problem that says so, whatever the type, unless that is OTHER', () => {
  test.each('None|null|undefined|NaN|N/A|[object Object]|-|nil|<none>|{}|[]'.split('|'))('%s', text => {
    for (const type of [undefined, 'DOMAIN'] as const) expect(reading(text, type)).toContain('stands for no value');
    expect(reading(text, 'OTHER')).toBe(`OTHER:${text}`);
  });

  test.each([
    '{{alert.ioc}}',
    '{{ indicator | lower }}',
    '$' + '{indicator}',
    '%{ioc}',
    '#{ioc}',
    '<%= ioc %>',
    '{ioc}',
    '$ioc',
    '$(ioc)',
    '$result.ioc$',
    '%ioc%',
    '<ip>',
    '[[ioc]]',
    'http://{{host}}/x',
  ])('%s', text => {
    for (const type of [undefined, 'DOMAIN'] as const) expect(reading(text, type)).toContain('not filled in');
    expect(reading(text, 'OTHER')).toBe(`OTHER:${text}`);
  });
});

test.each([
  'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
  'Mozilla/5.0 (compatible; Bot/2.1; +http://www.example.com/bot.html)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.1 Safari/537.36',
  'python-requests/2.31.0',
  'CVE-2021-44228',
  '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C',
  '771,4865-4866,0-23-65281,29-23-24,0',
  't13d1516h2_8daaf6152771_e5627efa2ab1',
  `ja3:${md5}`,
  `imphash: ${md5}`,
  'HKLM\\Software\\evil.example.org\\Run',
  'C:\\Users\\evil.example.org\\a.exe',
  '/var/www/evil.example.org/index.php',
  `0x${md5}00000000`,
  'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
  '1.2.3.4-beta',
  '001a.2b3c.4d5e',
  'setup.exe',
  '"><img src=x onerror=alert(1)>',
])('what is looked up as it stands stays OTHER, whatever it contains: %s', text => {
  expect(reading(text)).toBe(`OTHER:${text}`);
});

describe('one address is one identity', () => {
  test.each([
    ['203.0.113.21/32', 'IPV4:203.0.113.21'],
    ['203[.]0[.]113[.]21/32', 'IPV4:203.0.113.21'],
    ['::ffff:203.0.113.21', 'IPV4:203.0.113.21'],
    ['::FFFF:cb00:7115', 'IPV4:203.0.113.21'],
    ['0:0:0:0:0:ffff:203.0.113.21', 'IPV4:203.0.113.21'],
    ['::ffff:203.0.113.21/128', 'IPV4:203.0.113.21'],
    ['[::ffff:203.0.113.21]', 'IPV4:203.0.113.21'],
    ['::ffff:192.0.2.0/120', 'CIDR:192.0.2.0/24'],
    ['2001:db8::bad/128', 'IPV6:2001:db8::bad'],
    ['http://[::ffff:203.0.113.21]:8080/x', 'URL:http://203.0.113.21:8080/x'],
  ])('%s is %s', (text, key) => {
    expect(reading(text)).toBe(key);
  });

  test.each([
    ['CIDR', '203.0.113.21/32', 'IPV4:203.0.113.21'],
    ['IPV4', '203.0.113.21/32', 'IPV4:203.0.113.21'],
    ['IPV4', '::ffff:203.0.113.21', 'IPV4:203.0.113.21'],
    ['IPV6', '::ffff:203.0.113.21', 'IPV4:203.0.113.21'],
    ['IPV6', '2001:db8::bad/128', 'IPV6:2001:db8::bad'],
    ['CIDR', '2001:db8::bad/128', 'IPV6:2001:db8::bad'],
  ] as const)('as %s, %s is %s', (type, text, key) => {
    expect(reading(text, type)).toBe(key);
  });

  test.each([
    ['64:ff9b::203.0.113.21', '203.0.113.21'],
    ['64:FF9B:0:0:0:0:cb00:7115', '203.0.113.21'],
    ['2002:c000:201::1', '192.0.2.1'],
    ['2002:c000:201:1:2:3:4:5', '192.0.2.1'],
    ['64:ff9b:1::203.0.113.21', undefined],
    ['2001:db8::203.0.113.21', undefined],
    ['::203.0.113.21', undefined],
  ])('%s stands for the address %s, which is its host', (text, address) => {
    const { indicator } = parseIndicator(text);
    expect(indicator?.type).toBe('IPV6');
    const host = indicator && hostOf(indicator);
    expect(host && indicatorKey(host)).toBe(address && `IPV4:${address}`);
  });
});

test.each([
  ['http://evil.example.org', 'http://evil.example.org/'],
  ['https://evil.example.org:8443?x=1', 'https://evil.example.org:8443/?x=1'],
  ['ws://evil.example.org', 'ws://evil.example.org/'],
  ['ftp://evil.example.org#f', 'ftp://evil.example.org/#f'],
  ['tcp://192.0.2.1:8080', 'tcp://192.0.2.1:8080'],
  ['http://evil.example.org/a', 'http://evil.example.org/a'],
])('an empty path is the path "/" where the scheme has paths: %s is %s', (text, value) => {
  expect(reading(text)).toBe(`URL:${value}`);
});

test.each([
  ['URL:http://evil.example.org', 'URL:http://evil.example.org/'],
  ['URL:http://evil.example.org?x=1', 'URL:http://evil.example.org/?x=1'],
  ['CIDR:203.0.113.21/32', 'IPV4:203.0.113.21'],
  ['CIDR:2001:db8::bad/128', 'IPV6:2001:db8::bad'],
  ['IPV6:::ffff:203.0.113.21', 'IPV4:203.0.113.21'],
])('the id that an older release gave %s leads to %s', (former, now) => {
  const found = indicatorFromId(Buffer.from(`Indicator:${former}`).toString('base64url'));
  expect(found && indicatorKey(found)).toBe(now);
});
