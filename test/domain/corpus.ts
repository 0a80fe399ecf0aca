interface Sample {
  readonly text: string;
  /** The expected indicators, as `TYPE:value`, in order of appearance. */
  readonly found: readonly string[];
  /** Where ioc-extractor 8.2 differs for the types that both know, and why our result is kept. */
  readonly differs?: {
    readonly ours?: readonly string[];
    readonly theirs?: readonly string[];
    readonly because: string;
  };
}

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const hostsToo = 'it lists the host of a URL or e-mail address beside it; ours has it as Indicator.host';

export const corpus: readonly Sample[] = [
  {
    text: 'The sample beacons to evil[.]com and 198.51.100[.]7, then to cdn(.)bad[dot]net.',
    found: ['DOMAIN:evil.com', 'IPV4:198.51.100.7', 'DOMAIN:cdn.bad.net'],
  },
  {
    text: 'Payload: hxxps://evil[.]com/a/b.php?x=1 (seen twice).',
    found: ['URL:https://evil.com/a/b.php?x=1'],
    differs: { theirs: ['DOMAIN:evil.com'], because: hostsToo },
  },
  {
    text: 'Sent from billing@evil.com and <bob[at]bad[.]org>; write to user [at] third [dot] net',
    found: ['EMAIL:billing@evil.com', 'EMAIL:bob@bad.org', 'EMAIL:user@third.net'],
    differs: {
      ours: ['EMAIL:bob@bad.org', 'EMAIL:user@third.net'],
      theirs: ['DOMAIN:evil.com'],
      because: `${hostsToo}; it misses [at] between angle brackets and marks with spaces around them`,
    },
  },
  {
    text: `SHA256: ${sha256.toUpperCase()}\nMD5=d41d8cd98f00b204e9800998ecf8427e, sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709`,
    found: [
      `SHA256:${sha256}`,
      'MD5:d41d8cd98f00b204e9800998ecf8427e',
      'SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709',
    ],
    differs: {
      ours: [`SHA256:${sha256}`],
      theirs: [`SHA256:${sha256.toUpperCase()}`],
      because: 'it keeps the case of hashes, so one hash may become two',
    },
  },
  {
    text: 'Drops setup.exe, report.pdf, invoice.docm, foo.py, install.sh, README.md, main.rs and libssl.so into C:\\evil.com\\bin.',
    found: [],
    differs: {
      theirs: [
        'DOMAIN:README.md',
        'DOMAIN:evil.com',
        'DOMAIN:foo.py',
        'DOMAIN:install.sh',
        'DOMAIN:libssl.so',
        'DOMAIN:main.rs',
      ],
      because: 'files and folders are no domains, although py, sh, md, rs and so are countries',
    },
  },
  {
    text: 'Chrome/120.0.0.1, v1.2.3.4, version 1.2.3.5 and build 10.0.19041 are hit; 1.2.3.4 is an address.',
    found: ['IPV4:1.2.3.4'],
    differs: {
      theirs: ['IPV4:1.2.3.5', 'IPV4:120.0.0.1'],
      because: 'what follows a product or the word version is a version',
    },
  },
  {
    text: 'Listens on 192.0.2.10:8443 and [2001:db8::2]:443, peer 2001:db8::1.',
    found: ['IPV4:192.0.2.10', 'IPV6:2001:db8::2', 'IPV6:2001:db8::1'],
  },
  {
    text: 'Block 198.51.100.0/24 and 2001:db8::/32.',
    found: ['CIDR:198.51.100.0/24', 'CIDR:2001:db8::/32'],
    differs: {
      theirs: ['IPV4:198.51.100.0', 'IPV6:2001:db8::'],
      because: 'a block is not its first address, which may not exist',
    },
  },
  {
    text: 'It is done.It was e.g. ASP.NET, i.e. node.js, os.path() or console.info(x).',
    found: [],
    differs: {
      theirs: ['DOMAIN:ASP.NET', 'DOMAIN:console.info', 'DOMAIN:done.It'],
      because: 'sentences, products and code are no domains',
    },
  },
  {
    text: '| evil.com | bad.org/path,third.net;evil.com |',
    found: ['DOMAIN:evil.com', 'DOMAIN:bad.org', 'DOMAIN:third.net'],
  },
  {
    text: '[a](https://a.com/x) [https://b.com](https://c.com)',
    found: ['URL:https://a.com/x', 'URL:https://b.com/', 'URL:https://c.com/'],
    differs: {
      ours: ['URL:https://a.com/x', 'URL:https://b.com/', 'URL:https://c.com/'],
      theirs: [
        'DOMAIN:a.com',
        'DOMAIN:b.com',
        'DOMAIN:c.com',
        'URL:https://a.com/x)',
        'URL:https://b.com',
        'URL:https://c.com',
      ],
      because: `${hostsToo}; it keeps the bracket that Markdown closes with, and leaves an empty path empty`,
    },
  },
  {
    text: '{"url":"http:\\/\\/evil.com\\/p","ip":"192.0.2.1"}',
    found: ['URL:http://evil.com/p', 'IPV4:192.0.2.1'],
    differs: { ours: ['URL:http://evil.com/p'], theirs: ['DOMAIN:evil.com'], because: 'JSON may write a slash as \\/' },
  },
  {
    text: '访问evil.com下载，还有http://bad.org/路径。',
    found: ['DOMAIN:evil.com', 'URL:http://bad.org/路径'],
    differs: { ours: ['DOMAIN:evil.com', 'URL:http://bad.org/路径'], because: 'Chinese has no spaces between words' },
  },
  {
    text: 'пример.рф and bücher.de',
    found: ['DOMAIN:xn--e1afmkfd.xn--p1ai', 'DOMAIN:xn--bcher-kva.de'],
    differs: {
      ours: ['DOMAIN:xn--e1afmkfd.xn--p1ai', 'DOMAIN:xn--bcher-kva.de'],
      theirs: ['DOMAIN:bcher-feb931hrb.de'],
      because: 'its Punycode is wrong',
    },
  },
  {
    text: 'e\u200Bvil.com ⓔvil.net %65vil.org \u212Aevil.io evil。biz',
    found: [],
    differs: {
      theirs: ['DOMAIN:3z4d.net', 'DOMAIN:evil-mp5d.io', 'DOMAIN:evil.biz'],
      because: 'look-alikes are not names; it makes other names of them',
    },
  },
  {
    text: 'http://one.com/?next=http://two.com/ http://three.com,http://four.com',
    found: ['URL:http://one.com/?next=http://two.com/', 'URL:http://three.com/', 'URL:http://four.com/'],
    differs: {
      ours: ['URL:http://three.com/', 'URL:http://four.com/'],
      theirs: [
        'DOMAIN:four.com',
        'DOMAIN:one.com',
        'DOMAIN:three.com',
        'DOMAIN:two.com',
        'URL:http://four.com',
        'URL:http://three.com',
      ],
      because: `${hostsToo}; and it leaves an empty path empty`,
    },
  },
  {
    text: 'Hidden service abcdefghij234567.onion, host dc01.internal, 00:1a:2b:3c:4d:5e at 12:30:45.',
    found: ['DOMAIN:abcdefghij234567.onion', 'DOMAIN:dc01.internal'],
    differs: {
      ours: ['DOMAIN:abcdefghij234567.onion', 'DOMAIN:dc01.internal'],
      because: 'reserved names are no public ones, yet they are indicators',
    },
  },
  {
    text: 'Range 192.0.2.1-192.0.2.9, interface 192.0.2.77/24.',
    found: ['IPV4:192.0.2.1', 'IPV4:192.0.2.9', 'IPV4:192.0.2.77'],
  },
  { text: 'evil[.com and evil.]net and 192[.0[.2[.3', found: ['DOMAIN:evil.com', 'DOMAIN:evil.net', 'IPV4:192.0.2.3'] },
  {
    text: 'git clone git@code.evil.com:x/y.git; npm i left-pad@1.3.0 @scope/pkg',
    found: ['EMAIL:git@code.evil.com'],
    differs: { theirs: ['DOMAIN:code.evil.com'], because: hostsToo },
  },
];
