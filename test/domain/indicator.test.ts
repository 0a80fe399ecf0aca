import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import {
  defang,
  hostOf,
  indicatorFromId,
  indicatorId,
  indicatorKey,
  otherSpellings,
  parseIndicator,
} from '../../src/domain/indicator/indicator.ts';
import { type Indicator, type IndicatorType, indicatorTypes } from '../../src/domain/indicator/model.ts';

function parsed(text: string, type?: IndicatorType): Indicator {
  const { indicator, problem } = parseIndicator(text, type);
  if (!indicator) throw new Error(`${JSON.stringify(text)}: ${problem}`);
  return indicator;
}

const keyOf = (text: string, type?: IndicatorType): string => indicatorKey(parsed(text, type));
const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const masscan = 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)';

describe('parseIndicator', () => {
  test.each([
    ['evil[.]example[.]org', 'DOMAIN:evil.example.org'],
    ['EVIL(.)Example{.}org.', 'DOMAIN:evil.example.org'],
    ['evil[dot]example(DOT)org', 'DOMAIN:evil.example.org'],
    ['evil [dot] example [dot] org', 'DOMAIN:evil.example.org'],
    [' "evil.example.org"\r\n', 'DOMAIN:evil.example.org'],
    ['(evil[.]example[.]org)', 'DOMAIN:evil.example.org'],
    ['[evil[.]example[.]org]', 'DOMAIN:evil.example.org'],
    ['“evil.example.org”', 'DOMAIN:evil.example.org'],
    ['bücher.example', 'DOMAIN:xn--bcher-kva.example'],
    ['BÜCHER.example', 'DOMAIN:xn--bcher-kva.example'],
    ['_dmarc.example.org', 'DOMAIN:_dmarc.example.org'],
    ['localhost', 'DOMAIN:localhost'],
    ['192[.]0[.]2[.]1', 'IPV4:192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', 'IPV6:2001:db8::1'],
    ['2001[:]db8[:][:]1', 'IPV6:2001:db8::1'],
    ['[2001:db8::1]', 'IPV6:2001:db8::1'],
    ['::ffff:c000:201', 'IPV4:192.0.2.1'],
    ['192[.]0[.]2[.]0/24', 'CIDR:192.0.2.0/24'],
    ['2001:DB8::/32', 'CIDR:2001:db8::/32'],
    ['hxxp://evil[.]example[.]org/Index[.]php?Q=1#F', 'URL:http://evil.example.org/Index.php?Q=1#F'],
    ['HXXPS[:]//Evil[.]example.org', 'URL:https://evil.example.org/'],
    ['http(://)evil(dot)example/a(dot)b', 'URL:http://evil.example/a.b'],
    ['http://[2001:db8::1]/', 'URL:http://[2001:db8::1]/'],
    ['http://[2001:DB8:0::1]:8080/A', 'URL:http://[2001:db8::1]:8080/A'],
    ['hxxp(:)//evil(.)example/[(.)]', 'URL:http://evil.example/.'],
    ['<https://evil.example/(x)>', 'URL:https://evil.example/(x)'],
    ['http://evil.example/wiki/Foo_(dot)', 'URL:http://evil.example/wiki/Foo_(dot)'],
    ['ldap://192.0.2.1:1389/a', 'URL:ldap://192.0.2.1:1389/a'],
    ['http://user@one.example@two.example/', 'URL:http://user@one.example@two.example/'],
    ['Bob[at]Evil[dot]Example', 'EMAIL:Bob@evil.example'],
    ['bob[@]evil[.]example', 'EMAIL:bob@evil.example'],
    [md5.toUpperCase(), `MD5:${md5}`],
    ['a'.repeat(40), `SHA1:${'a'.repeat(40)}`],
    ['a'.repeat(64), `SHA256:${'a'.repeat(64)}`],
    ['a'.repeat(128), `SHA512:${'a'.repeat(128)}`],
    [masscan, `OTHER:${masscan}`],
    [`"${masscan}"`, `OTHER:${masscan}`],
    ['setup.exe', 'OTHER:setup.exe'],
    ['CVE-2021-44228', 'OTHER:CVE-2021-44228'],
    ['"><img src=x onerror=alert(1)>', 'OTHER:"><img src=x onerror=alert(1)>'],
    ["'a' or 'b'", "OTHER:'a' or 'b'"],
  ])('reads %j as %s', (text, key) => {
    expect(keyOf(text)).toBe(key);
  });

  test.each([
    ['', 'empty'],
    [' "" ', 'empty'],
    ['a\u0000b', 'control character (U+0000)'],
    ['a\r\nb', 'control character (U+000D)'],
    ['a\u0085b', 'control character (U+0085)'],
    ['\ud800evil.example', 'lone surrogate'],
    ['é'.repeat(1_025), 'at most 2,048 bytes'],
    ['a'.repeat(1_000_000), 'at most 2,048 bytes'],
    ['[[[[[[[[[[[.]]]]]]]]]]]', 'nested'],
    ['192.0.2.1/24', '192.0.2.0/24'],
    ['192.0.2.0/33', '0 to 32'],
    ['192.0.2.0/024', '0 to 32'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['192.0.2.0-192.0.2.9', 'range'],
    ['0300.0.2.1', 'decimal'],
    ['256.0.0.1', 'decimal'],
    ['fe80::1%eth0', 'zone'],
    ['evil.com/path', 'scheme'],
    ['evil.com:8080', 'scheme'],
    ['[2001:db8::1]:443', 'scheme'],
    ['%65vil.com', 'spelt'],
    ['evil。com', 'spelt'],
    ['ⓔvil.com', 'spelt'],
    ['ｅvil.com', 'spelt'],
    ['\u212Aevil.com', 'spelt'],
    ['e\u200Bvil.com', 'U+200B'],
    ['evil\u202E.com', 'U+202E'],
    ['evil\uFEFF.com', 'U+FEFF'],
    ['evil[.com', 'evil[.]example[.]org'],
    ['evil..com', 'domain name'],
    ['*.evil.com', 'domain name'],
    ['evil.com, evil.org', 'several'],
    [`md5:${'a'.repeat(64)}`, 'alone'],
    ['http://evil.com\\@good.com/', 'host'],
    ['http://%65vil.com/', 'host'],
    ['http://0300.0.2.1/', 'host'],
    ['http://evil.com:99999/', 'port'],
    ['http://evil.com/a b', 'white space'],
    ['http:///', 'scheme'],
  ])('refuses %j in a sentence that says "%s"', (text, words) => {
    const { indicator, problem } = parseIndicator(text);
    expect(indicator).toBeUndefined();
    expect(problem).toContain(words);
    expect(problem).toMatch(/^[A-Z].*\.$/su);
  });

  test('keeps look-alikes, path tricks and odd spellings apart from the name they resemble, and from each other', () => {
    const texts = [
      'evil.com',
      'evil.com/path',
      '%65vil.com',
      'evil。com',
      'e\u200Bvil.com',
      'ⓔvil.com',
      '\u212Aevil.com',
      'kevil.com',
    ];
    const more = [
      '192.0.2.1',
      '0300.0.2.1',
      '3221225985',
      '0xC0.0.2.1',
      '127.1',
      '127.0.0.1',
      '192.0.2.01',
      'fe80::1%eth0',
      'fe80::1',
    ];
    const paths = ['..', '.', '%2e%2e', 'a/b', 'a%2fb', '?#', 'http://e.com/', 'http://e.com:80/', 'https://e.com/'];
    const mapped = ['::192.0.2.1', 'http://e.com/a', 'http://e.com/A', 'http://e.com/%61', 'http://e.com/./a'];
    const all = [...texts, ...more, ...paths, ...mapped];
    for (const type of [undefined, 'OTHER'] as const) {
      const keys = all.flatMap(text => parseIndicator(text, type).indicator ?? []).map(indicatorKey);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('takes as OTHER, when asked to, what merely resembles an indicator, but not what is one', () => {
    expect(keyOf('evil.com/path', 'OTHER')).toBe('OTHER:evil.com/path');
    expect(keyOf('e\u200Bvil.com', 'OTHER')).toBe('OTHER:e\u200Bvil.com');
    expect(keyOf('setup.exe', 'OTHER')).toBe('OTHER:setup.exe');
    expect(parseIndicator('evil[.]com', 'OTHER').problem).toContain('DOMAIN');
    expect(parseIndicator('192.0.2.1', 'OTHER').problem).toContain('IPV4');
  });

  test('takes a name without a dot for a domain only when the type is given', () => {
    expect(keyOf('server')).toBe('OTHER:server');
    expect(keyOf('server', 'DOMAIN')).toBe('DOMAIN:server');
  });

  test('returns the type that was given, or a sentence that names it', () => {
    const texts = fc.oneof(
      fc.constantFrom('evil.example', '192.0.2.1', '::1', md5, 'a@b.example', 'http://b.example/'),
      anyText,
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(...indicatorTypes), (text, type) => {
        const { indicator, problem } = parseIndicator(text, type);
        expect(indicator ? indicator.type === type : (problem ?? '').length > 20).toBe(true);
      }),
    );
    expect(parseIndicator('evil.example', 'SHA256').problem).toContain('SHA256');
  });
});

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map(address => `[${address}]`),
);
const tail = fc.string({ unit: fc.constantFrom(...'aA0/.?#%&=()[]{}:@dot-_~é'), maxLength: 30 });
const url = fc
  .tuple(fc.constantFrom('http', 'https', 'ftp', 'HTTP', 'ldap'), host, fc.constantFrom('', ':80', ':8080'), tail)
  .map(([scheme, name, port, rest]) => `${scheme}://${name}${port}/${rest}`);
const block = fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => {
  const [network] = [ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`)];
  return `${network}/${prefix}`;
});
const hash = fc
  .constantFrom(32, 40, 64, 128)
  .chain(length =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length }),
  );
const idn = fc
  .string({ unit: fc.constantFrom(...'aäßеøñ日本ΣςİẞéK-'), minLength: 1, maxLength: 12 })
  .map(label => `${label}.example`);
const pieces = fc.constantFrom(
  ...[
    '.',
    '[.]',
    '(.)',
    '[dot]',
    '[at]',
    '@',
    '://',
    '[://]',
    'hxxp',
    'http',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ':',
    '[:]',
    '/',
    '%',
    ' ',
  ],
  ...[
    'evil',
    'com',
    'example',
    '192',
    '0',
    '2001',
    'db8',
    'exe',
    '"',
    "'",
    '<',
    '>',
    '。',
    'ⓔ',
    '\u200B',
    '\u212A',
    'é',
    '\\',
    '?',
    '#',
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(pieces, { maxLength: 12 }).map(parts => parts.join('')),
);
const anything = fc.oneof(anyText, url, host, block, hash, idn, fc.emailAddress(), fc.ipV6(), fc.domain());
const many = { numRuns: 2_000 };

describe('whatever the text', () => {
  test('a canonical value reads as itself', () => {
    fc.assert(
      fc.property(anything, text => {
        const { indicator } = parseIndicator(text);
        fc.pre(indicator !== undefined);
        expect(keyOf(indicator.value)).toBe(indicatorKey(indicator));
        expect(keyOf(indicator.value, indicator.type)).toBe(indicatorKey(indicator));
      }),
      many,
    );
  });

  test('what was defanged reads as the same indicator, with and without its type', () => {
    fc.assert(
      fc.property(anything, text => {
        const { indicator } = parseIndicator(text);
        fc.pre(indicator !== undefined);
        const safe = defang(indicator);
        expect(keyOf(safe)).toBe(indicatorKey(indicator));
        expect(keyOf(safe, indicator.type)).toBe(indicatorKey(indicator));
        expect(safe).not.toMatch(/(?<![a-z0-9+.-])https?:\/\/|[^[]\.[^\]]|[a-z]@[a-z]/u);
      }),
      many,
    );
  });

  test('letters that only look like those of a scheme are none, so nothing is made of them that could not be undone', () => {
    for (const text of ['\u212ahttp[://]', '\u212ahxxp://x', 'http\u017f://x.example']) {
      const { indicator } = parseIndicator(text, 'OTHER');
      if (indicator) expect(keyOf(defang(indicator), 'OTHER')).toBe(indicatorKey(indicator));
    }
    const [kelvin, plain] = ['soc\u212as5://host.example/x', 'socks5://host.example/x'].map(text =>
      parseIndicator(text),
    );
    expect(plain?.indicator).toMatchObject({ type: 'URL' });
    expect(kelvin?.indicator).toBeUndefined();
  });

  test('the same holds for text that is OTHER because the caller says so', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { indicator } = parseIndicator(text, 'OTHER');
        fc.pre(indicator !== undefined);
        expect(keyOf(indicator.value, 'OTHER')).toBe(indicatorKey(indicator));
        expect(keyOf(defang(indicator), 'OTHER')).toBe(indicatorKey(indicator));
      }),
      many,
    );
  });

  test('what plain ASCII text is read as stands in it as it was typed, and only signs and labels are taken off around it', () => {
    const plainText = fc.string({
      unit: fc.constantFrom(...'aAbBzZ019./:@%-_?#&=~+*\\,;!|^'),
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          plainText,
          fc.domain(),
          fc.emailAddress(),
          fc.webUrl({ withFragments: true, withQueryParameters: true }),
        ),
        text => {
          // Brackets and quotes surround values; a backslash before a sign is an escape of it.
          fc.pre(!/[[\](){}<>"'`\s]|\\[^\w\s]/iu.test(text));
          const { indicator } = parseIndicator(text);
          fc.pre(indicator !== undefined && indicator.type !== 'IPV6');
          const [before = text, behind = text] = aroundValue(text, indicator);
          expect(before).toMatch(
            indicator.type === 'URL' ? /^[\W_]*[\w*]+[:/\\]+$/u : /^(?:%2f|%0[9ad]|[^a-z\d])*(?:\w+=)?$/iu,
          );
          expect(behind).toMatch(/^(?:%0[9ad]|[^a-z\d])*$/iu);
          if (indicator.type === 'OTHER') expect(indicator.value).toBe(text);
        },
      ),
      many,
    );
  });

  test('two IPv6 texts become one exactly if they are the same 128 bits', () => {
    const address = fc.oneof(
      fc.ipV6(),
      fc.constantFrom('::1', '0:0::1', '::ffff:1.2.3.4', '::ffff:102:304', '::1.2.3.4', '1::', '1:0::'),
    );
    const isSame = (one: string, two: string): boolean => {
      const only = new BlockList();
      only.addAddress(one, 'ipv6');
      return only.check(isIPv4(two) ? `::ffff:${two}` : two, 'ipv6');
    };
    fc.assert(
      fc.property(address, address, (one, two) => {
        expect(keyOf(one) === keyOf(two)).toBe(isSame(one, two));
        expect(isSame(one, parsed(one).value)).toBe(true);
      }),
      many,
    );
  });

  test('an id leads back to the same indicator, and to nothing when it was not made by indicatorId', () => {
    fc.assert(
      fc.property(anything, fc.string({ maxLength: 60 }), fc.constantFrom(...indicatorTypes), (text, noise, type) => {
        const { indicator } = parseIndicator(text);
        if (indicator) expect(indicatorFromId(indicatorId(indicator))).toEqual(indicator);
        const forged = Buffer.from(`Indicator:${type}:${noise}`).toString('base64url');
        const back = indicatorFromId(forged);
        expect(back === undefined || indicatorId(back) === forged).toBe(true);
        expect(indicatorFromId(noise)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What stands before and behind the value, without its scheme; the case of its host and a dot behind that are no matter. */
function aroundValue(text: string, indicator: Indicator): readonly string[] {
  const spelled = [indicator.value, ...otherSpellings(indicator)].map(value =>
    indicator.type === 'URL' ? value.replace(/^[^/]*:\/\//u, '') : value,
  );
  const plain = text.replaceAll('\\', '/').replace(/^([^/]*\/+[^/?#]*?)\.(?=[:/?#]|$)/u, '$1');
  const typed = indicator.type === 'URL' ? plain : text;
  for (const value of spelled) {
    const at = typed.toLowerCase().indexOf(value.toLowerCase());
    const isAsTyped = indicator.type !== 'URL' || typed.includes(value.replace(/^[^/?#]*/u, ''));
    if (at >= 0 && isAsTyped) return [typed.slice(0, at), typed.slice(at + value.length)];
  }
  return [];
}

test('every spelling of an indicator has one id', () => {
  const ids = ['evil[.]example[.]org', 'EVIL.example.org.', ' "evil(dot)example(dot)org" '].map(text =>
    indicatorId(parsed(text)),
  );
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[\w-]+$/u);
});

test('an id of another spelling, with padding or rubbish behind it, leads nowhere', () => {
  const id = indicatorId(parsed('evil.example.org'));
  const shouted = Buffer.from('Indicator:DOMAIN:EVIL.example.org').toString('base64url');
  for (const text of [shouted, `${id}=`, `${id} `, `${id}!`, id.toUpperCase(), 'x'.repeat(10_000)])
    expect(indicatorFromId(text)).toBeUndefined();
});

test('type and value are distinguished in keys', () => {
  expect(keyOf('server')).not.toBe(keyOf('server', 'DOMAIN'));
});

describe('hostOf', () => {
  test.each([
    ['https://user:pass@Evil.example:8443/a@b', 'DOMAIN:evil.example'],
    ['http://192.0.2.1/', 'IPV4:192.0.2.1'],
    ['http://[2001:db8::1]:80/', 'IPV6:2001:db8::1'],
    ['http://server/', 'DOMAIN:server'],
    ['http://one.example@two.example?x', 'DOMAIN:two.example'],
    ['bob@evil.example', 'DOMAIN:evil.example'],
  ])('of %s is %s', (text, key) => {
    const found = hostOf(parsed(text));
    expect(found && indicatorKey(found)).toBe(key);
  });

  test('is undefined for everything that has none', () => {
    for (const text of ['evil.example', '192.0.2.1', md5, masscan]) expect(hostOf(parsed(text))).toBeUndefined();
  });

  test('agrees with the platform about every URL that both can read', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), text => {
        const found = hostOf(parsed(text));
        expect(found?.value).toBe(new URL(text).hostname);
        expect(found?.type).toBe(isIPv4(found?.value ?? '') ? 'IPV4' : 'DOMAIN');
      }),
    );
  });
});

test('a value that is not defanged cannot be clicked once it is', () => {
  expect(defang(parsed('https://evil.example.org/x'))).toBe('hxxps://evil[.]example[.]org/x');
  expect(defang(parsed('bob@evil.example'))).toBe('bob[@]evil[.]example');
  expect(defang(parsed('2001:db8::1'))).toBe('2001[:]db8[:][:]1');
  expect(defang(parsed('ldap://192.0.2.1/a'))).toBe('ldap[://]192[.]0[.]2[.]1/a');
  expect(defang(parsed(masscan))).toBe('masscan/1[.]3 (hxxps://github[.]com/robertdavidgraham/masscan)');
});
