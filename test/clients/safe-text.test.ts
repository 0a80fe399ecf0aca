import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, csvRow, defangText, escapeUnsafe } from '../../src/clients/safe-text.ts';
import { defang } from '../../src/domain/indicator/defang.ts';
import { parseIndicator } from '../../src/domain/indicator/indicator.ts';

/** A canonical value and how the gateway defangs it. */
function gatewayDefangs(text: string): { readonly value: string; readonly defanged: string } {
  const { indicator } = parseIndicator(text);
  if (!indicator) throw new Error(`no indicator: ${text}`);
  return { value: indicator.value, defanged: defang(indicator) };
}

describe('text that is defanged by a client', () => {
  it.each([
    'evil.example.org',
    'https://user@evil.example.org:8443/a.b?to=http://c.example&x=ftp://d.example',
    'http://evil.example.org/HTTP://HXXP://x.y',
    'http://[2001:db8::1]/x.y',
    'somebody@example.org',
    '192.0.2.1',
    '192.0.2.0/24',
    'd41d8cd98f00b204e9800998ecf8427e',
    'Mozilla/5.0 (X11; Linux) [.] xhttp://a.example',
  ])('is what the gateway makes of %s', text => {
    const { value, defanged } = gatewayDefangs(text);
    expect(defangText(value)).toBe(defanged);
  });

  it('keeps what is defanged already', () => {
    const sign = fc.constantFrom('.', '@', '://', 'http', 'hxxp', 'HXXPS', 's', '[', ']', 'a', 'x', ':', ' ');
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 12 }), signs => {
        const once = defangText(signs.join(''));
        expect(defangText(once)).toBe(once);
      }),
    );
  });

  it('has no dot, at sign or scheme left that would make a link', () => {
    expect(defangText('HTTP://a.example.]com [b.example] c@d.example hxxp://e')).toBe(
      'HTTP[://]a[.]example[.]]com [b[.]example] c[@]d[.]example hxxp://e',
    );
  });
});

describe('unsafe characters', () => {
  it('are written as escapes, and JSON stays the same JSON', () => {
    const text = 'a\u001b]0;title\u0007b\u009b2J\u202eexe.\u{e0041}\u{1f600}';
    expect(escapeUnsafe(text)).toBe('a\\u001b]0;title\\u0007b\\u009b2J\\u202eexe.\\udb40\\udc41\u{1f600}');
    expect(JSON.parse(escapeUnsafe(JSON.stringify({ text })))).toEqual({ text });
  });
});

describe('a CSV cell', () => {
  it.each(['=1', '+1', '-1', '@x', ' =1', '\t=1', '\r=1', '"=1', "'=1", '＝1', '\n=1'])('is harmless for %j', text => {
    expect(csvCell(text)).toMatch(/^"?'/);
  });

  it('is quoted as RFC 4180 says, and otherwise what it was', () => {
    expect(csvRow(['a"b,c', 'evil[.]example', -4, null])).toBe('"a""b,c",evil[.]example,-4,\r\n');
  });
});
